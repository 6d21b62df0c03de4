"""The job's own side: a process that says it runs, how it ended, and who is next."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from mimimi import deployment
from mimimi.errors import UserError
from mimimi.jobs import names, queue
from mimimi.jobs.on_ray import RAY_JOB
from mimimi.runs import Run, log
from mimimi.runs.metrics import Metrics
from mimimi.runs.run import now

Report = Callable[..., None]
_ENDING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def attended(folder: Path | None, arguments: Sequence[str]) -> Iterator[Report]:
    """Run as a job within it: alone in the folder, in the list, with its end written down.

    SIGTERM ends it as Ctrl-C does, and so does the time that a job may take here. A job that was
    new and failed by a user's mistake before it began leaves nothing behind.

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
    run, of_ray = Run(folder), os.environ.get(RAY_JOB)
    record = run.read()
    if of_ray and record.get("ray_job") != of_ray:
        raise UserError(f"{folder} was taken out of the queue before its turn came.")
    if not record or "damaged" in record:
        run.require_empty()
    asked = {"arguments": list(arguments), "cwd": os.getcwd(), "submitted": now()}
    try:
        with _ended_by_sigterm() as no_more_signals, run.working(), _in_time(folder):
            run.update(ray_job=of_ray, **({} if "arguments" in record else asked))
            names.register(folder)
            try:
                yield Metrics(folder).now_and_then
            finally:
                no_more_signals()  # a second one must not keep the end from being written down
    finally:
        if not folder.exists():
            names.unregister(folder)
        with suppress(OSError, UserError), queue.alone():
            queue.move_on()  # else whoever lists the jobs next starts what is due


@contextmanager
def _in_time(folder: Path) -> Iterator[None]:
    """Stop it as others would, once it takes longer than one may here."""
    hours = deployment.limits().job_hours

    def stop() -> None:
        log.add(folder, f"stopped after the {hours:g} hours that a run may take here")
        os.kill(os.getpid(), signal.SIGTERM)

    timer = threading.Timer((hours or 0) * 3600, stop)
    timer.daemon = True
    if hours is not None:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _ended_by_sigterm() -> Iterator[Callable[[], None]]:
    """Let SIGTERM, and SIGINT even where a shell has it ignored, raise KeyboardInterrupt.

    Yields:
        A function that lets both be ignored from now on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # only the main thread is told of signals
        return

    def ignore() -> None:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)

    raising = signal.default_int_handler
    before = {number: signal.signal(number, raising) for number in _ENDING}
    try:
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
