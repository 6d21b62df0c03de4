"""A machine with two loads: one memory of both, or one of each.

    python -m benchmarks.memory.load_states [--machines 2]

Fans and pumps at full speed and at 60 % of it, sliders at full and at half the strokes; a slower
one is quieter by the power that its physics gives. Of each load 20 normal recordings of 10 s are
learnt, and others are judged: 20 normal ones, and 4 of each fault, at the severities 1 and 3.

`whole` judges by one memory of both loads, as MIMIMI does. `within` judges by that of one state:
`states` finds them, which is told nothing of loads, along the direction in which levels vary most;
the state is that of the recording which is nearest in level. `threshold` scores by the memory of
both, and takes the threshold from the recordings of that state alone. `told` judges by the memory
of the true load. All with jackknife+ at 1 in 20.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.memory import MemoryBank
from mimimi.memory.spectra import Array
from mimimi.memory.views import LEVEL, describe
from mimimi.simulate import FAULTS, clip
from mimimi.simulate.draw import Fault, generator
from mimimi.simulate.factory import background
from mimimi.simulate.sound import reverberate, rms

TYPES, SPEED, SNR = ("fan", "pump", "slider"), {"fan": 0.6, "pump": 0.6, "slider": 0.5}, 6.0
LEARNT, JUDGED, FAULTY, RATE = 20, 20, 4, 0.05
SEVERITIES = (1.0, 3.0)
SAMPLES = 160_000


STRONG = 0.71
"""Mean silhouette from which structure is strong (Kaufman and Rousseeuw 1990, table 4).

Along a line the best two halves of one even stretch have 0.63, of a normal distribution less.
"""
FEWEST = 3  # segments of a state


def states(levels: Array) -> NDArray[np.int64]:
    """The state of each segment, 0 or 1; all 0 where they are not clearly different.

    Args:
        levels: mean level of each band, `(segment, band)`.
    """
    found = np.zeros(len(levels), np.int64)
    along = _first_principal_component(levels)
    ordered, best = np.sort(along), STRONG
    for count in range(FEWEST, len(levels) - FEWEST + 1):
        value = silhouette(ordered, count)
        if value >= best:
            best, limit = value, ordered[count - 1]
            found = (along > limit).astype(np.int64)
    numbered: NDArray[np.int64] = np.abs(found - found[0])  # what was heard first is 0
    return numbered


def silhouette(ordered: NDArray[np.float64], count: int) -> float:
    """Mean over all of (b - a) / max(a, b) where the first so many are one group.

    `a` is the mean distance to the others of its own group, `b` that to the other group (Rousseeuw
    1987).

    Args:
        ordered: places on a line, `(n,)`, rising.
        count: of the first group; two or more are in each.
    """
    apart = np.abs(ordered[:, None] - ordered[None])
    first = np.arange(len(ordered)) < count
    to_first, to_second = apart[:, first].sum(axis=1), apart[:, ~first].sum(axis=1)
    rest = len(ordered) - count
    a = np.where(first, to_first / (count - 1), to_second / (rest - 1))
    b = np.where(first, to_second / rest, to_first / count)
    return float(((b - a) / np.maximum(np.maximum(a, b), 1e-12)).mean())


def _first_principal_component(levels: Array) -> NDArray[np.float64]:
    """Where each lies along the direction in which they vary most, `(segment,)`."""
    centred = np.asarray(levels, np.float64) - levels.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    along: NDArray[np.float64] = centred @ directions[0]
    return along


def heard(kind: str, machine: str, load: str, take: int, fault: str | None, severity: float) -> Any:
    """What a memory hears of one clip; a machine as in `simulate_parts`, but for its speed."""
    room, key = clip._MACHINES[kind], (clip.VERSION, 1, kind, machine)
    built = room.draw_machine(generator(*key, "machine"))
    snr = SNR
    if load == "idle":
        slower = SPEED[kind]
        field = "stroke_hertz" if kind == "slider" else "rpm"
        built = replace(built, **{field: slower * getattr(built, field)})
        snr += 20 * (1.0 if kind == "slider" else 2.5) * np.log10(slower)
    own = (*key, load, take)
    wrong = Fault(fault, severity * room.FAULTS[fault] if fault else 0, generator(*own, "fault"))
    sound = room.make_sound(built, generator(*own, "take"), wrong, SAMPLES)
    sound = reverberate(sound, generator(*key, "room"), seconds=0.25, wet=0.2)
    factory = generator(*own, "factory")
    level = 10 ** ((clip.NOISE_DBFS + factory.normal()) / 20)
    noise = background(factory, SAMPLES) * np.float32(level)
    # Of the sound without a fault: a fault may be loud.
    return describe(sound * np.float32(level * 10 ** (snr / 20) / rms(sound)) + noise)


def bank(vectors: list[Any]) -> MemoryBank:
    stacked = {name: np.stack([one[name] for one in vectors]) for name in vectors[0]}
    return MemoryBank(stacked, np.arange(len(vectors)))


def p_value(of: MemoryBank, one: Any, among: Any = slice(None)) -> float:
    """Of one clip, among all recordings of a bank or some."""
    margins = of.margins(of.compare(one))[among]
    return (1 + int((margins >= -1e-9).sum())) / (1 + len(margins))


def trial(kind: str, machine: str, say: Any) -> dict[str, list[float]]:
    learnt = [heard(kind, machine, load, n, None, 0) for load in LOADS for n in range(LEARNT)]
    levels = np.stack([one[LEVEL.name][:, 0] for one in learnt])
    labels = states(levels)
    truth = np.repeat([0, 1], LEARNT)
    alone = [states(levels[truth == n]).max() > 0 for n in (0, 1)]
    say(
        f"{kind} {machine}: {labels.max() + 1} states, {(labels == truth).mean():.0%} as loads; "
        f"of one load alone {sum(alone)} of 2 split"
    )
    whole = bank(learnt)
    parts = [bank([learnt[i] for i in np.flatnonzero(labels == n)]) for n in np.unique(labels)]
    loads = [bank(learnt[:LEARNT]), bank(learnt[LEARNT:])]
    found: dict[str, list[float]] = defaultdict(list)
    found["states found"].append(float(labels.max() == 1 and (labels == truth).all()))
    found["split of one load"].append(float(np.mean(alone)))

    def judge(row: str, load: str, one: Any) -> None:
        nearest = labels[np.square(levels - one[LEVEL.name][:, 0]).mean(axis=1).argmin()]
        for name, p in (
            ("whole", p_value(whole, one)),
            ("within", p_value(parts[nearest], one)),
            ("threshold", p_value(whole, one, labels == nearest)),
            ("told", p_value(loads[LOADS.index(load)], one)),
        ):
            found[f"{row}, {name}"].append(float(p <= RATE))

    for load in LOADS:
        for n in range(JUDGED):
            judge(f"false alarms, {load}", load, heard(kind, machine, load, 1000 + n, None, 0))
        for severity in SEVERITIES:
            for fault in FAULTS[kind]:
                for n in range(FAULTY):
                    one = heard(kind, machine, load, 2000 + n, fault, severity)
                    judge(f"detected, {load}, severity {severity:g}", load, one)
    return found


LOADS = ("full", "idle")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machines", type=int, default=2, help="of each type")
    options = parser.parse_args()
    rows: dict[str, list[float]] = defaultdict(list)
    for kind in TYPES:
        for number in range(options.machines):
            for row, values in trial(kind, f"id_{70 + number}", print).items():
                rows[row] += values
    print(f"\nsilhouette from which states are told apart: {STRONG}")
    for row, values in sorted(rows.items()):
        print(f"{row:40} {np.mean(values):.3f}  of {len(values)}")


if __name__ == "__main__":
    main()
