"""How loud a segment is, frequency by frequency: by what a touched microphone is noticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.config import SAMPLE_RATE

_MOMENTS = (0.1, 0.5, 0.9)  # quantiles over time: quiet, usual, loud
_FRAME = 1024  # samples, of which each is a moment
_EDGES = (
    125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000,
    6300, 8000,
)  # Hz, of third octaves  # fmt: skip
_LOW, _HIGH = _EDGES.index(1000), _EDGES.index(2000)
_LONG = 16_384  # samples in which tones are told apart: bins of about 1 Hz
_FIRST, _TOP = 60, 4_500  # bins; tones lie within


@dataclass(frozen=True)
class Levels:
    """Of a segment, in dB.

    Example:
        >>> noise = np.random.default_rng(0).normal(size=160_000).astype(np.float32)
        >>> muffled = np.convolve(noise, np.ones(8, np.float32) / 8, "same")
        >>> change = Levels.of(muffled, 16_000).highs - Levels.of(noise, 16_000).highs
        >>> bool(change.max() < -10)
        True
    """

    bands: NDArray[np.float64]  # `(3, band)`: third octaves at quiet, usual and loud moments
    fine: NDArray[np.float64]  # `(bin,)`: the mean of the segment, bins of about 1 Hz

    @classmethod
    def of(cls, samples: NDArray[np.float32], source_rate: int) -> Levels | None:
        """Of samples `(time,)` at 16 kHz, which were recorded at another rate, in Hz.

        None where there are too few of them.
        """
        if len(samples) < _LONG:
            return None
        top = source_rate / 2  # above it there is nothing
        edges = [round(hertz * _FRAME / SAMPLE_RATE) for hertz in _EDGES if hertz <= top]
        power = _power(samples, _FRAME)[:, : edges[-1]]
        bands = np.add.reduceat(power, edges[:-1], axis=1) / np.diff(edges)
        moments = np.quantile(10 * np.log10(bands + 1e-15), _MOMENTS, axis=0)
        bins = min(_TOP, round(top * _LONG / SAMPLE_RATE))
        mean = _power(samples, _LONG)[:, _FIRST:bins].mean(axis=0)
        return cls(np.asarray(moments), 10 * np.log10(mean + 1e-15))

    @property
    def lows(self) -> NDArray[np.float64]:
        """Up to 1 kHz, the median over bands: `(3,)`."""
        return np.asarray(np.median(self.bands[:, :_LOW], axis=1))

    @property
    def highs(self) -> NDArray[np.float64] | None:
        """From 2 kHz up, against the lows, `(3,)`; None where there are none."""
        high = self.bands[:, _HIGH:]
        return np.median(high, axis=1) - self.lows if high.size else None


def _power(samples: NDArray[np.float32], frame: int) -> NDArray[np.float64]:
    """Of frames side by side, `(frame, bin)`."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, frame)[::frame]
    found: NDArray[np.float64] = np.square(np.abs(np.fft.rfft(frames * np.hanning(frame), axis=1)))
    return found
