"""The bank: what one machine sounds like when all is well, and how far a segment is from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mimimi.errors import DetectorError
from mimimi.memory.blocks import blocks
from mimimi.memory.distance import Recordings, Scale, distances, leave_one_out
from mimimi.memory.spectra import Array
from mimimi.memory.views import HELD, LEVEL, VIEWS, WEIGHTS, View, describe

LARGEST = 1e4  # of a stored value: nats, deviations and correlations stay far below


@dataclass(frozen=True)
class Heard:
    """How one segment sounds beside the bank, view by view."""

    vectors: Mapping[str, Array]  # (band, value): the segment itself
    deviation: Mapping[str, float]  # spreads away from normal
    shares: Mapping[str, Array]  # (band,): what each band adds to its view, sum 1
    nearest: Mapping[str, NDArray[np.intp]]  # (band,): the segment of the bank nearest in it

    @property
    def contributions(self) -> dict[str, float]:
        """What each view adds to the score.

        A view that finds nothing adds next to nothing, however near its neighbour is: being
        unusually normal in one respect excuses no fault in another.
        """
        return {n: w * float(np.logaddexp(0, self.deviation[n])) for n, w in WEIGHTS.items()}

    @property
    def score(self) -> float:
        """The anomaly score: the sum of what the views add."""
        return sum(self.contributions.values())


@dataclass(frozen=True)
class MemoryBank:
    """Normal segments of one machine: of each view its vectors `(segment, band, value)`.

    Args:
        vectors: by name of the view.
        recordings: `(segment,)`, the recording that each is of; two or more.
        channels: `(segment,)`, its channel; all channels are references, the first is judged.
    """

    vectors: Mapping[str, Array]
    recordings: Recordings
    channels: Recordings

    @classmethod
    def learn(cls, recordings: Sequence[ArrayLike]) -> MemoryBank:
        """From normal recordings, see `mimimi.memory.blocks`; their order is of no account.

        Args:
            recordings: each `(time,)` or `(channel, time)`, at 16 kHz.

        Raises:
            AudioError: less than 10 s in all, too short, silent, or not finite.
        """
        cut = list(blocks(recordings))
        heard = [describe(block.samples) for block in cut]
        # Half precision, as it is saved: so a bank judges alike before and after.
        return cls(
            {
                view.name: np.stack([one[view.name] for one in heard])
                .astype(np.float16)
                .astype(np.float32)
                for view in HELD
            },
            np.array([block.recording for block in cut]),
            np.array([block.channel for block in cut]),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> MemoryBank:
        """Back from `as_arrays`, of whatever origin.

        Raises:
            DetectorError: something is missing, of another shape or not finite.
        """
        try:
            recordings = np.asarray(arrays["memory.recordings"], np.int64)
            channels = np.asarray(arrays["memory.channels"], np.int64)
            vectors = {v.name: np.asarray(arrays[f"memory.{v.name}"], np.float32) for v in HELD}
        except (KeyError, TypeError, ValueError) as error:
            raise DetectorError(
                "A memory of normal sound is damaged: an array is missing."
            ) from error
        shapes = [recordings.shape, channels.shape, *(vectors[v.name].shape for v in HELD)]
        count = recordings.size
        if shapes != [(count,), (count,), *((count, *view.shape) for view in HELD)]:
            raise DetectorError("A memory of normal sound is damaged: its arrays do not fit.")
        if not all((np.abs(of) < LARGEST).all() for of in vectors.values()):
            raise DetectorError("A memory of normal sound is damaged: a number is none.")
        if len(np.unique(recordings)) < 2:
            raise DetectorError("A memory of normal sound is damaged: it holds one recording.")
        return cls(vectors, recordings, channels)

    def as_arrays(self) -> dict[str, NDArray[np.generic]]:
        """As a saved detector holds it: half precision, 25 kB a segment."""
        arrays: dict[str, NDArray[np.generic]] = {
            "memory.recordings": self.recordings,
            "memory.channels": self.channels,
        }
        return arrays | {f"memory.{n}": of.astype(np.float16) for n, of in self.vectors.items()}

    def scores(self, segments: Iterable[ArrayLike]) -> NDArray[np.float64]:
        """Anomaly scores of segments, each `(time,)`: `(segment,)`; about 0.7 is usual.

        Raises:
            AudioError: a segment is not 10 s at 16 kHz, silent, or not finite.
        """
        return np.array([self.hear(segment).score for segment in segments])

    def novelty(self, segments: Iterable[ArrayLike]) -> NDArray[np.float64]:
        """How far the mean spectra of segments are from the machine's, in spreads, `(segment,)`.

        Faults change it little; another thing, or another place, changes it much.
        """
        return np.array([self.hear(segment).deviation[LEVEL.name] for segment in segments])

    def hear(self, segment: ArrayLike) -> Heard:
        """One segment `(time,)` beside the bank, by view and band; raises as `scores`."""
        return self.compare(describe(segment))

    def compare(self, vectors: Mapping[str, Array]) -> Heard:
        """As `hear`, of a segment that is described already."""
        deviation, shares, nearest = {}, {}, {}
        for view in HELD:
            scale = self.scales[view.name]
            found = distances(vectors[view.name][None], self.vectors[view.name], view)[0]
            nearest[view.name] = found.argmin(axis=0)
            least = found.min(axis=0)[None]
            deviation[view.name] = float(scale.deviation(least)[0])
            shares[view.name] = scale.shares(least)[0]
        return Heard(vectors, deviation, shares, nearest)

    def leave_one_out_scores(self) -> NDArray[np.float64]:
        """What each recording scores by a bank that has not heard it, `(recording,)`.

        Its first channel is judged, as a new recording is: the mean over its segments. With two
        recordings a bank of the other alone has no scale of its own and takes that of both.
        """
        numbers = np.unique(self.recordings)
        return np.array([self._left_out(number, len(numbers) > 2) for number in numbers])

    def _left_out(self, number: int, own_scale: bool) -> float:
        rest = self.recordings != number
        judged = ~rest & (self.channels == self.channels[~rest].min())
        scores = np.zeros(int(judged.sum()))
        for view in VIEWS:
            pairs, scale = self._pairwise[view.name], self.scales[view.name]
            if own_scale:
                scale = _scale(pairs[rest][:, rest], self.recordings[rest], view)
            deviation = scale.deviation(pairs[judged][:, rest].min(axis=1))
            scores += WEIGHTS[view.name] * np.logaddexp(0, deviation)
        return float(scores.mean())

    @cached_property
    def scales(self) -> Mapping[str, Scale]:
        """What distances are usual, by view."""
        return {v.name: _scale(self._pairwise[v.name], self.recordings, v) for v in HELD}

    @cached_property
    def _pairwise(self) -> Mapping[str, Array]:
        return {v.name: distances(self.vectors[v.name], self.vectors[v.name], v) for v in HELD}


def _scale(pairwise: Array, recordings: Recordings, view: View) -> Scale:
    return Scale.of(leave_one_out(pairwise, recordings), recordings, view.exponent)
