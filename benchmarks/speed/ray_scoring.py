"""Clips a second: the local engine beside Ray's, on the same clips and the same machine.

    python -m benchmarks.speed.ray_scoring [--clips 60] [--repeats 3]

Both write Parquet, as `score --out` does. Ray has a worker a core, the local engine a process of as
many threads. Ray's rate is told with the time that it takes to start a cluster and its workers, and
without it, from how much longer all clips take than a third of them. RAY_ADDRESS is left out: Ray
starts on this machine.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from mimimi.batch.on_ray import on_ray
from mimimi.batch.results import opened
from mimimi.batch.score import Engine, Judge, locally, score
from mimimi.data.find import find
from mimimi.simulate import write_corpus


def seconds(judge: Judge, files: Sequence[str], engine: Engine, out: Path) -> float:
    """From the start to the last row on disk."""
    began = time.perf_counter()
    with opened(out, judge.asked) as results:
        score(judge, files, results, engine, lambda *how_far: None)
        assert results.count()["files"] == len(files)
    return time.perf_counter() - began


def main() -> None:
    """Alternate, and print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    os.environ.pop("RAY_ADDRESS", None)
    judge = Judge.load("fan", "id_50")
    with TemporaryDirectory() as place:
        data = Path(place, "data")
        write_corpus(data, types=["fan"], ids=1, clips=options.clips)
        files = find([data]).files[: options.clips]
        list(locally(judge, files[:2]))  # warms up
        third, out = files[: len(files) // 3], Path(place, "out")
        here, there, few = [], [], []
        for k in range(options.repeats):
            here.append(seconds(judge, files, locally, out / f"here-{k}"))
            there.append(seconds(judge, files, on_ray, out / f"there-{k}"))
            few.append(seconds(judge, third, on_ray, out / f"few-{k}"))
    local, ray = len(files) / median(here), len(files) / median(there)
    running = (len(files) - len(third)) / (median(there) - median(few))
    print(
        f"{len(files)} clips of 10 s on {os.cpu_count()} cores, medians of {options.repeats}: "
        f"local {local:.2f} clips/s; Ray {ray:.2f} with its start (ratio {ray / local:.2f}), "
        f"{running:.2f} once it runs (ratio {running / local:.2f})"
    )


if __name__ == "__main__":
    main()
