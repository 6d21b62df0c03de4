"""Many recordings judged through Ray Data.

They are judged where Ray's own convention says: the cluster of RAY_ADDRESS, else the one that
runs on this machine, else one that Ray starts here for as long as it takes. Every worker needs
MIMIMI installed and the files under the same paths; the detector is sent to it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from mimimi.batch import Judge
from mimimi.cluster import ray_module
from mimimi.errors import UserError
from mimimi.results import Row, as_table
from mimimi.terminal import stderr_muted
from mimimi.verdict import as_row

_BLOCK = 8  # files that a worker takes at a time
_MOST_BLOCKS = 4000


def on_ray(judge: Judge, files: Sequence[str]) -> Iterator[Row]:
    """Judge files through Ray Data, in no order: a process a core, which loads its detector once.

    Args:
        judge: judges; is sent to every worker.
        files: paths that the workers can read.

    Raises:
        UserError: Ray is not installed, not there, or gave up.
    """
    if not files:
        return
    ray, data = ray_module(), ray_module("ray.data")
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        items = [{"path": os.path.abspath(file), "name": file} for file in files]
        blocks = min(-(-len(items) // _BLOCK), _MOST_BLOCKS)
        judged = data.from_items(items, override_num_blocks=blocks).map_batches(
            _Worker,
            fn_constructor_args=(judge,),
            batch_size=_BLOCK,
            batch_format="numpy",
            num_cpus=1,
            compute=data.ActorPoolStrategy(min_size=1, max_size=min(workers, blocks)),
        )
        tables = iter(judged.iter_batches(batch_size=None, batch_format="pyarrow"))
        with stderr_muted():  # Ray's core warns of what its own Data does as the workers start
            first = next(tables)
        for table in chain((first,), tables):
            yield from table.to_pylist()
    except (ray.exceptions.RayError, ConnectionError) as error:
        why = str(error).strip().splitlines()[-1]
        raise UserError(
            f"Ray gave up ({why}); what was judged is kept: the same command goes on."
        ) from error
    finally:
        ray.shutdown()


class _Worker:
    """A process that has a core for itself."""

    def __init__(self, judge: Judge) -> None:
        import torch

        torch.set_num_threads(1)  # whatever Ray puts into OMP_NUM_THREADS
        self._judge = judge

    def __call__(self, batch: dict[str, Any]) -> Any:
        files = zip(batch["path"], batch["name"], strict=True)
        return as_table(as_row(self._judge(str(path), str(name))) for path, name in files)
