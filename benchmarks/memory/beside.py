"""Networks alone, memories alone, and both together by rules that look at no clip that is judged.

    python -m benchmarks.memory.beside DATA SHIFT [--detectors checkpoints]

AUC, machine id given: of the dev clips of DATA; of the same machines in the other noise of SHIFT;
of simulated faults, and of those of severity 3 at 0 dB in place of -6 dB. DETECTORS are the bundled
ones: memories of the recordings that the networks were trained on, each member with a scale of its
own from normal recordings.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks.memory.trial import interval, wins
from mimimi import audio
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.simulate import FAULTS, simulate_clip

Array = NDArray[np.floating]
SIMULATED = tuple(f"id_{n}" for n in range(50, 54))
FIRST_CLIP = 6_000_000  # takes that no corpus holds
NORMAL, FAULTY = 12, 6  # clips of a machine, and of each of its faults


@dataclass(frozen=True)
class Clip:
    """What the members made of a clip, on one scale."""

    place: str  # dev, shift, simulated, "simulated, 0 dB"
    machine: str
    group: str  # fault and severity, or the mix of the noise
    anomalous: bool
    networks: Array  # (network,)
    memory: float


RULES: dict[str, Callable[[Clip], float]] = {
    "networks alone": lambda c: c.networks.mean(),
    "memories alone": lambda c: c.memory,
    "mean of all six": lambda c: (c.networks.sum() + c.memory) / 6,
    "half each": lambda c: c.networks.mean() + c.memory,
    "maximum of the two": lambda c: max(c.networks.mean(), c.memory),
    "softplus, half each": lambda c: np.logaddexp(0, [c.networks.mean(), c.memory]).sum(),
    "arcsinh of the two, half each": lambda c: np.arcsinh([c.networks.mean(), c.memory]).sum(),
    "arcsinh, memories a sixth": lambda c: 5 * _bounded(c) + np.arcsinh(c.memory),
    "arcsinh, memories a third": lambda c: 2 * _bounded(c) + np.arcsinh(c.memory),
    "arcsinh, half each (ships)": lambda c: _bounded(c) + np.arcsinh(c.memory),
    "arcsinh, memories two thirds": lambda c: _bounded(c) + 2 * np.arcsinh(c.memory),
    "arcsinh, the lesser of the two": lambda c: min(_bounded(c), np.arcsinh(c.memory)),
    "arcsinh, Fisher's sum of the two": lambda c: _fisher(_bounded(c), np.arcsinh(c.memory)),
}


def _bounded(clip: Clip) -> float:
    return float(np.arcsinh(clip.networks).mean())


def _fisher(*scores: float) -> float:
    """Of scores that are normally distributed for normal sound, how unlikely all of them are."""
    return -float(norm.logsf(scores).sum())


def least_variance(clips: Sequence[Clip]) -> Callable[[Clip], float]:
    """Each type's own weight of its memories: that of least variance of its normal clips.

    Args:
        clips: of which the normal ones of simulated machines count, within each machine.
    """
    weights = {}
    for kind in MACHINE_TYPES:
        by_machine = defaultdict(list)
        for c in clips:
            if c.place == "simulated" and not c.anomalous and c.machine.split()[0] == kind:
                by_machine[c.machine].append((_bounded(c), float(np.arcsinh(c.memory))))
        networks, memory = np.mean([np.var(of, axis=0) for of in by_machine.values()], axis=0)
        weights[kind] = networks / (networks + memory)

    def rule(clip: Clip) -> float:
        weight = weights[clip.machine.split()[0]]
        return float((1 - weight) * _bounded(clip) + weight * np.arcsinh(clip.memory))

    print("weights of the memories: " + ", ".join(f"{k} {w:.2f}" for k, w in weights.items()))
    return rule


def heard(
    detector: Detector, source: audio.Source, machine_id: str, place: str, group: str, wrong: bool
) -> Clip:
    """Measure one clip."""
    by_member = detector.measure(audio.read(source)).by_member
    which = detector.ids.index(machine_id)
    scores = {
        c.name: (float(by_member[c.name][which]) - c.mean) / c.deviation
        for c in detector.ensemble.configs
    }
    memory = scores.pop("memories")
    machine = f"{detector.machine_type} {machine_id}"
    return Clip(place, machine, group, wrong, np.array(list(scores.values())), memory)


def real(
    detector: Detector, root: Path, splits: str, hear: Callable[..., Any] = heard
) -> Iterator[Any]:
    """The clips of a folder's `index.csv`, as `heard` or its like makes them."""
    for row in csv.DictReader((root / "index.csv").open()):
        if row["machine_type"] == detector.machine_type and row["split"] == splits:
            group = f"{row['path'].split('/')[0]} {row['snr_db']}" if splits == "shift" else ""
            wrong = row["label"] != "normal"
            yield hear(detector, root / row["path"], row["machine_id"], splits, group, wrong)


def simulated(
    detector: Detector,
    place: str,
    severities: Sequence[float],
    snr: float,
    hear: Callable[..., Any] = heard,
) -> list[Any]:
    """Normal clips of each simulated machine, and clips of each of its faults; likewise."""
    kind = detector.machine_type

    def clip(i: str, number: int, fault: str | None, severity: float) -> Any:
        sound = simulate_clip(
            kind, i, clip=FIRST_CLIP + number, fault=fault, severity=severity, snr_db=snr
        )
        group = f"{severity:g} {kind} {fault}" if fault else ""
        return hear(detector, (sound, SAMPLE_RATE), i, place, group, fault is not None)

    found = [clip(i, k, None, 0) for i in SIMULATED for k in range(NORMAL)]
    for n, fault in enumerate(FAULTS[kind], 1):
        found += [
            clip(i, 1_000 * n + k, fault, severity)
            for severity in severities
            for i in SIMULATED
            for k in range(FAULTY)
        ]
    return found


def tables(clips: Sequence[Clip], rule: Callable[[Clip], float]) -> dict[tuple[str, str], Array]:
    """Wins of anomalous over normal clips, by machine and group."""
    normal, wrong = defaultdict(list), defaultdict(list)
    for clip in clips:
        pooled = (
            clip.group if clip.place == "shift" else ""
        )  # simulated: normal ones of the machine
        if clip.anomalous:
            wrong[clip.machine, pooled, clip.group].append(rule(clip))
        else:
            normal[clip.machine, pooled].append(rule(clip))
    return {
        (machine, group): wins(np.array(normal[machine, pooled]), np.array(found))
        for (machine, pooled, group), found in wrong.items()
        if (machine, pooled) in normal
    }


def row(clips: Sequence[Clip], rule: Callable[[Clip], float]) -> str:
    """All figures of a rule."""
    by_place = {place: tables([c for c in clips if c.place == place], rule) for place in PLACES}
    value, low, high = interval(list(by_place["dev"].values()))
    by_type = [
        np.mean([t.mean() for (m, _), t in by_place["dev"].items() if m.startswith(kind)])
        for kind in MACHINE_TYPES
    ]
    cells = [f"{value:.3f} [{low:.3f}, {high:.3f}]", " ".join(f"{v:.2f}" for v in by_type)]
    value, low, high = interval(list(by_place["shift"].values()))
    least = min(t.mean() for t in by_place["shift"].values())
    cells.append(f"{value:.2f} [{low:.2f}, {high:.2f}], {least:.2f}")
    for place in PLACES[2:]:
        by_fault = defaultdict(list)
        for (_, group), table in by_place[place].items():
            by_fault[group].append(table.mean())
        for severity in sorted({float(group.split()[0]) for group in by_fault}):
            of = [np.mean(v) for g, v in by_fault.items() if float(g.split()[0]) == severity]
            cells.append(f"{np.mean(of):.3f}, {min(of):.2f}")
    return " | ".join(cells)


PLACES = ("dev", "shift", "simulated", "simulated, 0 dB")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table, a rule a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("shift", type=Path)
    parser.add_argument("--detectors", type=Path, default=Path("checkpoints"))
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    clips: list[Clip] = []
    for kind in MACHINE_TYPES:
        detector = Detector.from_pretrained(options.detectors / kind)
        clips += [*real(detector, options.data, "dev"), *real(detector, options.shift, "shift")]
        clips += simulated(detector, "simulated", (1, 3, 10), -6)
        clips += simulated(detector, "simulated, 0 dB", (3,), 0)
    by_type = least_variance(clips)
    print("| | dev | fan pump slider valve | other noise, least | severity 1, least", end="")
    print(" | 3 | 10 | 3 at 0 dB |\n|---|---|---|---|---|---|---|---|")
    for name, rule in (RULES | {"arcsinh, least variance by type": by_type}).items():
        print(f"| {name} | {row(clips, rule)} |")


if __name__ == "__main__":
    main()
