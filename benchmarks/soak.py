"""Kill a training at random moments until it is done; compare it with one that was left alone.

python -m benchmarks.soak [--kills 20] [--seed 0]       (make soak)

Prints whether the weights are the same bit for bit, whether an epoch is missing from the metrics
or told twice, how long a kill went unseen at most, and how fast it trains as a job against the bare
loop, measured in turns.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch

from mimimi import jobs, run_record, training
from mimimi.config import NetworkConfig, Recipe, TrainingConfig
from mimimi.corpus.index import index
from mimimi.corpus.simulate import write_corpus
from mimimi.corpus.training_set import TrainingSet
from mimimi.detector import Detector
from mimimi.run import make_detector, plan

RECIPE = Recipe(
    "narrow",
    network=NetworkConfig(width=0.1),
    training=TrainingConfig(epochs=12, batch_size=8, patience=12),
)


def silent(line: str) -> None:
    pass


def train(data: Path, out: Path) -> None:
    """A training as a job; goes on where there is something to go on with."""
    torch.set_num_threads(1)
    begun = "asked" in run_record.read(out)
    with jobs.attended(out, ["train", str(data), "--type", "fan"]):
        make_detector([data], "fan", RECIPE, out, device="cpu", say=silent, resume=begun)


def start(data: Path, out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.soak", "--train", data, out])


def weights(run: Path) -> dict[str, torch.Tensor]:
    return Detector.from_pretrained(run).network.state_dict()


def soak(data: Path, home: Path, kills: int, draw: random.Random) -> bool:
    whole, killed = home / "whole", home / "killed"
    began = time.monotonic()
    if start(data, whole).wait():
        raise SystemExit("the training that is left alone failed")
    alone = time.monotonic() - began
    print(f"left alone: {alone:.0f} s", flush=True)
    unseen, moments = [0.0], 0
    while moments < kills:
        process = start(data, killed)
        # Not before it has begun: a process killed while it imports proves nothing.
        while run_record.read(killed).get("process", {}).get("pid") != process.pid:
            time.sleep(0.02)
        try:
            process.wait(draw.uniform(0, 2 * alone / RECIPE.training.epochs))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            moments += 1
            died = time.monotonic()
            while jobs.find(killed.name).state != "interrupted":
                time.sleep(0.02)
            unseen.append(time.monotonic() - died)
            done = [line["epoch"] for line in jobs.metrics(killed) if "loss_total" in line]
            print(f"kill {moments}: {max(done, default=0)} epochs told", flush=True)
        else:
            break  # done before the last kill
    if start(data, killed).wait():
        raise SystemExit("the killed training could not be resumed")
    expected, found = weights(whole), weights(killed)
    same = all(torch.equal(expected[name], found[name]) for name in expected)
    told = [line["epoch"] for line in jobs.metrics(killed) if "loss_total" in line]
    complete = told == list(range(1, RECIPE.training.epochs + 1))
    print(
        f"{moments} kills; weights the same bit for bit: {same}; each epoch told once: {complete}"
    )
    print(f"seen as interrupted after {max(unseen):.2f} s at the latest")
    return same and complete


def batches_per_second(data: Path, out: Path | None) -> float:
    """Of a whole training, from its first batch to its last, as a job or as the bare loop."""
    moments: list[float] = []

    def on_batch(*how_far: object) -> None:
        moments.append(time.monotonic())

    if out is None:
        decided = plan(index([data], "fan", silent), RECIPE, silent)
        learn, heldout = (
            TrainingSet(some, decided.ids, RECIPE.front_end, silent)
            for some in (decided.learn, decided.patience)
        )
        cpu = torch.device("cpu")
        progress = training.begin(len(decided.ids), RECIPE, cpu)
        training.train(progress, RECIPE, learn, heldout, cpu, on_batch, lambda *of: None)
    else:
        with jobs.attended(out, ["train", str(data), "--type", "fan"]):
            make_detector([data], "fan", RECIPE, out, device="cpu", say=silent, on_batch=on_batch)
    return (len(moments) - 1) / (moments[-1] - moments[0])


def overhead(data: Path, home: Path, turns: int = 3) -> None:
    torch.set_num_threads(1)
    rates: list[tuple[float, float]] = [
        (batches_per_second(data, None), batches_per_second(data, home / f"turn-{turn}"))
        for turn in range(turns)
    ]
    bare, job = median(b for b, _ in rates), median(j for _, j in rates)
    ratio = median(j / b for b, j in rates)
    print(f"batches/s: bare loop {bare:.2f}, job {job:.2f}; ratio, median of {turns}: {ratio:.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only-overhead", action="store_true")
    parser.add_argument("--train", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        train(*options.train)
        return 0
    with TemporaryDirectory() as folder:
        os.environ["MIMIMI_HOME"] = folder
        data, home = Path(folder) / "data", Path(folder) / "runs"
        write_corpus(data, types=["fan"], ids=2, clips=4)
        fine = options.only_overhead or soak(data, home, options.kills, random.Random(options.seed))
        overhead(data, home)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
