"""Ray, for what is too much for one machine: installed on wish, and asked for by name.

Recordings are judged where Ray's own convention says: the cluster of RAY_ADDRESS, else the one that
runs on this machine, else one that Ray starts here for as long as it takes. Every worker needs
MIMIMI installed and the files under the same paths; the detector is sent to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from mimimi.batch import Judge
from mimimi.errors import UserError
from mimimi.results import Row, as_table
from mimimi.verdict import as_row

_BLOCK = 8  # files that a worker takes at a time
_MOST_BLOCKS = 4000


def ray_module(name: str = "ray") -> Any:
    """A module of Ray's, which tells its makers nothing.

    Raises:
        UserError: Ray is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return import_module(name)
    except ImportError:
        raise UserError(
            "Ray is not installed; bring it with:  pip install -r requirements-cluster.txt"
        ) from None


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
    try:
        ray.init(log_to_driver=False, logging_level="ERROR", configure_logging=True)
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        items = [{"path": os.path.abspath(file), "name": file} for file in files]
        blocks = min(-(-len(items) // _BLOCK), _MOST_BLOCKS)
        judged = data.from_items(items, override_num_blocks=blocks).map_batches(
            _Worker,
            fn_constructor_args=(ray.put(judge),),
            batch_size=_BLOCK,
            batch_format="numpy",
            num_cpus=1,
            compute=data.ActorPoolStrategy(min_size=1, max_size=min(workers, blocks)),
        )
        for table in judged.iter_batches(batch_size=None, batch_format="pyarrow"):
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

    def __init__(self, judge: Any) -> None:
        import torch

        torch.set_num_threads(1)  # whatever Ray puts into OMP_NUM_THREADS
        self._judge: Judge = ray_module().get(judge)

    def __call__(self, batch: dict[str, Any]) -> Any:
        files = zip(batch["path"], batch["name"], strict=True)
        return as_table(as_row(self._judge(str(path), str(name))) for path, name in files)
