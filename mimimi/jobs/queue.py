"""First come, first served: who waits, who runs, who is next; without a server."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mimimi.errors import UserError
from mimimi.jobs import job, launcher, names
from mimimi.jobs.job import Job
from mimimi.jobs.launcher import Launcher
from mimimi.runs import run_record

LOCK = ".lock"
AT_ONCE = "MIMIMI_JOBS_AT_ONCE"
_ALIVE = ("starting", "running")
_PATIENCE = 30.0  # s, for other programs that look after the queue
_TO_STOP = 5.0  # s; a training stops between two batches
_LOOK_AGAIN = 0.1  # s


def submit(name: str, arguments: Sequence[str]) -> Job:
    """Queue a job; it starts at once if nothing else runs.

    Args:
        name: made a slug; the detector that is trained bears it.
        arguments: of `python -m mimimi train|download|simulate`, the verb first, without OUT or
            `--out`: a training is made in the job's folder, recordings in `Job.data`.

    Raises:
        UserError: the name is taken.

    Example:
        submit("line-3", ["train", "recordings", "--type", "pump"])
    """
    with _alone():
        folder = names.runs() / names.free(name)
        folder.mkdir()
        run_record.update(folder, state="queued", **request(arguments))
        _move_on()
        return _job(folder.name)


def listed() -> list[Job]:
    """All jobs, in the order in which they were asked for; starts what is due."""
    if not names.runs().is_dir():
        return []
    with _alone():
        _move_on()
        records = {name: run_record.read(path) for name, path in names.folders().items()}
        order = sorted(records, key=lambda name: _order(records[name]))
        found = (job.read(name, names.runs() / name) for name in order)
        return [one for one in found if one]


def find(name: str) -> Job:
    """The job of that name.

    Raises:
        UserError: there is none.
    """
    for one in listed():
        if one.name == name:
            return one
    raise UserError(f"There is no job called {name!r}; see:  python -m mimimi jobs list")


def stop(name: str) -> Job:
    """Stop a job, or take it out of the queue; the last finished epoch is kept.

    Returns once it has stopped, or after a few seconds with a job that is about to.

    Raises:
        UserError: it does not run, or on another machine.
    """
    find(name)
    with _alone():
        folder = names.runs() / name
        record = run_record.read(folder)
        state, starter = record.get("state"), launcher.of(record)
        if state not in (*_ALIVE, "queued"):
            raise UserError(f"{name} does not run: it is {state}.")
        if state == "queued":
            _withdraw(record)
            run_record.update(folder, state="stopped", ray_job=None)
        else:
            starter.stop(record)
    deadline = time.monotonic() + _TO_STOP
    while state in _ALIVE and starter.look(record) == "running" and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN)
    with _alone():  # killed before it could say anything, in its first moments
        _settle(folder, "stopped")
    return find(name)


def resume(name: str) -> Job:
    """Queue a job again that was stopped, interrupted or has failed; it goes on where it was.

    Raises:
        UserError: it is not over, or finished.
    """
    find(name)
    with _alone():
        folder = names.runs() / name
        state = run_record.read(folder).get("state")
        if state not in ("stopped", "interrupted", "failed"):
            raise UserError(f"{name} cannot be resumed: it is {state}.")
        arguments = run_record.read(folder).get("arguments")
        if arguments is None:
            raise UserError(f"{name} was not begun on the command line; resume it as it was begun.")
        run_record.update(folder, state="queued", error=None, ray_job=None, submitted=_now())
        _move_on()
        return _job(name)


def delete(name: str) -> None:
    """Delete a job with its folder; one that lies elsewhere is only taken off the list.

    Raises:
        UserError: it runs.
    """
    find(name)
    with _alone():
        path = names.runs() / name
        record = run_record.read(path)
        if record.get("state") in _ALIVE:
            raise UserError(f"{name} runs; stop it first.")
        if record.get("state") == "queued":
            _withdraw(record)
        if path.is_symlink():
            path.unlink()
        else:
            # Renamed first: half a folder would be listed as a job.
            shutil.rmtree(path.rename(path.with_name(f".deleted.{os.getpid()}.{name}")))


def move_on() -> None:
    """Write down which jobs were interrupted, and start those that are due."""
    if names.runs().is_dir():
        with _alone():
            _move_on()


def request(arguments: Sequence[str]) -> dict[str, Any]:
    """What a record holds to start a job by, now or again."""
    return {"arguments": list(arguments), "cwd": os.getcwd(), "submitted": _now()}


@contextmanager
def _alone() -> Iterator[None]:
    names.runs().mkdir(parents=True, exist_ok=True)
    lock = FileLock(names.runs() / ".queue.lock", timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(
            f"Another program holds the list of jobs, {names.runs()}, and does not let go of it; "
            "try again, and if this stays end the other one."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _move_on() -> None:
    folders = list(names.folders().values())
    for folder in folders:
        _settle(folder, "interrupted")
    records = {folder: run_record.read(folder) for folder in folders}
    waiting = [folder for folder in folders if _is_waiting(records[folder])]
    waiting.sort(key=lambda folder: _order(records[folder]))
    starter = launcher.configured()
    if starter is launcher.here():
        here = [record for record in records.values() if "ray_job" not in record]
        running = sum(record.get("state") in _ALIVE for record in here)
        waiting = waiting[: max(0, _at_once() - running)]
    for folder in waiting:
        _start(starter, folder, records[folder])


def _is_waiting(record: Mapping[str, Any]) -> bool:
    """Whether it waits for us to start it, and not for a cluster that has it already."""
    return record.get("state") == "queued" and "ray_job" not in record


def _at_once() -> int:
    wanted = os.environ.get(AT_ONCE, "1")
    if not wanted.isdecimal() or wanted == "0":
        raise UserError(f"{AT_ONCE} is {wanted!r}; make it the number of jobs to run at once.")
    return int(wanted)


def _withdraw(record: Mapping[str, Any]) -> None:
    """Tell a cluster that has it that a job in the queue is not wanted any more."""
    if not _is_waiting(record):
        with suppress(UserError):  # one that begins all the same finds out, and ends: `attended`
            launcher.of(record).stop(record)


def _settle(folder: Path, state: str) -> None:
    """Write down how a job stands that has not said so itself; one that is gone is in this state.

    A killed one cannot, and one that waits on a cluster does not know of it.
    """
    if not _news(folder, state):
        return
    try:
        with FileLock(folder / LOCK, timeout=0):
            if news := _news(folder, state):  # again: it may have ended well in between
                run_record.update(folder, **news)
    except (Timeout, OSError):
        return  # it runs, in another container or on another machine; or is not ours to write to


def _news(folder: Path, state: str) -> dict[str, Any]:
    record = run_record.read(folder)
    before = record.get("state")
    if before not in _ALIVE and not (before == "queued" and "ray_job" in record):
        return {}
    starter = launcher.of(record)
    seen = starter.look(record)
    if seen in ("waiting", "unknown"):
        return {}
    if seen == "running":
        return {"state": "starting"} if before == "queued" else {}
    if seen == "forgotten":
        # What never began is submitted anew.
        return {"ray_job": None} if before == "queued" else {"state": "interrupted"}
    if seen == "stopped":
        return {"state": "stopped"}
    if before != "running" and state == "interrupted":
        printed = starter.output(folder, record).splitlines()
        return {"state": "failed", "error": printed[-1] if printed else "it ended before it began"}
    return {"state": state}


def _start(starter: Launcher, folder: Path, record: Mapping[str, Any]) -> None:
    try:
        with FileLock(folder / LOCK, timeout=0):
            starter.start(folder, record, _command(folder, record))
    except Timeout:
        return  # somebody has just begun it by hand


def _command(folder: Path, record: Mapping[str, Any]) -> list[str]:
    verb, *rest = (word for word in record["arguments"] if word != "--resume")
    folder = folder.resolve()
    if verb != "train":
        return [verb, str(folder / "data"), *rest, "--job", str(folder)]
    # Of two --out, as there are after a run begun by hand, the last one counts.
    return [verb, *rest, "--out", str(folder), *(["--resume"] if job.has_begun(folder) else [])]


def _job(name: str) -> Job:
    found = job.read(name, names.runs() / name)
    assert found is not None
    return found


def _order(record: Mapping[str, Any]) -> str:
    return str(record.get("submitted", record.get("since", "")))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
