"""How fast a GPU trains the paper's network, how busy it is, and how long the paper's table takes.

    python -m benchmarks.speed.gpu [--clips 13119] [--device cuda]

The set is simulated and of the size of DCASE 2020 Task 2's development set: clips of 10 s, of each
machine one, turned in time so that each is a file of its own. All four networks of the recipe
`paper` are trained on it for two epochs, and the second is counted. What a training does beside,
from the index to the figures, is timed on a 32nd and on a 16th of the set, and drawn on from there
in a straight line. First, that a run which was stopped ends with the same weights, and that a GPU's
scores are a processor's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np
import soundfile
import torch
from torch.nn.functional import one_hot
from torch.utils.flop_counter import FlopCounterMode

from mimimi.config import MACHINE_TYPES, MemberRecipe, Precision, Recipe
from mimimi.data.index import Recording, index
from mimimi.data.training_set import TrainingSet
from mimimi.detector.detector import Detector
from mimimi.detector.locate import bundled
from mimimi.recipes import recipe
from mimimi.simulate import FAULTS, simulate_clip
from mimimi.training import loop
from mimimi.training.epoch import EpochReport
from mimimi.training.forward_pass import ForwardPass
from mimimi.training.pipeline import make_detectors
from mimimi.training.progress import Progress
from mimimi.training.split import TrainValidationSplit, network_splits, split_data

MACHINES = [f"id_{number}" for number in range(50, 54)]
TRAINING, TESTS = 13_119, 4_900  # clips of fan, pump, slider and valve in DCASE 2020's set
SHARES = (32, 16)  # of the set on which all beside the epochs is timed
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")


def quiet(line: str) -> None:
    """What a training says is not wanted here."""


def corpus(folder: Path, training: int, tests: int) -> None:
    """Clips laid out as DCASE's: the same number of each machine."""
    kinds = [("train", "normal", training), ("test", "normal", tests // 2)]
    kinds.append(("test", "anomaly", tests - tests // 2))
    places = [(t, machine_id) for t in MACHINE_TYPES for machine_id in MACHINES]

    def write(path: Path, sound: np.ndarray, turn: int) -> None:
        soundfile.write(path, np.roll(sound, 97 * turn), 16_000)

    with ThreadPoolExecutor() as pool:
        for split, label, count in kinds:
            for place, (machine_type, machine_id) in enumerate(places):
                fault = FAULTS[machine_type][0] if label == "anomaly" else None
                whole = simulate_clip(machine_type, machine_id, fault=fault, severity=3.0)
                of_machine = folder / machine_type / split
                of_machine.mkdir(parents=True, exist_ok=True)
                for k in range(place, count, len(places)):
                    turn = k // len(places) + (TRAINING if split == "test" else 0)
                    name = f"{label}_{machine_id}_{k:08}.wav"
                    pool.submit(write, of_machine / name, whole, turn)


@contextmanager
def watched(device: torch.device) -> Iterator[list[tuple[float, int]]]:
    """When it was looked, each half second, and per cent of the time before in use."""
    seen: list[tuple[float, int]] = []
    done = Event()

    def look() -> None:
        while not done.wait(0.5):
            seen.append((time.monotonic(), torch.cuda.utilization(device)))

    watching = Thread(target=look)
    if device.type == "cuda":
        watching.start()
    try:
        yield seen
    finally:
        done.set()
        if device.type == "cuda":
            watching.join()


def with_training(epochs: int, precision: Precision = "float32") -> Recipe:
    """The recipe `paper`, shorter."""
    chosen = recipe("paper")
    [member] = chosen.members
    training = replace(member.training, epochs=epochs, precision=precision)
    return replace(chosen, members=(replace(member, training=training),))


def ceiling(device: torch.device, precision: Precision) -> float:
    """FLOP/s of a large matrix product, in the precision in which convolutions multiply."""
    size = 8192 if device.type == "cuda" else 1024
    torch.backends.cuda.matmul.allow_tf32 = True  # as cuDNN's convolutions do by themselves
    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
    a = torch.randn(size, size, device=device, dtype=kind)
    spent = []
    for _ in range(6):
        settle(device)
        began = time.perf_counter()
        a @ a
        settle(device)
        spent.append(time.perf_counter() - began)
    torch.backends.cuda.matmul.allow_tf32 = False
    return 2 * size**3 / sorted(spent)[len(spent) // 2]


def settle(device: torch.device) -> None:
    """Wait until all is done that was asked of it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def flop_a_window(member: MemberRecipe) -> float:
    """Of a training step, multiplications and additions counted apart."""
    progress = loop.begin(4, member, torch.device("cpu"))
    forward = ForwardPass(progress.network, "float32")
    with FlopCounterMode(display=False) as counted:
        loop.step(
            progress, forward, torch.randn(2, 2, 513, 64), one_hot(torch.arange(2), 4).float()
        )
    of_two: int = counted.get_total_flops()
    return of_two / 2


def sets(root: Path, device: torch.device) -> list[tuple[TrainingSet, TrainingSet]]:
    """Training and validation set of each machine type, decoded; says how fast."""
    recordings = index([root], None, quiet)
    [member] = recipe("paper").members
    splits = [split_data(recordings, each, quiet) for each in MACHINE_TYPES]
    divided = [split for _, split in network_splits(member, splits, recordings)]
    began = time.monotonic()

    def decoded(of: Sequence[Recording], split: TrainValidationSplit) -> TrainingSet:
        front_end = member.front_end
        return TrainingSet(of, split.machines, front_end, root.parent / "decoded", print)

    found = [(decoded(one.training, one), decoded(one.validation, one)) for one in divided]
    clips = sum(len(training) + len(validation) for training, validation in found)
    took = time.monotonic() - began
    print(f"{clips} clips decoded in {took:.0f} s, {clips / took:.0f} a second", flush=True)
    windows = 0
    began = time.monotonic()
    for batch, _ in found[0][0].batches(32, device, np.random.default_rng(0), random_start=True):
        windows += len(batch)
    settle(device)
    print(f"fed alone: {windows / (time.monotonic() - began):.0f} windows a second", flush=True)
    return found


def second_epoch(
    training: TrainingSet, validation: TrainingSet, member: MemberRecipe, device: torch.device
) -> tuple[EpochReport, list[int]]:
    """What was told of it, and how busy the GPU was meanwhile."""
    reports: list[EpochReport] = []
    batches: list[float] = []

    def on_batch(epoch: int, windows: int) -> None:
        if epoch == 2:
            batches.append(time.monotonic())

    def on_epoch(progress: Progress, report: EpochReport) -> None:
        reports.append(report)

    progress = loop.begin(training.n_classes, member, device)
    with watched(device) as seen:
        loop.train(progress, member, training, validation, device, on_batch, on_epoch)
    return reports[-1], [busy for at, busy in seen if batches[0] + 0.5 < at < batches[-1]]


def epochs(
    found: Sequence[tuple[TrainingSet, TrainingSet]], device: torch.device, precision: Precision
) -> float:
    """Seconds of an epoch of the four networks; prints what belongs to it."""
    [member] = with_training(2, precision).members
    reports, looks = zip(*(second_epoch(*pair, member, device) for pair in found), strict=True)
    busy = [look for of in looks for look in of]
    a_second = float(np.mean([report.windows_per_second for report in reports]))
    reached, most = a_second * flop_a_window(member), ceiling(device, precision)
    share = f"busy {np.mean(busy):.0f} % of the time, " if busy else ""
    print(
        f"{precision}: {a_second:.0f} windows a second, {share}{reached / 1e12:.1f} TFLOP/s of "
        f"{most / 1e12:.0f} in a matrix product",
        flush=True,
    )
    seconds: float = sum(report.seconds for report in reports)
    return seconds


def beside(place: Path, clips: int, device: str) -> float:
    """Seconds of a whole training of four detectors without its epochs."""
    sizes = [clips // share for share in SHARES]
    less, more = (beside_at(place / str(size), size, device) for size in sizes)
    return less + (clips - sizes[0]) * (more - less) / (sizes[1] - sizes[0])


def beside_at(folder: Path, clips: int, device: str) -> float:
    """The same with so few clips to train on that it can be waited for."""
    corpus(folder / "set", clips, clips * TESTS // TRAINING)
    began, run = time.monotonic(), folder / "run"
    short = with_training(1)
    make_detectors([folder / "set"], MACHINE_TYPES, short, run, device=device, say=quiet)
    told = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    of_epochs = sum(float(line.get("seconds", 0.0)) for line in told)
    return time.monotonic() - began - of_epochs


def stopped_and_whole(folder: Path, device: str) -> bool:
    """Whether a run that was stopped in its second epoch ends with the same weights."""

    def stop(name: str, report: EpochReport | None, epoch: int, *_: object) -> None:
        if epoch == 2 and report:
            raise KeyboardInterrupt

    def train(out: str, **options: object) -> bytes:
        roots, short = [folder / "set"], with_training(2)
        make_detectors(roots, ["fan"], short, folder / out, device=device, say=quiet, **options)  # type: ignore[arg-type]
        return (folder / out / "model.safetensors").read_bytes()

    whole = train("whole")
    try:
        train("stopped", on_batch=stop)
    except KeyboardInterrupt:
        return train("stopped", resume=True) == whole
    return False


def apart(root: Path, device: str) -> float:
    """How far bundled detectors' scores are from a processor's, in deviations of normal ones."""
    furthest = 0.0
    for machine_type in MACHINE_TYPES:
        here = Detector.from_pretrained(bundled()[machine_type])
        there, machine_id = here.on(device), here.ids[0]
        scale = float(np.std(here.calibration.normal_scores("given", machine_id)))
        for clip in sorted((root / machine_type / "test").glob("*.wav"))[::3]:
            own, other = (one.analyse(clip, machine_id).score or 0.0 for one in (here, there))
            furthest = max(furthest, abs(own - other) / scale)
    return furthest


def main(arguments: Sequence[str] | None = None) -> None:
    """Print each figure as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, default=TRAINING, help="to train on")
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args(arguments)
    device = torch.device(options.device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
    print(f"{name}, {os.cpu_count()} processors, torch {torch.__version__}", flush=True)
    with TemporaryDirectory() as place:
        small, whole = Path(place, "small"), Path(place, "whole")
        few = options.clips // SHARES[0]
        corpus(small / "set", few, few * TESTS // TRAINING)
        same = stopped_and_whole(small, options.device)
        print(f"stopped and resumed: {'the same' if same else 'OTHER'} weights", flush=True)
        print(f"scores apart: {apart(small / 'set', options.device):.1e} deviations", flush=True)
        rest = beside(small, options.clips, options.device)
        shutil.rmtree(small)
        corpus(whole / "set", options.clips, 0)
        found = sets(whole / "set", device)
        for precision in PRECISIONS:
            seconds = epochs(found, device, precision)
            minutes = (30 * seconds + rest) / 60
            print(
                f"{precision}: an epoch of the four networks {seconds:.0f} s, all else of a "
                f"training {rest / 60:.1f} min: the paper's table in {minutes:.0f} min (30 epochs)",
                flush=True,
            )


if __name__ == "__main__":
    main()
