"""Jobs on a Ray cluster, through Ray Jobs: submitted at once; Ray holds them until there is room.

    MIMIMI_RAY_ADDRESS=http://127.0.0.1:8265   the cluster's dashboard; jobs run there from now on
    MIMIMI_RAY_CPUS=4                          cores, and so threads, of a job (default 1)
    MIMIMI_RAY_GPUS=1                          GPUs of a job (default 0)

A variable of our own, since RAY_ADDRESS means another door of the cluster, and Ray sets it itself.
Every node needs MIMIMI installed behind `python`, and MIMIMI_HOME, the working folder and the
recordings under the same paths as here.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import uuid4

from mimimi.batch.cluster import ray_module
from mimimi.errors import UserError
from mimimi.files import home
from mimimi.jobs.launcher import Seen, package_path
from mimimi.runs import Run

RAY_ADDRESS = "MIMIMI_RAY_ADDRESS"  # of the dashboard of a cluster
RAY_JOB = "MIMIMI_RAY_JOB"  # tells a job's process which of Ray's jobs it is
_CPUS, _GPUS = "MIMIMI_RAY_CPUS", "MIMIMI_RAY_GPUS"
_PATIENCE = 10.0  # s, with a cluster that does not answer
_REMEMBERED = 10.0  # s, so that a list of many jobs does not wait for each
_TO_END = "30"  # s, from Ray's SIGTERM to its SIGKILL; a training stops between two batches
_NEVER_BEGAN = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"  # Ray lets a job wait a quarter of an hour


def address() -> str | None:
    """Where the cluster's dashboard is, if jobs are to run on one.

    Raises:
        UserError: it is no address.
    """
    chosen = os.environ.get(RAY_ADDRESS, "").strip().rstrip("/")
    if chosen and not chosen.startswith(("http://", "https://")):
        raise UserError(
            f"{RAY_ADDRESS} is {chosen!r}; make it the address of the cluster's dashboard, such as "
            "http://127.0.0.1:8265."
        )
    return chosen or None


def start(run: Run, command: Sequence[str]) -> None:
    """Submit a job; where the cluster cannot be reached, it stays in the queue and says so."""
    cpus, gpus = _number(_CPUS, 1), _number(_GPUS, 0)
    job = f"{run.folder.name}-{uuid4().hex[:8]}"
    variables = {
        "MIMIMI_HOME": str(home().resolve()),
        "PYTHONPATH": f"{package_path()}{os.pathsep}${{PYTHONPATH}}",
        "OMP_NUM_THREADS": str(cpus),
        "RAY_JOB_STOP_WAIT_TIME_S": _TO_END,
        RAY_ADDRESS: address() or "",
        _CPUS: str(cpus),
        _GPUS: str(gpus),
        RAY_JOB: job,
    }
    line = f"cd {shlex.quote(run.read()['cwd'])} && exec python -m mimimi {shlex.join(command)}"
    try:
        with _cluster() as client:
            run.update(ray_job=job, process=None, error=None)  # before it can begin
            client.submit_job(
                entrypoint=line,
                submission_id=job,
                runtime_env={"env_vars": variables},
                entrypoint_num_cpus=cpus,
                entrypoint_num_gpus=gpus,
            )
    except UserError as error:
        _keep_waiting(run, str(error))
    except RuntimeError as error:
        said = str(error).strip().splitlines()[-1]
        if "status code 5" in str(error):  # none of its nodes can take it yet, as after a start
            _keep_waiting(run, f"The Ray cluster takes no job yet: {said}")
        else:
            run.update(ray_job=None)
            run.end("failed", f"Ray refused it: {said}")


def _keep_waiting(run: Run, why: str) -> None:
    record = run.read()
    if "ray_job" in record or record.get("error") != why:
        run.update(ray_job=None, error=why)


def look(record: Mapping[str, Any]) -> Seen:
    """How Ray says that it stands."""
    try:
        with _cluster() as client:
            info = client.get_job_info(record["ray_job"])
    except UserError:
        return "unknown"
    except RuntimeError as error:
        return "forgotten" if "status code 404" in str(error) else "unknown"
    if str(info.error_type or "").endswith(_NEVER_BEGAN):
        return "forgotten"
    return _SEEN[str(info.status)]


# One that succeeded has written so itself; on shared storage that may take a moment to be seen.
_SEEN: dict[str, Seen] = {
    "PENDING": "waiting",
    "RUNNING": "running",
    "SUCCEEDED": "unknown",
    "STOPPED": "stopped",
    "FAILED": "over",
}


def stop(record: Mapping[str, Any]) -> None:
    """Ask Ray to end it.

    Raises:
        UserError: the cluster cannot be asked.
    """
    try:
        with _cluster() as client:
            client.stop_job(record["ray_job"])
    except RuntimeError as error:
        if "status code 404" not in str(error):
            raise UserError(f"Ray does not stop it: {error}") from error


def output(run: Run) -> str:
    """What Ray has kept of what it printed, if that can be asked."""
    try:
        with _cluster() as client:
            return str(client.get_job_logs(run.read()["ray_job"]))
    except (UserError, RuntimeError):
        return ""


@contextmanager
def _cluster() -> Iterator[Any]:
    """Talk to the cluster; what it refuses is a RuntimeError.

    Raises:
        UserError: it is not known, not there, or wants to know who asks.
    """
    where = address()
    if where is None:
        raise UserError(f"It runs on a Ray cluster; set {RAY_ADDRESS} to its dashboard's address.")
    lost = UserError(f"The Ray cluster at {where} cannot be reached; start it, or ask who runs it.")
    if not _answers(where, int(time.monotonic() / _REMEMBERED)):
        raise lost
    refused = ray_module("ray.exceptions").RayError
    try:
        yield _client(where)
    except OSError as error:
        raise lost from error
    except refused as error:
        raise UserError(
            f"The Ray cluster at {where} wants a token: set RAY_AUTH_MODE=token, and "
            "RAY_AUTH_TOKEN unless ~/.ray/auth_token is its own."
        ) from error


@lru_cache(maxsize=1)
def _answers(where: str, moment: int) -> bool:
    import requests

    try:
        requests.get(f"{where}/api/version", timeout=_PATIENCE)
        return True
    except requests.RequestException:
        return False


@lru_cache(maxsize=1)
def _client(where: str) -> Any:
    return ray_module("ray.job_submission").JobSubmissionClient(where)


def _number(name: str, otherwise: int) -> int:
    wanted = os.environ.get(name, "").strip() or str(otherwise)
    if not wanted.isdecimal():
        raise UserError(f"{name} is {wanted!r}; make it a whole number.")
    return int(wanted)
