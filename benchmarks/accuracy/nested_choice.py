"""Choosing kept apart from reporting: choose on most machines, report on those left out, rotate.

The best of ten equal systems looks better than it is on the clips that it was chosen on. Each
quarter of the machines (the first of each type, the second, ...) is reported with the system that
was best on the other three quarters, which may be another one each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import Clips
from benchmarks.accuracy.table import Measured, sides
from mimimi.estimate import Estimate
from mimimi.evaluation.metrics import REPEATS, Resampled, mean

Wins = NDArray[np.float64]  # `(normal, anomalous)`: does the anomalous clip score higher?


@dataclass(frozen=True)
class Choice:
    """What was chosen where, and the mean AUC over the machines it was not chosen on."""

    by_fold: Mapping[tuple[str, ...], str]  # machines left out -> row
    auc: Estimate
    looks_like: float  # of the row that is best when all machines may be seen


def choose(measured: Mapping[str, Measured], clips: Clips) -> Choice:
    """The rotation; rows are compared by the mean AUC over seeds.

    Raises:
        ValueError: there is one fold only, so nothing to choose on.
    """
    wins = {name: pairwise_wins(of, clips) for name, of in measured.items()}
    machines = list(next(iter(wins.values())))

    def mean_auc(name: str, where: Sequence[str]) -> float:
        return float(np.mean([wins[name][machine].mean() for machine in where]))

    by_fold: dict[tuple[str, ...], str] = {}
    chosen: dict[str, Wins] = {}
    for fold in folds(machines):
        rest = [machine for machine in machines if machine not in fold]
        if not rest:
            raise ValueError("Choosing needs machines beside those that are reported.")
        best = max(wins, key=lambda name: mean_auc(name, rest))
        by_fold[fold] = best
        chosen |= {machine: wins[best][machine] for machine in fold}
    return Choice(
        by_fold,
        mean([redrawn(table, k) for k, table in enumerate(chosen.values())]).estimate(),
        max(mean_auc(name, machines) for name in wins),
    )


def difference(one: Measured, other: Measured, clips: Clips) -> Estimate:
    """How much higher the mean AUC of one row is, drawing the same recordings for both."""
    ours, theirs = pairwise_wins(one, clips), pairwise_wins(other, clips)
    gains = [ours[machine] - theirs[machine] for machine in ours]
    return mean([redrawn(gain, k) for k, gain in enumerate(gains)]).estimate()


def pairwise_wins(of: Measured, clips: Clips) -> dict[str, Wins]:
    """By machine, mean over seeds; its mean is the AUC (Mann-Whitney), ties counting as half."""
    found = {}
    for name in clips.machines:
        tables = []
        for scores in of.by_seed.values():
            normal, anomalous = map(np.array, sides(clips, scores, name))
            difference = anomalous[None, :] - normal[:, None]
            tables.append((np.sign(difference) + 1) / 2)
        if tables[0].size:
            found[name] = np.mean(tables, axis=0)
    return found


def redrawn(table: Wins, seed: int, repeats: int = REPEATS) -> Resampled:
    """The mean of a table, and what it would be with its rows and columns drawn anew."""
    rng = np.random.default_rng(seed)
    normal, anomalous = (rng.integers(n, size=(repeats, n)) for n in table.shape)
    draws = table[normal[:, :, None], anomalous[:, None, :]].mean(axis=(1, 2))
    return Resampled(float(table.mean()), draws)


def folds(machines: Sequence[str]) -> list[tuple[str, ...]]:
    """One machine of each type at a time."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for name in machines:
        by_type[name.split()[0]].append(name)
    count = max(map(len, by_type.values()))
    return [tuple(names[k] for names in by_type.values() if k < len(names)) for k in range(count)]
