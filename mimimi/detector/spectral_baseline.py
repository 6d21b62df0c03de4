"""The usual spectra of the known machines: what sounds like none of them is an unknown sound.

A network that tells machines apart must name one of them, whatever it hears. So the spectrum of a
segment is compared with those of the normal recordings: far from all machines means an unknown
sound, for which a verdict would be a false certainty. Where memories judge beside the networks they
can tell better, see `mimimi.detector.novelty`.

Source: Lee et al. 2018, A simple unified framework for detecting out-of-distribution samples
(class means, one shared covariance, distance to the nearest), on log-mel statistics; covariance
shrunk after Ledoit and Wolf 2004.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.config import FrontEnd
from mimimi.detector.checkpoint import Layout
from mimimi.detector.line_baseline import LineBaseline
from mimimi.detector.threshold import conformal
from mimimi.features.mel import mel_filters
from mimimi.features.spectrum import Complex, Real, power

BANDS = 16
STATISTICS = 2 * BANDS
REFUSED = 0.05
"""Share of normal recordings of known machines that may be called unknown."""

QUANTILES = (0.1, 0.5, 0.9)  # over time

_FLOOR = 1e-6  # of the mean power of the bands


def band_power(spectrum: Complex) -> Real:
    """Complex spectra `(segment, 513, time)` to the power in mel bands, `(segment, time, 16)`."""
    bands: Real = power(spectrum).swapaxes(1, 2) @ mel_filters(FrontEnd(), BANDS, "slaney")
    return bands


def band_statistics(spectrum: Complex) -> Real:
    """Spectrum and unrest of segments: median and spread over time of the log-mel bands.

    The spread is that of the middle 80 % of the frames: a recorder's first silent milliseconds, or
    a gap, are not the sound.

    Args:
        spectrum: complex, of `FrontEnd()`, `(segment, 513, time)`; its gain does not matter.

    Returns:
        `(segment, 32)`, in nats.

    Example:
        >>> parts = np.random.default_rng(0).standard_normal((2, 1, 513, 313), np.float32)
        >>> sound = parts[0] + 1j * parts[1]
        >>> loud = band_statistics(7 * sound)
        >>> bool(np.allclose(band_statistics(sound), loud, atol=1e-4))
        True
    """
    bands = band_power(spectrum)
    mean = np.maximum(bands.mean(axis=(1, 2), keepdims=True), np.float32(1e-30))
    low, middle, high = np.quantile(np.log(bands / mean + np.float32(_FLOOR)), QUANTILES, axis=1)
    return np.concatenate((middle, high - low), axis=1).astype(np.float32)


@dataclass(frozen=True)
class SpectralBaseline:
    """Where the normal recordings of the known machines lie.

    Args:
        means: of the statistics of each machine, `(ids, 32)`.
        whitening: a square root of the inverse of the covariance within machines, `(32, 32)`.
        lines: the machines' usual line spectra.
    """

    means: Real
    whitening: Real
    lines: LineBaseline

    @staticmethod
    def layout(n_ids: int) -> Layout:
        """The arrays it is saved as."""
        return {
            "spectral_baseline.means": ((n_ids, STATISTICS), np.dtype(np.float32)),
            "spectral_baseline.whitening": ((STATISTICS, STATISTICS), np.dtype(np.float32)),
            **LineBaseline.layout(n_ids),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SpectralBaseline:
        """Back from `as_arrays`."""
        return cls(
            arrays["spectral_baseline.means"],
            arrays["spectral_baseline.whitening"],
            LineBaseline.from_arrays(arrays),
        )

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """As a detector's weights hold it."""
        return {
            "spectral_baseline.means": self.means,
            "spectral_baseline.whitening": self.whitening,
            **self.lines.as_arrays(),
        }

    def usual(self, which: int) -> tuple[Real, Real]:
        """How loud the bands of a machine are when it runs well.

        Args:
            which: of the known machines, in the detector's order.

        Returns:
            Their level over time and how far off it may be, both `(16,)` in nats of power: half the
            range of a recording's middle 80 %, and a deviation of the medians of recordings.
        """
        middle, spread = np.split(self.means[which], 2)
        whitening = self.whitening.astype(np.float64)
        within = np.diagonal(np.linalg.inv(whitening @ whitening.T))[:BANDS]
        return middle, spread / 2 + np.sqrt(np.maximum(within, 0)).astype(np.float32)

    def distance(self, statistics: Real) -> float:
        """Distance of a recording from the nearest machine, mean over its segments.

        Args:
            statistics: `band_statistics` of the segments, `(segment, 32)`.
        """
        apart = (statistics[:, None] - self.means) @ self.whitening  # (segment, id, 32)
        return float(np.sqrt(np.square(apart).sum(axis=-1)).min(axis=1).mean())


def fit(
    trained_on: Mapping[str, Real],
    lines: LineBaseline,
    calibration: Sequence[Real],
) -> tuple[SpectralBaseline, float]:
    """From normal recordings to a baseline, and the distance beyond which a sound is unknown.

    Args:
        trained_on: of each machine the statistics of its segments, `(segment, 32)`.
        lines: of the same machines.
        calibration: statistics of other normal recordings, one by one. At most 5 % of their like
            lie beyond the limit, or as few as so many recordings can promise.

    Example:
        >>> parts = np.random.default_rng(0).standard_normal((2, 40, 513, 30), np.float32)
        >>> sounds = parts[0] + 1j * parts[1]
        >>> noise = band_statistics(sounds)
        >>> lines = LineBaseline(*np.zeros((2, 1, 8001), np.float32))
        >>> known, limit = fit({"id_00": noise[:20]}, lines, np.split(noise[20:], 20))
        >>> hum = band_statistics(sounds[:1] * (np.arange(513) == 20)[:, None])
        >>> known.distance(hum) > limit > known.distance(noise[:1])
        True
    """
    from sklearn.covariance import LedoitWolf

    by_machine = [statistics.astype(np.float64) for statistics in trained_on.values()]
    means = np.stack([found.mean(axis=0) for found in by_machine])
    within = np.concatenate([of - mean for of, mean in zip(by_machine, means, strict=True)])
    covariance = LedoitWolf(assume_centered=True).fit(within).covariance_
    values, vectors = np.linalg.eigh(covariance)
    whitening = vectors / np.sqrt(np.maximum(values, 1e-6))
    known = SpectralBaseline(means.astype(np.float32), whitening.astype(np.float32), lines)
    return known, conformal([known.distance(found) for found in calibration], REFUSED).value
