"""From wins to a table: AUC of every way, and pairs of ways on the same recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.reference.trial import Wins
from mimimi.estimate import Estimate

Table = NDArray[np.floating[Any]]  # (room, normal, anomalous) of a machine

_REPEATS = 2_000
PAIRS = (("complex", "near alone"), ("complex", "magnitude"), ("delay and sum", "near alone"))


def interval(tables: Sequence[Table], seed: int = 0) -> Estimate:
    """Mean over machines, and 95 % of what it is with recordings and rooms drawn anew."""
    rng = np.random.default_rng(seed)
    draws = np.zeros(_REPEATS)
    for table in tables:
        rooms, rows, columns = (rng.integers(n, size=(_REPEATS, n)) for n in table.shape)
        picked = table[rooms[:, :, None, None], rows[:, None, :, None], columns[:, None, None]]
        draws += picked.mean(axis=(1, 2, 3)) / len(tables)
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(float(np.mean([table.mean() for table in tables])), float(low), float(high))


def tables(by_room: Sequence[Wins], way: str) -> list[Table]:
    """Of every machine."""
    return [np.array([wins[way][name] for wins in by_room]) for name in by_room[0][way]]


def difference(by_room: Sequence[Wins], way: str, other: str) -> Estimate:
    """AUC of one way less that of another, the same recordings and rooms drawn for both."""
    both = zip(tables(by_room, way), tables(by_room, other), strict=True)
    return interval([one - two for one, two in both])


def row(name: str, by_room: Sequence[Wins]) -> str:
    """A condition's row."""
    cells = [f"{of.value:.2f} [{of.low:.2f}, {of.high:.2f}]" for of in aucs(by_room).values()]
    apart = [difference(by_room, *pair) for pair in PAIRS]
    cells += [f"{of.value:+.2f} [{of.low:+.2f}, {of.high:+.2f}]" for of in apart]
    return f"| {name} | {' | '.join(cells)} |"


def aucs(by_room: Sequence[Wins]) -> Mapping[str, Estimate]:
    """By way."""
    return {way: interval(tables(by_room, way)) for way in by_room[0]}
