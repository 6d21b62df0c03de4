"""Less of the paper's network: longer strides of its first block, and fewer windows of a segment.

    python -m benchmarks.accuracy.shapes DATA SHIFT [--kept runs/shapes]

Of the bundled detectors all members stay but the paper's network at half its width, whose first
block strides by four along frequency and time. Beside it judges one whose first block strides by
two, as the paper's, trained here on the same recordings by the same recipe and seed, once: four
times the arithmetic. That one judges five windows of a segment of 10 s; here also every second one,
every third one, and the middle one alone. Each way is put on its scale anew, by the same recordings
held out of the training. What was heard and trained is kept: it goes on where it stopped.

The rule, written down before any figure was seen, when strides by two shipped. A way is taken if,
against strides by two, by the same clips,

- the ensemble's mean AUC falls by no more than 0.01 on dev, in other noise, and for simulated
  faults of severity 1, of severity 3, and of severity 3 at 0 dB;
- that of the complex network alone falls by no more than 0.05 for a sticking valve and for a loose
  belt at severity 1, which is what it is there for.

Intervals: 95 %, each machine's recordings drawn anew, the same ones for both.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.memory.beside import Clip, heard, real, simulated, tables
from benchmarks.memory.trial import interval
from mimimi import audio
from mimimi.config import MACHINE_TYPES, MemberRecipe, NetworkConfig
from mimimi.data.index import index
from mimimi.detector.config import MemberConfig
from mimimi.detector.detector import Detector
from mimimi.detector.member import NetworkMember
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.segments import split
from mimimi.files import replace_file
from mimimi.recipes import recipe
from mimimi.simulate import write_corpus
from mimimi.training.assembly import round_to_half
from mimimi.training.member import train_member
from mimimi.training.pace import TimeLeft
from mimimi.training.run_folder import RunFolder
from mimimi.training.split import TrainValidationSplit, train_validation_split

Array = NDArray[np.floating]
(RECIPE,) = (member for member in recipe("ensemble").members if member.name == "complex")
BY_TWO, BUNDLED = "by two", "by four"  # by which what was heard is kept


@dataclass(frozen=True)
class Way:
    """Which network judges which of the windows of a segment."""

    name: str
    network: str
    windows: tuple[int, ...]


WAYS = (
    Way("strides by two, five windows", BY_TWO, (0, 1, 2, 3, 4)),
    Way("every second window", BY_TWO, (0, 2, 4)),
    Way("every third window", BY_TWO, (0, 3)),
    Way("the middle window", BY_TWO, (2,)),
    Way("strides by four, as shipped", BUNDLED, (0, 1, 2, 3, 4)),
)
FIGURES = {
    "dev": ("dev", ""),
    "other noise": ("shift", ""),
    "severity 1": ("simulated", "1 "),
    "severity 3": ("simulated", "3 "),
    "3 at 0 dB": ("simulated, 0 dB", "3 "),
}
ALONE = {
    "sticking valve": ("simulated", "1 valve sticky contamination"),
    "loose belt": ("simulated", "1 slider loose belt"),
}


@dataclass(frozen=True)
class Judged(Clip):
    """A clip as a way judges it; `networks` are those of lines."""

    ensemble: float
    alone: float  # the complex network by itself


def held_out_division(data: Path, simulated_clips: Path) -> TrainValidationSplit:
    """What the bundled complex network was trained on, and what was held out of that."""
    if not simulated_clips.exists():
        write_corpus(simulated_clips, types=MACHINE_TYPES, clips=10, tests=10)
    recordings = [
        r
        for r in index([data, simulated_clips], None, lambda line: None)
        if r.machine_type in MACHINE_TYPES and r.split == "train" and r.label == "normal"
    ]
    return train_validation_split(recordings, RECIPE.training)


def by_two() -> MemberRecipe:
    """What ships, but for the strides of its first block, which are the paper's."""
    assert isinstance(RECIPE.network, NetworkConfig)
    strides = replace(RECIPE.network, first_stride=NetworkConfig().first_stride)
    return replace(RECIPE, network=strides)


def network_of(name: str, division: TrainValidationSplit, folder: Path) -> NetworkMember:
    """The bundled network, or the other one, which is trained where it was not before."""
    if name == BUNDLED:
        member = Detector.from_pretrained("fan").ensemble.networks[0]
        assert member.config.machines == tuple(division.machines)
        return replace(member, own=tuple(range(len(division.machines))))
    run, two = RunFolder(folder), by_two()
    run.begin({"network": name, "machines": division.machines}, resume=folder.exists())
    place = {"member": two.name, "network": 1, "networks": 1}
    with run.run.working():
        progress = train_member(
            run, place, division, two, torch.device("cpu"), TimeLeft([1.0]), print, None
        )
    round_to_half(progress.network)
    config = MemberConfig(two.name, two.front_end, two.network, tuple(division.machines))
    return NetworkMember.of_all(config, progress.network)


def by_window(member: NetworkMember, source: audio.Source, machine: str) -> list[float]:
    """The network's scores of a clip of 10 s, window by window, in nats."""
    (segment,) = split(audio.read(source), RECIPE.front_end)
    scores = member.forward(ArraySpectra(segment.samples[None])).scores
    found: list[float] = scores[0, :, member.config.machines.index(machine)].tolist()
    return found


def kept(file: Path, make: Callable[[], Any]) -> Any:
    """What was made before, or is made now."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, json.dumps(make()).encode())
    return json.loads(file.read_bytes())


def every_clip(detector: Detector, data: Path, shift: Path, hear: Callable[..., Any]) -> list[Any]:
    """What `hear` makes of each clip that a detector is measured on."""
    return [
        *real(detector, data, "dev", hear),
        *real(detector, shift, "shift", hear),
        *simulated(detector, "simulated", (1, 3), -6, hear),
        *simulated(detector, "simulated, 0 dB", (3,), 0, hear),
    ]


def beside_it(*asked: Any) -> dict[str, Any]:
    """A clip as all members but the complex network judge it."""
    clip = heard(*asked)
    return asdict(clip) | {"networks": clip.networks[1:].tolist()}


def scale_of(held_out: Array, way: Way) -> tuple[float, float]:
    """Mean and deviation of the held-out recordings' scores, as at the end of a training."""
    scores = held_out[:, list(way.windows)].mean(axis=1)
    return float(scores.mean()), float(scores.std(ddof=1))


def judged(
    clips: Sequence[dict[str, Any]], windows: Array, scale: tuple[float, float], way: Way
) -> list[Judged]:
    """The clips as a way judges them, fused as `Ensemble.fused` does."""
    mean, deviation = scale
    found = []
    for of, scores in zip(clips, (windows[:, list(way.windows)] - mean) / deviation, strict=True):
        bounded = [np.arcsinh(scores).mean(), *np.arcsinh(of["networks"])]
        ensemble = np.mean(bounded) + np.arcsinh(of["memory"])
        lines = {"networks": np.array(of["networks"])}
        found.append(Judged(**of | lines, ensemble=float(ensemble), alone=float(scores.mean())))
    return found


def wins_of(clips: Sequence[Judged], place: str, group: str, rule: Callable[[Any], float]) -> Any:
    """Wins of anomalous over normal clips, by machine and group."""
    found = tables([clip for clip in clips if clip.place == place], rule)
    return {key: of for key, of in found.items() if key[1].startswith(group)}


def found_at_threshold(clips: Sequence[Judged]) -> int:
    """Anomalous dev clips above all normal ones of their type, the threshold of so few."""
    count = 0
    for kind in MACHINE_TYPES:
        own = [c for c in clips if c.place == "dev" and c.machine.split()[0] == kind]
        limit = max(c.ensemble for c in own if not c.anomalous)
        count += sum(c.ensemble > limit for c in own if c.anomalous)
    return count


def milliseconds(work: Callable[[], object]) -> float:
    """Of a processor, median of some runs."""
    took = []
    for _ in range(31):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1_000 * float(np.median(took))


def network_milliseconds(member: NetworkMember, way: Way) -> float:
    """That the network takes for a clip of 10 s."""
    rng = np.random.default_rng(0)
    windows = ArraySpectra(rng.random((1, 160_000), np.float32)).windows(RECIPE.front_end)[0]
    heard_ones = np.ascontiguousarray(windows[list(way.windows)])
    return milliseconds(lambda: member.session.run(heard_ones))


def row(first: Sequence[Judged], clips: Sequence[Judged]) -> str:
    """Each figure, and by how much it differs from that of the first row."""
    asked = [(of, attrgetter("ensemble")) for of in FIGURES.values()]
    asked += [(of, attrgetter("alone")) for of in ALONE.values()]
    cells = []
    for (place, group), rule in asked:
        before, after = (wins_of(each, place, group, rule) for each in (first, clips))
        value = np.mean([of.mean() for of in after.values()])
        change, low, high = interval([after[key] - before[key] for key in before])
        cells.append(f"{value:.3f}, {change:+.3f} [{low:+.3f}, {high:+.3f}]")
    return " | ".join([*cells, f"{found_at_threshold(clips)}"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table, a way a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("shift", type=Path)
    parser.add_argument("--kept", type=Path, default=Path("runs/shapes"))
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    division = held_out_division(options.data, options.kept / "simulated")
    detectors = [Detector.from_pretrained(kind) for kind in MACHINE_TYPES]

    def of_every(name: str, hear: Callable[..., Any]) -> list[Any]:
        return [
            of
            for detector in detectors
            for of in kept(
                options.kept / f"{name}.{detector.machine_type}.json",
                lambda: every_clip(detector, options.data, options.shift, hear),  # noqa: B023
            )
        ]

    clips = of_every("beside", beside_it)
    print("| | ms | " + " | ".join([*FIGURES, *ALONE, "found of 48"]) + " |")
    print("|---" * (len(FIGURES) + len(ALONE) + 3) + "|", flush=True)
    first: list[Judged] = []
    for name in dict.fromkeys(way.network for way in WAYS):
        member = network_of(name, division, options.kept / name)

        def hear(detector: Detector, source: audio.Source, i: str, *_: Any) -> list[float]:
            return by_window(member, source, f"{detector.machine_type} {i}")  # noqa: B023

        windows = np.array(of_every(name, hear))
        held_out = np.array([by_window(member, r.path, r.machine) for r in division.validation])
        for way in (way for way in WAYS if way.network == name):
            as_judged = judged(clips, windows, scale_of(held_out, way), way)
            first = first or as_judged
            took = network_milliseconds(member, way)
            print(f"| {way.name} | {took:.1f} | {row(first, as_judged)} |", flush=True)
    clip = division.validation[0].path
    whole = milliseconds(lambda: detectors[0].measure(audio.read(clip)))
    print(f"a whole clip as shipped, read and judged: {whole:.0f} ms")


if __name__ == "__main__":
    main()
