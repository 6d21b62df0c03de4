"""What can be done with jobs: submit, list, read, stop, resume, delete."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from mimimi.detector.locate import trained
from mimimi.errors import DetectorError, UserError
from mimimi.jobs import job, launchers, names, queue
from mimimi.jobs.job import Job
from mimimi.jobs.request import JobRequest
from mimimi.names import checked, slug
from mimimi.runs import Run
from mimimi.runs.log import DECISIONS, tail

_TO_STOP = 5.0  # s; a training stops between two batches
_LOOK_AGAIN = 0.1  # s


def submit(request: JobRequest) -> Job:
    """Queue a job; it starts at once if nothing else runs.

    A training is made in the job's folder, recordings in `Job.data`.

    Raises:
        UserError: the name is taken.

    Example:
        submit(JobRequest("line-3", "train", [Path("recordings")], {"type": "pump"}))
    """
    with queue.alone():
        folder = names.runs() / names.free(request.name)
        folder.mkdir()
        try:
            Run(folder).queue(arguments=request.arguments, cwd=os.getcwd(), owner=request.owner)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)  # else its name were taken
            raise
    return find(folder.name)


def listed() -> list[Job]:
    """All jobs, in the order in which they were asked for; starts what is due."""
    if not names.runs().is_dir():
        return []
    with queue.alone():
        queue.move_on()
        folders = names.folders()
        ordered = sorted(folders, key=lambda name: queue.order(Run(folders[name]).read()))
        return [found for name in ordered if (found := job.read(name, folders[name]))]


def find(name: str) -> Job:
    """The job of that name.

    Raises:
        UserError: there is none.
    """
    for one in listed():
        if one.name == name:
            return one
    raise UserError(f"There is no job called {name!r}; see:  python -m mimimi jobs list")


def log(folder: Path, lines: int = 200) -> str:
    """The last lines of what a job decided, or, before it decided anything, of what it printed."""
    path, run = folder / DECISIONS, Run(folder)
    text = tail(path) if path.is_file() else launchers.of(run.read()).output(run)
    return "\n".join(text.splitlines()[-lines:])


def stop(name: str) -> Job:
    """Stop a job, or take it out of the queue; the last finished epoch is kept.

    Returns once it has stopped, or after a few seconds with a job that is about to.

    Raises:
        UserError: it does not run, or on another machine.
    """
    run = _found(name)
    with queue.alone():
        record = run.read()
        state, starter = record.get("state"), launchers.of(record)
        if state == "queued":
            _withdraw(run, record)
            run.end("stopped")
        elif state == "running":
            starter.stop(record)
        else:
            raise UserError(f"{name} does not run: it is {state}.")
    deadline = time.monotonic() + _TO_STOP
    while state == "running" and starter.look(record) == "running" and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN)
    with queue.alone():  # killed before it could say anything, in its first moments
        queue.settle(run, "stopped")
    return find(name)


def resume(name: str) -> Job:
    """Queue a job again that was stopped, interrupted or has failed; it goes on where it was.

    Raises:
        UserError: it is not over, or finished.
    """
    run = _found(name)
    with queue.alone():
        record = run.read()
        if record.get("state") not in ("stopped", "interrupted", "failed"):
            raise UserError(f"{name} cannot be resumed: it is {record.get('state')}.")
        if "arguments" not in record:
            raise UserError(f"{name} was not begun on the command line; resume it as it was begun.")
        run.queue()
    return find(name)


def rename(name: str, machine: str) -> str:
    """Give what was learnt of a machine another name, with all that it was told.

    Until it is there under the new name it stays under the old one.

    Args:
        name: under which it can be found.
        machine: what the machine is called from now on.

    Returns:
        The name under which it can be found.

    Raises:
        DetectorError: it is damaged, or was trained.
        UserError: nothing was learnt under that name, or the new one is taken or cannot be one.
    """
    from mimimi.detector.detector import Detector  # slow to import

    before = trained().get(slug(name))
    if before is None:
        raise DetectorError(f"No machine was learnt under the name {name!r}.")
    called = names.job_name(checked(machine))
    detector = Detector.from_pretrained(before).renamed(machine)
    with queue.alone():
        if called == before.name:  # in other letters
            detector.save_pretrained(before)
            return called
        after = names.runs() / names.free(machine)
        whole = after.with_name(f".renamed.{os.getpid()}.{called}")
        detector.save_pretrained(whole)
        whole.rename(after)
        _remove(before)
    return called


def delete(name: str) -> None:
    """Delete a job with its folder, or what was learnt of a machine without a job.

    One that lies elsewhere is only taken off the list.

    Raises:
        UserError: it runs, or there is none of that name.
    """
    learnt = trained().get(slug(name))
    run = Run(learnt) if learnt else _found(name)
    with queue.alone():
        record, path = run.read(), run.folder
        if record.get("state") == "running":
            raise UserError(f"{name} runs; stop it first.")
        if record.get("state") == "queued":
            _withdraw(run, record)
        _remove(path)


def rename_run(name: str, wanted: str) -> str:
    """Give a run, and the detector that it made, another name; gives it.

    Raises:
        UserError: it is not over, there is none, or the new name is taken or cannot be one.
    """
    before = trained().get(slug(name)) or _found(name).folder
    called = names.job_name(wanted)
    with queue.alone():
        if Run(before).read().get("state", "finished") in ("queued", "running"):
            raise UserError(f"{name} is not over; stop it first.")
        if called != before.name:
            before.rename(names.runs() / names.free(wanted))
    return called


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    else:
        # Renamed first: half a folder would be listed as a job.
        shutil.rmtree(folder.rename(folder.with_name(f".deleted.{os.getpid()}.{folder.name}")))


def _withdraw(run: Run, record: dict[str, Any]) -> None:
    """Tell a cluster that has it that a job in the queue is not wanted any more."""
    if not queue.is_waiting(record):
        with suppress(UserError):  # one that begins all the same finds out, and ends: `attended`
            launchers.of(record).stop(record)
        run.update(ray_job=None)


def _found(name: str) -> Run:
    return Run(find(name).folder)
