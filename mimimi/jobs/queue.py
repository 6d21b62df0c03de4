"""First come, first served: who waits, who runs, who is next; without a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from filelock import FileLock, Timeout

from mimimi.errors import UserError
from mimimi.jobs import launchers, local, names
from mimimi.jobs.launcher import Launcher
from mimimi.jobs.request import command
from mimimi.runs import Run, State

AT_ONCE = "MIMIMI_JOBS_AT_ONCE"
_PATIENCE = 30.0  # s, for other programs that look after the queue


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else changes the list of jobs within.

    Raises:
        UserError: another program does not let go of it.
    """
    names.runs().mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(names.runs() / ".queue.lock").acquire(_PATIENCE)
    except Timeout:
        raise UserError(
            f"Another program holds the list of jobs, {names.runs()}, and does not let go of it; "
            "try again, and if this stays end the other one."
        ) from None
    with lock:
        yield


def move_on() -> None:
    """Write down which jobs were interrupted, and start those that are due; within `alone`."""
    runs = [Run(folder) for folder in names.folders().values()]
    for run in runs:
        settle(run)
    records = {run: run.read() for run in runs}
    waiting = [run for run in runs if is_waiting(records[run])]
    waiting.sort(key=lambda run: order(records[run]))
    for run in waiting:
        if _listens(records[run]):  # it never ends: nobody could wait for it, nor it for others
            _start(local, run)
    waiting = [run for run in waiting if not _listens(records[run])]
    starter = launchers.configured()
    if starter is local:
        here = [r for r in records.values() if "ray_job" not in r and not _listens(r)]
        running = sum(record.get("state") == "running" for record in here)
        waiting = waiting[: max(0, _at_once() - running)]
    for run in waiting:
        _start(starter, run)


def is_waiting(record: Mapping[str, Any]) -> bool:
    """Whether it waits for us to start it, and not for a cluster that has it already."""
    return record.get("state") == "queued" and "ray_job" not in record


def order(record: Mapping[str, Any]) -> str:
    """By this the jobs stand in the order in which they were asked for."""
    return str(record.get("submitted", record.get("since", "")))


def settle(run: Run, gone: State = "interrupted") -> None:
    """Write down how a job stands that has not said so itself.

    A killed one cannot, and one that waits on a cluster does not know of it.

    Args:
        run: of any job.
        gone: the state of one whose process is gone.
    """
    if _news(run, gone) is None:
        return
    try:
        with run.lock():
            if news := _news(run, gone):  # again: it may have ended well in between
                news()
    except (Timeout, OSError):
        return  # it runs, in another container or on another machine; or is not ours to write to


def _news(run: Run, gone: State) -> Callable[[], None] | None:
    """What is to be written down of it, if anything."""
    record = run.read()
    is_submitted = record.get("state") == "queued" and "ray_job" in record
    if record.get("state") != "running" and not is_submitted:
        return None
    starter = launchers.of(record)
    seen = starter.look(record)
    if seen in ("waiting", "unknown"):
        return None
    if seen == "running":
        return run.launch if is_submitted else None
    if seen == "forgotten":  # what never began is submitted anew
        return partial(run.update, ray_job=None) if is_submitted else partial(run.end, gone)
    if seen == "stopped":
        return partial(run.end, "stopped")
    if (is_submitted or "launched" in record) and gone == "interrupted":
        printed = starter.output(run).splitlines()
        return partial(run.end, "failed", printed[-1] if printed else "it ended before it began")
    return partial(run.end, gone)


def _listens(record: Mapping[str, Any]) -> bool:
    """Whether it is a listener, which is of this machine and its microphones."""
    return bool(record.get("arguments", ["train"])[0] == "listen")


def _at_once() -> int:
    wanted = os.environ.get(AT_ONCE, "1")
    if not wanted.isdecimal() or wanted == "0":
        raise UserError(f"{AT_ONCE} is {wanted!r}; make it the number of jobs to run at once.")
    return int(wanted)


def _start(starter: Launcher, run: Run) -> None:
    record = run.read()
    begun = "asked" in record
    try:
        with run.lock():
            starter.start(run, command(record["arguments"], run.folder.resolve(), resume=begun))
    except Timeout:
        return  # somebody has just begun it by hand
