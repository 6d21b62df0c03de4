"""First come, first served: who waits, who runs, who is next; without a server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from mimimi import process, run_record
from mimimi.errors import UserError
from mimimi.jobs import job, names
from mimimi.jobs.job import Job
from mimimi.locate import home

LOCK = ".lock"
AT_ONCE = "MIMIMI_JOBS_AT_ONCE"
_ALIVE = ("starting", "running")
_PATIENCE = 30.0  # s, for other programs that look after the queue
_TO_STOP = 5.0  # s; a training stops between two batches


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
        state, running = record.get("state"), process.still_running(record.get("process"))
        if state == "queued":
            run_record.update(folder, state="stopped")
        elif state not in _ALIVE:
            raise UserError(f"{name} does not run: it is {state}.")
        elif running is None:
            raise UserError(
                f"{name} runs on another machine or in another container; stop it there."
            )
        else:
            running.terminate()
    if state != "queued" and running:
        with suppress(psutil.TimeoutExpired):
            running.wait(_TO_STOP)
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
        run_record.update(folder, state="queued", error=None, submitted=_now())
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
        if run_record.read(path).get("state") in _ALIVE:
            raise UserError(f"{name} runs; stop it first.")
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
    running = sum(record.get("state") in _ALIVE for record in records.values())
    waiting = [folder for folder in folders if records[folder].get("state") == "queued"]
    waiting.sort(key=lambda folder: _order(records[folder]))
    for folder in waiting[: max(0, _at_once() - running)]:
        _start(folder, records[folder])


def _at_once() -> int:
    wanted = os.environ.get(AT_ONCE, "1")
    if not wanted.isdecimal() or wanted == "0":
        raise UserError(f"{AT_ONCE} is {wanted!r}; make it the number of jobs to run at once.")
    return int(wanted)


def _settle(folder: Path, state: str) -> None:
    """Write down that a job is in this state if it was running and does so no more."""
    if not _seems_dead(run_record.read(folder)):
        return
    try:
        with FileLock(folder / LOCK, timeout=0):
            record = run_record.read(folder)  # again: it may have ended well in between
            if not _seems_dead(record):
                return
            if record["state"] == "starting" and state == "interrupted":
                output = job.log(folder, lines=1) or "it ended before it began"
                run_record.update(folder, state="failed", error=output)
            else:
                run_record.update(folder, state=state)
    except (Timeout, OSError):
        return  # it runs, in another container or on another machine; or is not ours to write to


def _seems_dead(record: Mapping[str, Any]) -> bool:
    return record.get("state") in _ALIVE and not process.still_running(record.get("process"))


def _start(folder: Path, record: Mapping[str, Any]) -> None:
    """Start the process of a job; it waits for the lock until its record is written."""
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"MIMIMI_HOME": str(home().resolve()), "PYTHONPATH": path}
    try:
        with FileLock(folder / LOCK, timeout=0), (folder / job.OUTPUT).open("ab") as output:
            started = subprocess.Popen(
                [sys.executable, "-m", "mimimi", *_command(folder, record)],
                cwd=record["cwd"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # it outlives whoever starts it
            )
            run_record.update(folder, state="starting", process=process.identity(started.pid))
    except Timeout:
        return  # somebody has just begun it by hand
    except OSError as error:
        run_record.update(folder, state="failed", error=f"It could not be started: {error}")
        return
    threading.Thread(target=started.wait, daemon=True).start()  # leaves no zombie behind


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
