"""Banks over chosen references, and what they make of a machine's other segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from benchmarks.memory.corpus import Machine
from mimimi.memory.distance import Neighbours, Scale, distances, points
from mimimi.memory.views import WEIGHTS, View

Mask = NDArray[np.bool_]
Scores = NDArray[np.floating]
REPEATS = 2_000


class Judge:
    """Distances between all segments of a machine, found once however many banks are tried."""

    def __init__(self, machine: Machine, views: Sequence[View]) -> None:
        self.machine, self.views = machine, views
        heard = {view.name: points(machine.vectors[view.name], view) for view in views}
        self.pairwise = {name: distances(of, of) for name, of in heard.items()}

    def deviations(self, references: Mask) -> dict[str, Scores]:
        """By view, of every segment beside the references that are of other recordings."""
        recordings = self.machine.recordings
        found = {}
        for view in self.views:
            pairs = self.pairwise[view.name]
            learnt = recordings[references]
            inside = Neighbours.among(pairs[references][:, references], learnt).nearest
            scale = Scale.of(inside, len(np.unique(learnt)), view.exponent)
            other = recordings[:, None] != learnt[None]
            nearest = np.where(other[:, :, None], pairs[:, references], np.inf).min(axis=1)
            found[view.name] = scale.deviation(nearest)
        return found


Fusion = Callable[[Mapping[str, Scores]], Scores]


def weighted(weights: Mapping[str, float]) -> Fusion:
    """The memory's own fusion, with these weights."""
    return lambda deviations: sum(  # type: ignore[return-value]
        weight * np.logaddexp(0, deviations[name]) for name, weight in weights.items()
    )


MEMORY = weighted(WEIGHTS)


def one(name: str) -> Fusion:
    """A view by itself."""
    return lambda deviations: deviations[name]


def wins(normal: Scores, anomalous: Scores) -> Scores:
    """`(normal, anomalous)`: does the anomalous clip score higher? The mean is the AUC."""
    return (np.sign(anomalous[None] - normal[:, None]) + 1) / 2


def dev(judge: Judge, fuse: Fusion) -> Scores:
    """Wins on the dev split by a bank of the training split; channel 0 is judged."""
    m = judge.machine
    scores = fuse(judge.deviations(m.where(split="train", label="normal")))
    judged = m.where(channel=0) & ~m.where(split="train")
    return wins(scores[judged & m.normal], scores[judged & ~m.normal])


def held_out(judge: Judge, fuse: Fusion, count: int = 2) -> Scores:
    """Wins of every normal recording, `(normal, anomalous)`, whichever `count` are left out."""
    m = judge.machine
    numbers = np.unique(m.recordings[m.normal])
    table = np.zeros((len(numbers), int((~m.normal & m.where(channel=0)).sum())))
    drawn = list(combinations(range(len(numbers)), count))
    for left_out in drawn:
        away = np.isin(m.recordings, numbers[list(left_out)])
        scores = fuse(judge.deviations(m.normal & ~away))
        judged = m.where(channel=0)
        table[list(left_out)] += wins(scores[away & judged], scores[~m.normal & judged])
    return table * len(numbers) / count / len(drawn)


def interval(tables: Sequence[Scores], seed: int = 0) -> tuple[float, float, float]:
    """Mean over machines, and 95 % of what it is with each machine's recordings drawn anew."""
    rng = np.random.default_rng(seed)
    draws = np.zeros(REPEATS)
    for table in tables:
        rows, columns = (rng.integers(n, size=(REPEATS, n)) for n in table.shape)
        draws += table[rows[:, :, None], columns[:, None]].mean(axis=(1, 2)) / len(tables)
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(np.mean([table.mean() for table in tables])), float(low), float(high)


def by_type(machines: Sequence[Machine], tables: Sequence[Scores]) -> str:
    """Mean AUC of each machine type, in the order they come in."""
    types = list(dict.fromkeys(m.type for m in machines))
    means = [
        np.mean([t.mean() for m, t in zip(machines, tables, strict=True) if m.type == of])
        for of in types
    ]
    return " ".join(f"{of} {mean:.2f}" for of, mean in zip(types, means, strict=True))
