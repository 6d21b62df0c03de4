"""The job's own side: a process that says it runs, how it ended, and who is next."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from filelock import FileLock, Timeout

from mimimi.errors import UserError
from mimimi.jobs import names, queue
from mimimi.jobs.job import OUTPUT
from mimimi.jobs.launcher import RAY_JOB
from mimimi.runs import process, run_record
from mimimi.runs.run_metrics import Metrics
from mimimi.terminal import sentence

Report = Callable[..., None]
_SPARE = ".spare"  # room to say that the disk is full
_SPARE_SIZE = 1 << 16  # bytes
_PATIENCE = 10.0  # s; whoever looks at the lock lets go of it at once


@contextmanager
def attended(folder: Path | None, arguments: Sequence[str]) -> Iterator[Report]:
    """Run as a job within it: alone in the folder, in the list, with its end written down.

    SIGTERM ends it as Ctrl-C does. A job that was new and failed by a user's mistake before it
    began leaves nothing behind.

    Args:
        folder: of the job; None for work that is no job.
        arguments: of `python -m mimimi`, with which it is resumed.

    Yields:
        A function that writes a line of metrics, every few seconds at most.

    Raises:
        UserError: the folder is not empty, or another process works in it.
    """
    if folder is None:
        yield lambda **values: None
        return
    record = run_record.read(folder)
    of_ray = os.environ.get(RAY_JOB)
    if of_ray and record.get("ray_job") != of_ray:
        raise UserError(f"{folder} was taken out of the queue before its turn came.")
    if not record:
        run_record.require_free(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / queue.LOCK, timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(f"{folder} is being worked on by another process.") from None
    try:
        with _ended_by_sigterm():
            yield from _attended(folder, record, arguments)
    finally:
        (folder / _SPARE).unlink(missing_ok=True)
        lock.release()
        if not record and not run_record.read(folder):
            (folder / queue.LOCK).unlink(missing_ok=True)
            folder.rmdir()
        with suppress(OSError, UserError):  # else whoever lists the jobs next starts what is due
            queue.move_on()


def _attended(folder: Path, record: dict[str, Any], arguments: Sequence[str]) -> Iterator[Report]:
    (folder / _SPARE).write_bytes(os.urandom(_SPARE_SIZE))
    run_record.update(
        folder,
        state="running",
        process=process.identity(),
        ray_job=os.environ.get(RAY_JOB),
        error=None,
        **({} if "arguments" in record else queue.request(arguments)),
    )
    names.register(folder)
    try:
        yield Metrics(folder).now_and_then
        run_record.update(folder, state="finished")
    except BaseException as error:
        _no_more_signals()
        (folder / _SPARE).unlink(missing_ok=True)
        if not record and isinstance(error, UserError) and _nothing_begun(folder):
            names.unregister(folder)
            (folder / run_record.NAME).unlink()
        elif isinstance(error, KeyboardInterrupt):
            run_record.update(folder, state="stopped", error=None)
        else:
            run_record.update(folder, state="failed", error=_why(error, folder))
        raise


def _nothing_begun(folder: Path) -> bool:
    ours = {queue.LOCK, run_record.NAME}
    return "asked" not in run_record.read(folder) and set(os.listdir(folder)) <= ours


def _why(error: BaseException, folder: Path) -> str:
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError):
        return sentence(error)
    with suppress(OSError), (folder / OUTPUT).open("a") as file:
        traceback.print_exception(error, file=file)
    return f"{type(error).__name__}: {error}"


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM, and SIGINT even where a shell has it ignored, raise KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_ENDING = (signal.SIGTERM, signal.SIGINT)


def _no_more_signals() -> None:
    """A second wish to end must not keep the first from being written down."""
    if threading.current_thread() is threading.main_thread():
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
