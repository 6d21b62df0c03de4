"""Many recordings judged through Ray Data.

They are judged where Ray's own convention says: the cluster of RAY_ADDRESS, else the one that
runs on this machine, else one that Ray starts here for as long as it takes. Every worker needs
MIMIMI installed and the files under the same paths; the detector is sent to it.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from mimimi import extras
from mimimi.batch.cluster import ray_module
from mimimi.batch.results import Row, as_table
from mimimi.batch.score import Judge
from mimimi.detector.verdict import as_row
from mimimi.errors import UserError
from mimimi.terminal import stderr_muted

_BLOCK = 8  # files that a worker takes at a time
_MOST_BLOCKS = 4000
_PATIENCE = 3.0  # s
_PARTING = 30.0  # s that Ray may take to end


def on_ray(judge: Judge, files: Sequence[str]) -> Iterator[Row]:
    """Judge files through Ray Data, in no order: a process a core, which loads its detector once.

    Ray ends the process that asked it where its node is killed, and says so on several lines. So
    another process asks, and its end is no more than the end of the rows.

    Args:
        judge: judges; is sent to every worker.
        files: paths that the workers can read.

    Raises:
        UserError: Ray is not installed, not there, or gave up.
    """
    if not files:
        return
    if not extras.installed("ray"):
        ray_module()  # says what brings it
    _require_answer(os.environ.get("RAY_ADDRESS", ""))
    processes = get_context("spawn")
    ours, theirs = processes.Pipe(duplex=False)
    asking = processes.Process(target=_ask, args=(theirs, judge, files), daemon=True)
    asking.start()
    theirs.close()
    try:
        while (rows := _received(ours)) is not None:
            yield from rows
        asking.join(_PARTING)
    finally:
        asking.kill()
        asking.join()


def _received(ours: Connection) -> list[Row] | None:
    """What came from the process that asks; None once all has come.

    Raises:
        UserError: it gave up, or is no more.
    """
    try:
        found: list[Row] | Exception | None = ours.recv()
    except EOFError:
        found = UserError(_gave_up("its node is gone"))
    if isinstance(found, Exception):
        raise found
    return found


def _ask(theirs: Connection, judge: Judge, files: Sequence[str]) -> None:
    """Send tables of rows, each as soon as it is made, and then None, or what was the matter."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for the rows ends this process
    with stderr_muted():
        try:
            ray = ray_module()
            with _connected(ray):
                cores = int(ray.cluster_resources().get("CPU", 1))
                for table in _pipeline(judge, files, cores):
                    theirs.send(table.to_pylist())
            theirs.send(None)
        except UserError as error:
            theirs.send(UserError(str(error)))
        except Exception:  # to be told where others are
            theirs.send(RuntimeError(traceback.format_exc()))


def _pipeline(judge: Judge, files: Sequence[str], cores: int) -> Iterable[Any]:
    """Tables of rows, each as soon as it is made."""
    data = ray_module("ray.data")
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    data.DataContext.get_current().enable_progress_bars = False
    # As bytes: names need not be text.
    items = [{"path": os.fsencode(os.path.abspath(f)), "name": os.fsencode(f)} for f in files]
    blocks = min(-(-len(items) // _BLOCK), _MOST_BLOCKS)
    judged = data.from_items(items, override_num_blocks=blocks).map_batches(
        _Worker,
        fn_constructor_args=(judge,),
        batch_size=_BLOCK,
        batch_format="numpy",
        num_cpus=1,
        compute=data.ActorPoolStrategy(min_size=1, max_size=max(1, min(cores, blocks))),
    )
    tables: Iterable[Any] = judged.iter_batches(batch_size=None, batch_format="pyarrow")
    return tables


@contextmanager
def _connected(ray: Any) -> Iterator[None]:
    """With a cluster, from which we part at the end.

    Raises:
        UserError: there is none, or it gave up within.
    """
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        try:
            ray.init(log_to_driver=False, logging_level=logging.ERROR)
        except Exception as error:  # as it is, Ray raises nothing narrower where it is too slow
            raise ConnectionError(error) from error
        yield
    except (ray.exceptions.RayError, ConnectionError) as error:
        raise UserError(_gave_up(str(error).strip().splitlines()[-1])) from error
    finally:
        ray.shutdown()


def _gave_up(why: str) -> str:
    return f"Ray gave up ({why}); what was judged is kept: the same command goes on."


def _require_answer(address: str) -> None:
    """Find out in seconds that nobody is there; Ray itself tries for minutes."""
    if address.startswith("http"):
        raise UserError(
            f"RAY_ADDRESS is {address!r}, a dashboard's address; scoring needs that of the cluster "
            "itself, such as 127.0.0.1:6379."
        )
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if port.isdecimal():
        try:
            socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
        except OSError as error:
            raise UserError(
                f"The Ray cluster at RAY_ADDRESS, {address}, cannot be reached: start it, or unset "
                "RAY_ADDRESS to use this machine."
            ) from error


class _Worker:
    """A process that has a core for itself."""

    def __init__(self, judge: Judge) -> None:
        os.environ["OMP_NUM_THREADS"] = "1"  # whatever Ray puts there
        self._judge = judge

    def __call__(self, batch: dict[str, Any]) -> Any:
        paths, names = (map(os.fsdecode, batch[column]) for column in ("path", "name"))
        return as_table(map(as_row, map(self._judge, paths, names)))
