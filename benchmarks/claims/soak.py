"""A training killed at random moments, each time resumed, against one that was left alone.

    python -m benchmarks.claims.soak [--moments 20] [--seed 0]        (or: make soak)

Every moment is a run of its own: killed with SIGKILL, looked at as the page would, resumed to its
end; then its weights are compared bit for bit with those of the uninterrupted run.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mimimi import jobs
from mimimi.config import MemberRecipe, NetworkConfig, Recipe, TrainingConfig
from mimimi.detector.detector import Detector
from mimimi.simulate import write_corpus
from mimimi.training.pipeline import make_detectors

SMALL = Recipe(
    "small",
    (
        MemberRecipe(
            "paper",
            network=NetworkConfig(width=0.1),
            training=TrainingConfig(epochs=12, batch_size=8),
        ),
    ),
)


def train(data: Path, out: Path) -> None:
    """What the killed process does: as the command line, with a network that learns in seconds."""
    torch.set_num_threads(1)
    with jobs.attended(out, ["train", str(data), "--type", "fan"]):
        resume = any(out.glob("last.*")) or (out / "train.log").exists()
        make_detectors([data], ["fan"], SMALL, out, device="cpu", say=print, resume=resume)


def start(data: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.claims.soak", "--train", str(data), str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def weights(run: Path) -> dict[str, NDArray[Any]]:
    return Detector.from_pretrained(run).ensemble.as_arrays()


def main() -> None:
    """Kill, resume, compare; exit code 1 if one run went another way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--train", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        return train(*options.train)
    chance, wrong, early = random.Random(options.seed), 0, 0
    with TemporaryDirectory() as place:
        os.environ["MIMIMI_HOME"] = place  # its list of jobs
        data, whole = Path(place, "data"), Path(place, "whole")
        write_corpus(data, types=["fan"], ids=2, clips=4)
        began = time.monotonic()
        assert start(data, whole).wait() == 0
        takes, expected = time.monotonic() - began, weights(whole)
        print(f"uninterrupted: {takes:.1f} s", flush=True)
        for k in range(options.moments):
            out, moment = Path(place, f"run-{k}"), chance.uniform(0, takes)
            process = start(data, out)
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            killed = process.wait() == -signal.SIGKILL
            done = [line["epoch"] for line in jobs.metrics(out) if "loss_total" in line]
            state = next((job.state for job in jobs.listed() if job.name == out.name), "not begun")
            early += state == "not begun"
            assert start(data, out).wait() == 0
            found = weights(out)
            same = all(np.array_equal(expected[name], found[name]) for name in expected)
            wrong += not same
            print(
                f"{k + 1:>3}: {'killed' if killed else 'finished'} at {moment:5.1f} s, "
                f"{len(done)} epochs told, {state}; resumed to "
                f"{'the same weights' if same else 'OTHER WEIGHTS'}",
                flush=True,
            )
    print(
        f"{options.moments - wrong} of {options.moments} ended with the same weights, bit for bit "
        f"({early} were killed before their run had begun)"
    )
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()
