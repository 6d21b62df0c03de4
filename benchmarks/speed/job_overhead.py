"""What a job costs beside the bare training loop: windows a second, side by side.

    python -m benchmarks.speed.job_overhead [--repeats 5]

The same network learns the same windows, once in a loop that tells and keeps nothing, once as a
job: with its log, its metrics, and its state written to the disk after each epoch.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch

from benchmarks.claims.soak import SMALL
from mimimi import jobs
from mimimi.data.index import index
from mimimi.data.training_set import TrainingSet
from mimimi.simulate import write_corpus
from mimimi.training import loop
from mimimi.training.pipeline import make_detectors
from mimimi.training.split import train_validation_split


def bare(data: Path, place: Path) -> float:
    """Seconds of the loop alone."""
    (member,) = SMALL.members
    recordings = [r for r in index([data], "fan", lambda line: None) if r.split == "train"]
    split = train_validation_split(recordings, member.training)
    training_set, validation_set = (
        TrainingSet(some, split.machines, member.front_end, place / "decoded", print)
        for some in (split.training, split.validation)
    )
    progress = loop.begin(len(split.machines), member, torch.device("cpu"))
    began = time.perf_counter()
    loop.train(
        progress,
        member,
        training_set,
        validation_set,
        torch.device("cpu"),
        on_batch=lambda epoch, done: None,
        on_epoch=lambda progress, report: None,
    )
    return time.perf_counter() - began


def as_job(data: Path, out: Path) -> float:
    """Seconds of all epochs; the first one's are taken to be as many as the others'."""
    told: list[float] = []

    def say(line: str) -> None:
        if line.startswith("epoch "):
            told.append(time.perf_counter())

    with jobs.attended(out, ["train", str(data), "--type", "fan"]):
        make_detectors(
            [data],
            ["fan"],
            SMALL,
            out,
            device="cpu",
            say=say,
        )
    return (told[-1] - told[0]) * len(told) / (len(told) - 1)


def main() -> None:
    """Alternate, and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    loops, runs = [], []
    with TemporaryDirectory() as place:
        os.environ["MIMIMI_HOME"] = place  # its list of jobs
        data = Path(place, "data")
        write_corpus(data, types=["fan"], ids=2, clips=8)
        for k in range(options.repeats + 1):
            loops.append(bare(data, Path(place)))
            runs.append(as_job(data, Path(place, f"run-{k}")))
    loop, run = median(loops[1:]), median(runs[1:])  # the first warms up
    print(
        f"bare loop {loop:.2f} s, as a job {run:.2f} s, ratio {run / loop:.3f} "
        f"(medians of {options.repeats}; a network of a tenth of the width: of a larger one the "
        "share is smaller)"
    )


if __name__ == "__main__":
    main()
