"""Files judged by a process for each processor, in their order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread

from mimimi.detector.verdict import Verdict
from mimimi.errors import UserError
from mimimi.processors import processors

_TOGETHER = 4  # files that are handed to a process at a time
_AHEAD = 4096  # files that wait to be handed out, of however many there are
# To glibc, as a process starts: not to give memory back to the system after each recording, which
# takes a fifth of the time of judging it.
_KEEPING_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_MMAP_THRESHOLD_": "33554432"}

Judging = Callable[[str], Verdict]
_judge: Judging  # of this process, which was started to judge


def side_by_side(judge: Judging, files: Sequence[str]) -> Iterator[Verdict]:
    """Judge files.

    Processes are started anew and not forked: a copy of a process in which threads run may wait for
    ever for what they held.

    Args:
        judge: can be sent to another process.
        files: their paths.

    Raises:
        UserError: a process died, be it that the system took it for want of memory.
    """
    at_once = min(processors(), len(files))
    for name, value in _KEEPING_MEMORY.items():
        os.environ.setdefault(name, value)
    pool = ProcessPoolExecutor(at_once, get_context("spawn"), _begin, (judge,))
    try:
        for first in range(0, len(files), _AHEAD):
            with _deaf():
                found = pool.map(_judged, files[first : first + _AHEAD], chunksize=_TOGETHER)
            yield from found
    except BrokenProcessPool as error:
        raise UserError(
            "A process that judged recordings was ended, perhaps for want of memory; try again "
            "with OMP_NUM_THREADS=1, which takes one process alone."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that start within it hear no Ctrl-C, not even while they start.

    A terminal tells it to all of them; the one that started them ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(judge: Judging) -> None:
    """Make this process ready: it has one processor, says nothing, and ends with its parent."""
    global _judge
    _judge = judge
    os.environ["OMP_NUM_THREADS"] = "1"  # read by torch, if it has to explain
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there is no `_deaf`
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # libmpg123 prints what it makes of damaged MP3 there
    os.close(nowhere)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)  # it was killed, and asks for nothing any more


def _judged(file: str) -> Verdict:
    return _judge(file)
