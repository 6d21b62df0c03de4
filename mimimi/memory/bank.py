"""The bank: what one machine sounds like when all is well, and how far a segment is from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mimimi.memory.blocks import Block, apart, blocks
from mimimi.memory.cutoff import cutoff, within
from mimimi.memory.distance import Neighbours, Recordings, Scale, distances, points
from mimimi.memory.spectra import Array
from mimimi.memory.states import States, states_of
from mimimi.memory.views import HELD, LEVEL, VIEWS, WEIGHTS, View, describe


@dataclass(frozen=True)
class Heard:
    """How one segment sounds beside the bank, view by view."""

    vectors: Mapping[str, Array]  # (band, value): the segment itself
    deviation: Mapping[str, float]  # spreads away from normal
    shares: Mapping[str, Array]  # (band,): what each band adds to its view, sum 1
    distances: Mapping[str, Array]  # (segment of the bank, band)

    @property
    def contributions(self) -> dict[str, float]:
        """What each view adds to the score.

        A view that finds nothing adds next to nothing, however near its neighbour is: being
        unusually normal in one respect excuses no fault in another.
        """
        return {n: w * float(_said(self.deviation[n])) for n, w in WEIGHTS.items()}

    @property
    def score(self) -> float:
        """The anomaly score: the sum of what the views add."""
        return sum(self.contributions.values())

    def distance(self, view: View) -> float:
        """How far it is from the nearest normal segments in a view, mean over its bands."""
        return float(self.distances[view.name].min(axis=0).mean())


@dataclass(frozen=True)
class MemoryBank:
    """Normal segments of one machine: of each view its vectors `(segment, band, value)`.

    Args:
        vectors: by name of the view.
        recordings: `(segment,)`, the recording that each is of.
        references_only: recordings that a segment may be near to, but that count neither for what
            is usual nor for the promise. Of others there are three or more.
        has_one_state: somebody said so, and no states are looked for.
    """

    vectors: Mapping[str, Array]
    recordings: Recordings
    references_only: frozenset[int] = frozenset()
    has_one_state: bool = False

    @classmethod
    def learn(cls, recordings: Sequence[ArrayLike]) -> MemoryBank:
        """From normal recordings, 10 s or more in all; their order is of no account.

        One or two recordings are cut into pieces, see `mimimi.memory.blocks.apart`.

        Args:
            recordings: each `(time,)` at 16 kHz, of the channel that is judged.

        Raises:
            AudioError: less than 10 s in all, too short, silent, or not finite.
        """
        return cls(*described(blocks(apart(recordings))))

    def scores(self, segments: Iterable[ArrayLike]) -> NDArray[np.float64]:
        """Anomaly scores of segments, each `(time,)`: `(segment,)`; about 0.7 is usual.

        Raises:
            AudioError: a segment is not 10 s at 16 kHz, silent, or not finite.
        """
        return np.array([self.hear(segment).score for segment in segments])

    def hear(self, segment: ArrayLike) -> Heard:
        """One segment `(time,)` beside the bank, by view and band; raises as `scores`."""
        return self.compare(describe(segment))

    def compare(self, vectors: Mapping[str, Array]) -> Heard:
        """As `hear`, of a segment that is described already."""
        deviation, shares, found = {}, {}, {}
        comparable = within(cutoff(vectors[LEVEL.name]))
        for view in HELD:
            scale = self.scales[view.name]
            own = points(vectors[view.name][None], view)
            # What was cut off is taken to be as usual.
            all_bands = distances(own, self._points[view.name])[0]
            found[view.name] = np.where(comparable[view.name], all_bands, scale.usual)
            least = found[view.name].min(axis=0)[None]
            deviation[view.name] = float(scale.deviation(least)[0])
            shares[view.name] = scale.shares(least)[0]
        return Heard(vectors, deviation, shares, found)

    def apart(self, found: Mapping[str, Array]) -> Array:
        """How far a segment is from each of others alone, on the scale of its score: `(other,)`.

        Args:
            found: distances of all bands by view, `(other, band)`, as `Heard.distances`.
        """
        return _score(self.scales, found)

    def distances_to(self, vectors: Mapping[str, Array], heard: Heard) -> dict[str, Array]:
        """Distances of a segment to others by view, `(other, band)`.

        Args:
            vectors: of the others, `(other, band, value)`.
            heard: the segment.
        """
        return {
            view.name: distances(
                points(heard.vectors[view.name][None], view), points(vectors[view.name], view)
            )[0]
            for view in VIEWS
        }

    def margins(self, heard: Heard) -> NDArray[np.float64]:
        """By how much each normal recording scores above a segment: `(recording,)`.

        Recording i is scored by the bank that has not heard it, R_i, and so is the segment, S'_i.
        Jackknife+ (Barber et al. 2021) raises an alarm where S'_i > R_i by nearly all n banks. With
        S the segment's score, that is where S is above a quantile of S + R_i - S'_i, which are what
        the normal recordings score as this segment is to be compared with them.

        As if all recordings were exchangeable, a new one is above the k-th largest in k of n + 1
        cases; twice that rate is proven whatever the machine. What is counted are recordings:
        segments of one are not independent. Of a recording, take the mean over its segments.

        References that do not count stay in all n banks, like something known beforehand: whatever
        they are, the n recordings and a new one are treated alike. Where they were chosen for being
        far from those n, they are if anything nearer to a new one than to these, which makes for
        too few alarms rather than too many; see `benchmarks/memory`.

        Example:
            >>> rng = np.random.default_rng(0)
            >>> bank = MemoryBank.learn([rng.normal(size=160_000) for _ in range(6)])
            >>> hum = np.sin(2 * np.pi * 1_240 * np.arange(160_000) / 16_000)
            >>> bool(bank.margins(bank.hear(rng.normal(size=160_000) + hum)).max() > 0)
            False
        """
        return self.leave_one_out_scores() - self._scores_without(heard)

    def leave_one_out_scores(self) -> NDArray[np.float64]:
        """What each that counts scores, mean of its segments, by a bank that has not heard it."""
        scores = []
        for number, scales in self.scales_without.items():
            own = self.recordings == number
            nearest = {name: of.nearest[own] for name, of in self._neighbours.items()}
            scores.append(float(_score(scales, nearest).mean()))
        return np.array(scores)

    def _scores_without(self, heard: Heard) -> NDArray[np.float64]:
        """What a segment scores by the banks that lack one recording each, `(recording,)`."""
        scores = []
        for number, scales in self.scales_without.items():
            rest = self.recordings != number
            nearest = {name: of[rest].min(axis=0)[None] for name, of in heard.distances.items()}
            scores.append(float(_score(scales, nearest)[0]))
        return np.array(scores)

    @cached_property
    def states(self) -> States | None:
        """The states that its sound falls into; None where they are not clearly two."""
        if self.has_one_state:
            return None
        return states_of(self.vectors[LEVEL.name][:, :, 0], self.recordings, self.counted)

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which segments count for what is usual and for the promise."""
        return ~np.isin(self.recordings, list(self.references_only))

    @cached_property
    def scales_without(self) -> Mapping[int, Mapping[str, Scale]]:
        """By recording that counts: the scales of the bank, had it never heard that one."""
        numbers = np.unique(self.recordings[self.counted]).tolist()
        found = {}
        for number in numbers:
            rest = self.counted & (self.recordings != number)
            found[number] = {
                view.name: Scale.of(
                    self._neighbours[view.name].without(number)[rest],
                    len(numbers) - 1,
                    view.exponent,
                )
                for view in VIEWS
            }
        return found

    @cached_property
    def scales(self) -> Mapping[str, Scale]:
        """What distances are usual, by view."""
        counted = self.counted
        count = len(np.unique(self.recordings[counted]))
        return {
            view.name: Scale.of(self._neighbours[view.name].nearest[counted], count, view.exponent)
            for view in HELD
        }

    @cached_property
    def _points(self) -> Mapping[str, Array]:
        return {view.name: points(self.vectors[view.name], view) for view in HELD}

    @cached_property
    def _neighbours(self) -> Mapping[str, Neighbours]:
        return {
            name: Neighbours.among(distances(of, of), self.recordings)
            for name, of in self._points.items()
        }


def described(cut: Sequence[Block]) -> tuple[dict[str, Array], Recordings]:
    """What a memory keeps of segments: their vectors by name of the view, and their recordings."""
    heard = [describe(block.samples) for block in cut]
    vectors = {name: np.stack([one[name] for one in heard]) for name in heard[0]}
    # Half precision, as it is saved: so a bank judges alike before and after.
    vectors = {n: of.astype(np.float16).astype(np.float32) for n, of in vectors.items()}
    return vectors, np.array([block.recording for block in cut])


def _score(scales: Mapping[str, Scale], nearest: Mapping[str, Array]) -> Array:
    """Anomaly scores from distances `(segment, band)` to the nearest, by view."""
    found: Array = sum(  # type: ignore[assignment]
        weight * _said(scales[name].deviation(nearest[name])) for name, weight in WEIGHTS.items()
    )
    return found


def _said(deviation: ArrayLike) -> Array:
    """What a view has to say of a deviation: next to nothing below 0."""
    said: Array = np.logaddexp(0, deviation)
    return said
