"""Clips a second: the local engine beside Ray's, on the same clips and the same machine.

    python -m benchmarks.ray_scoring [--clips 60] [--repeats 3]

Both write Parquet, as `score --out` does. Ray has a worker a core; its rate is told with and
without the time that it takes to start a cluster and to load the detector into the workers, which a
large folder pays once. RAY_ADDRESS is left out: Ray starts on this machine.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from mimimi.batch import Engine, Judge, found, locally, score
from mimimi.batch_on_ray import on_ray
from mimimi.corpus.simulate import write_corpus
from mimimi.results import Row, opened


def seconds(judge: Judge, files: Sequence[str], engine: Engine, out: Path) -> tuple[float, float]:
    """Of all of it, and from the first row to the last, that of one row more for the first."""
    told: list[float] = []

    def watched(judge: Judge, files: Sequence[str]) -> Iterator[Row]:
        for row in engine(judge, files):
            told.append(time.perf_counter())
            yield row

    began = time.perf_counter()
    with opened(out, judge.asked) as results:
        score(judge, files, results, watched, lambda *how_far: None)
        assert results.count()["files"] == len(files)
    after_first = sum(moment > told[0] + _TOGETHER for moment in told)
    return time.perf_counter() - began, (told[-1] - told[0]) * len(files) / max(1, after_first)


_TOGETHER = 0.05  # s; rows of one block come at once


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
        files = found([str(data)])[: options.clips]
        list(locally(judge, files[:2]))  # warms up
        here, there, warm = [], [], []
        for k in range(options.repeats):
            here.append(seconds(judge, files, locally, Path(place, f"here-{k}"))[0])
            whole, running = seconds(judge, files, on_ray, Path(place, f"there-{k}"))
            there.append(whole)
            warm.append(running)
    rate, from_cold, running = (len(files) / median(times) for times in (here, there, warm))
    print(
        f"{len(files)} clips of 10 s on {os.cpu_count()} cores, medians of {options.repeats}: "
        f"local {rate:.2f} clips/s; Ray {from_cold:.2f} with its start (ratio "
        f"{from_cold / rate:.2f}), {running:.2f} once it runs (ratio {running / rate:.2f})"
    )


if __name__ == "__main__":
    main()
