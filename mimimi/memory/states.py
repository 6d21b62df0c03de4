"""States that the normal sound of one machine falls into, such as idle and load.

Nobody says which recording is of which: they are found where the sound falls into two parts that
are clearly different, and are named by what sets them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mimimi.memory.distance import Recordings
from mimimi.memory.spectra import Array

State = Literal["deeper", "brighter"]
STATES: tuple[State, State] = ("deeper", "brighter")
"""Loudness is no part of a memory, so the balance of low and high frequencies tells them apart."""

STRONG = 0.71
"""Mean silhouette from which structure is strong (Kaufman and Rousseeuw 1990, table 4).

Along a line the best two halves of one even stretch have 0.63, of a normal distribution less.
"""
CLEAR = 0.75
"""Mean silhouette from which they are told to be clearly apart.

Below, up to a tenth of the recordings lay in the wrong one, or there was but one state: see
`benchmarks/memory`.
"""
FEWEST = 6  # recordings of a state: a handful lies apart by chance
TOLD_BY = ("level", "rhythm")  # views by which the state of a segment is told


@dataclass(frozen=True)
class States:
    """The two states of a machine.

    Args:
        of_segments: `(segment,)`, the place in `STATES` of each of the bank's segments.
        of_recordings: `(recording,)`, that of each recording that counts, in order of their
            numbers; -1 where segments of both are in it.
        silhouette: how far apart they are: mean over the segments.
    """

    of_segments: NDArray[np.int64]
    of_recordings: NDArray[np.int64]
    silhouette: float = 1.0

    @property
    def are_clear(self) -> bool:
        """Whether they are so far apart that hardly any recording lies in the wrong one."""
        return self.silhouette >= CLEAR

    def of(self, distances: Mapping[str, Array]) -> State | None:
        """The state of a segment; None where it is not clearly of one.

        It is that of the normal segment which is nearest in level, where the one which is nearest
        in rhythm is of the same. A fault may be loud and bring the levels of one state near those
        of the other, but seldom its rhythm too; neither does one view alone, see
        `benchmarks/memory`.

        Args:
            distances: by name of the view, `(segment of the bank, band)`, as `Heard.distances`.
        """
        nearest = {int(self.of_segments[distances[name].mean(axis=1).argmin()]) for name in TOLD_BY}
        return STATES[nearest.pop()] if len(nearest) == 1 else None

    def counts(self, state: State) -> NDArray[np.bool_]:
        """Which of the recordings that count are of a state, `(recording,)`."""
        found: NDArray[np.bool_] = self.of_recordings == STATES.index(state)
        return found

    @property
    def recordings(self) -> dict[State, int]:
        """How many recordings of each count."""
        found = Counter(self.of_recordings.tolist())
        return {state: found[n] for n, state in enumerate(STATES)}


def common(states: Sequence[State | None]) -> State | None:
    """The state of all of several segments; None where they are not of the same."""
    return states[0] if len(set(states)) == 1 else None


def states_of(levels: Array, recordings: Recordings, counted: NDArray[np.bool_]) -> States | None:
    """The states of normal segments; None where they are not clearly two.

    Along the direction in which levels vary most, segments are parted where the mean silhouette is
    greatest, and it must be strong.

    Args:
        levels: mean level of each band, `(segment, band)` in nats.
        recordings: `(segment,)`, the recording that each is of.
        counted: `(segment,)`, which of them decide.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> idle, load = rng.normal(0, 0.1, (2, 12, 128))
        >>> load[:, 64:] += 1
        >>> every = np.ones(24, bool)
        >>> states_of(np.concatenate([idle, load]), np.arange(24), every).recordings
        {'deeper': 12, 'brighter': 12}
        >>> states_of(np.concatenate([idle, idle]), np.arange(24), every) is None
        True
    """
    levels = np.asarray(levels, np.float64)
    centre = levels[counted].mean(axis=0)
    _, _, directions = np.linalg.svd(levels[counted] - centre, full_matrices=False)
    along = (levels - centre) @ directions[0]
    ordered = np.sort(along[counted])
    count, value = _parting(ordered)
    if value < STRONG:
        return None
    above = along > ordered[count - 1]
    bands = levels.shape[1] // 2
    brightness = levels[:, bands:].mean(axis=1) - levels[:, :bands].mean(axis=1)
    is_brighter = brightness[counted & above].mean() > brightness[counted & ~above].mean()
    of_segments = (above == is_brighter).astype(np.int64)
    of_recordings = np.array(
        [_of_one(of_segments[recordings == number]) for number in np.unique(recordings[counted])]
    )
    found = States(of_segments, of_recordings, value)
    return found if min(found.recordings.values()) >= FEWEST else None


def _of_one(segments: NDArray[np.int64]) -> int:
    return int(segments[0]) if (segments == segments[0]).all() else -1


def _parting(ordered: NDArray[np.float64]) -> tuple[int, float]:
    """How many are in the first part of places on a line, `(n,)`, rising; and its silhouette."""
    counts = range(2, len(ordered) - 1)
    values = [silhouette(ordered, count) for count in counts]
    if not values:
        return 0, 0.0
    best = int(np.argmax(values))
    return counts[best], values[best]


def silhouette(ordered: NDArray[np.float64], count: int) -> float:
    """Mean over all of (b - a) / max(a, b) where the first so many are one group.

    `a` is the mean distance to the others of its own group, `b` that to the other group.

    Args:
        ordered: places on a line, `(n,)`, rising.
        count: of the first group; two or more are in each.

    Source: Rousseeuw 1987.

    Example:
        >>> round(silhouette(np.array([0.0, 1.0, 9.0, 10.0]), 2), 2)
        0.89
    """
    rest = len(ordered) - count
    first = np.arange(len(ordered)) < count
    to_first, to_second = _distances(ordered, 0, count), _distances(ordered, count, len(ordered))
    a = np.where(first, to_first / (count - 1), to_second / (rest - 1))
    b = np.where(first, to_second / rest, to_first / count)
    return float(((b - a) / np.maximum(np.maximum(a, b), 1e-12)).mean())


def _distances(ordered: NDArray[np.float64], start: int, end: int) -> NDArray[np.float64]:
    """The sum of distances of each to those from `start` to `end`, `(n,)`."""
    sums = np.concatenate(([0.0], ordered.cumsum()))
    below = np.clip(np.arange(len(ordered)), start, end)
    found: NDArray[np.float64] = ordered * (2 * below - start - end) - (
        2 * sums[below] - sums[start] - sums[end]
    )
    return found
