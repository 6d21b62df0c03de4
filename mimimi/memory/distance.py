"""From the vectors of two sets of segments to distances, and from distances to one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.memory.spectra import Array
from mimimi.memory.views import View

Recordings = NDArray[np.int64]  # `(segment,)`: the recording that each segment is of

LEAST_USUAL = 0.1  # of the median band: a band in which nothing ever changed must not decide alone
TYPICAL_SPREAD = 0.2  # nats, of the distances of normal recordings
TYPICAL_COUNTS_AS = 1  # recording: what is believed of the spread before any is heard


def distances(one: Array, other: Array, view: View) -> Array:
    """Squared distance of each segment to each of others, band by band.

    Args:
        one: `(segment, band, value)`.
        other: `(reference, band, value)`.
        view: says whether the length of a vector counts.

    Returns:
        `(segment, reference, band)`; of a cosine view from 0 to 2, else mean over values.
    """
    if view.cosine:
        one, other = _unit(one), _unit(other)
    products = np.matmul(one.transpose(1, 0, 2), other.transpose(1, 2, 0)).transpose(1, 2, 0)
    squares = np.square(one).sum(-1)[:, None] + np.square(other).sum(-1)[None]
    found: Array = np.maximum(squares - 2 * products, 0)
    found /= np.float32(2 if view.cosine else one.shape[-1])
    return found


def leave_one_out(pairwise: Array, recordings: Recordings) -> Array:
    """Distance of each segment to the nearest of ANOTHER recording, `(segment, band)`.

    Args:
        pairwise: `(segment, segment, band)`.
        recordings: of at least two recordings.
    """
    same = recordings[:, None] == recordings[None]
    nearest: Array = np.where(same[:, :, None], np.inf, pairwise).min(axis=1)
    return nearest


@dataclass(frozen=True)
class Scale:
    """What distances are usual in one view: from a distance a band to one number for all views."""

    usual: Array  # (band,)
    middle: float  # of the logarithms of normal distances
    spread: float
    exponent: float

    @classmethod
    def of(cls, normal: Array, recordings: Recordings, exponent: float) -> Scale:
        """From distances of normal segments, `(segment, band)`, as `leave_one_out` finds them."""
        mean = normal.mean(axis=0)
        usual = np.maximum(mean, max(LEAST_USUAL * float(np.median(mean)), 1e-9))
        blank = cls(usual, 0.0, 1.0, exponent)
        logs, count = blank.deviation(normal), len(np.unique(recordings))
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


def _unit(vectors: Array) -> Array:
    length: Array = np.sqrt(np.square(vectors).sum(-1, keepdims=True))
    unit: Array = vectors / np.maximum(length, np.float32(1e-6))
    return unit
