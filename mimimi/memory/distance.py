"""From the vectors of segments to distances between them, and from distances to one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.memory.spectra import Array
from mimimi.memory.views import View

Recordings = NDArray[np.int64]  # `(segment,)`: the recording that each segment is of

LEAST_USUAL = 0.1  # of the median band: a band in which nothing ever changed must not decide alone
TYPICAL_SPREAD = 0.1  # nats, of the distances of normal recordings
TYPICAL_COUNTS_AS = 1  # recording: what is believed of the spread before any is heard


def points(vectors: Array, view: View) -> Array:
    """Vectors scaled so that their squared distance is what the view compares by.

    Of a cosine view that is 1 less the cosine, of another the mean squared difference of values.
    """
    if view.cosine:
        length = np.sqrt(2 * np.square(vectors).sum(-1, keepdims=True))
        unit: Array = vectors / np.maximum(length, np.float32(1e-6))
        return unit
    scaled: Array = vectors / np.float32(np.sqrt(vectors.shape[-1]))
    return scaled


def distances(one: Array, other: Array) -> Array:
    """Squared distance of points to others, band by band.

    Args:
        one: `(segment, band, value)`.
        other: `(reference, band, value)`.

    Returns:
        `(segment, reference, band)`.
    """
    products = np.matmul(one.transpose(1, 0, 2), other.transpose(1, 2, 0)).transpose(1, 2, 0)
    squares = np.square(one).sum(-1)[:, None] + np.square(other).sum(-1)[None]
    found: Array = np.maximum(squares - 2 * products, 0)
    return found


@dataclass(frozen=True)
class Neighbours:
    """Of each segment, in each band, the two nearest of other recordings: `(segment, band)`."""

    nearest: Array
    whose: Recordings  # the recording that the nearest is of
    second: Array  # the nearest of a third recording; infinite where there are two

    @classmethod
    def among(cls, pairwise: Array, recordings: Recordings) -> Neighbours:
        """From distances `(segment, segment, band)` of two recordings or more."""
        own = recordings[:, None] == recordings[None]
        others = np.where(own[:, :, None], np.float32(np.inf), pairwise)
        whose = recordings[others.argmin(axis=1)]
        third = np.where(whose[:, None] == recordings[None, :, None], np.float32(np.inf), others)
        return cls(others.min(axis=1), whose, third.min(axis=1))

    def without(self, recording: int) -> Array:
        """Nearest distances, had this recording never been heard; its own are of no account."""
        found: Array = np.where(self.whose == recording, self.second, self.nearest)
        return found


@dataclass(frozen=True)
class Scale:
    """What distances are usual in one view: from a distance a band to one number for all views."""

    usual: Array  # (band,)
    middle: float  # of the logarithms of normal distances
    spread: float
    exponent: float

    @classmethod
    def of(cls, normal: Array, count: int, exponent: float) -> Scale:
        """From distances `(segment, band)` of normal segments, of so many recordings."""
        mean = normal.mean(axis=0)
        usual = np.maximum(mean, max(LEAST_USUAL * float(np.median(mean)), 1e-9))
        logs = cls(usual, 0.0, 1.0, exponent).deviation(normal)
        variance = count * logs.var() + TYPICAL_COUNTS_AS * TYPICAL_SPREAD**2
        spread = float(np.sqrt(variance / (count + TYPICAL_COUNTS_AS)))
        return cls(usual, float(logs.mean()), spread, exponent)

    def deviation(self, nearest: Array) -> Array:
        """How far segments lie from normal, in spreads: `(segment, band)` -> `(segment,)`."""
        pooled = np.mean((nearest / self.usual) ** self.exponent, axis=1) ** (1 / self.exponent)
        logs: Array = np.log(np.maximum(pooled, 1e-9))
        found: Array = (logs - self.middle) / self.spread
        return found

    def shares(self, nearest: Array) -> Array:
        """What each band adds to a deviation: `(segment, band)` that sum to 1."""
        parts = (nearest / self.usual) ** self.exponent
        total: Array = np.maximum(parts.sum(axis=1, keepdims=True), 1e-30)
        return parts / total
