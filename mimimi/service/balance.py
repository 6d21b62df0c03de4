"""Whether a microphone has been covered: its high frequencies are lost at once, and for good.

A cloth, a hand or a closed lid lets low sound through and keeps high sound off, and it does so at
every moment alike: loud ones, usual ones, and the quiet ones between, in which other things are
heard. A machine that stops or goes wrong changes some of these moments and leaves others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.config import SAMPLE_RATE

BEFORE, CHANGE, AFTER = 12, 2, 2  # segments: in a stream a minute, those with both sides, 10 s
LIMIT = 4.0  # dB by which the high bands fall against the low ones, see benchmarks/claims/covered
LOWS = 3.0  # dB by which the low ones may fall; those of a machine that stops fall more
_MOMENTS = (0.1, 0.5, 0.9)  # quantiles over time: quiet, usual, loud
_FRAME = 1024  # samples
_LOW = (125, 160, 200, 250, 315, 400, 500, 630, 800, 1000)  # Hz, edges of third octaves
_HIGH = (2000, 2500, 3150, 4000, 5000, 6300, 8000)


@dataclass(frozen=True)
class Balance:
    """Levels of a segment in dB, at its quiet, usual and loud moments: `(3,)` each.

    Example:
        >>> noise = np.random.default_rng(0).normal(size=160_000).astype(np.float32)
        >>> muffled = np.convolve(noise, np.ones(8, np.float32) / 8, "same")
        >>> change = Balance.of(muffled, 16_000).highs - Balance.of(noise, 16_000).highs
        >>> bool(change.max() < -10)
        True
    """

    lows: NDArray[np.float64]
    highs: NDArray[np.float64]  # against the lows

    @classmethod
    def of(cls, samples: NDArray[np.float32], source_rate: int) -> Balance | None:
        """Of samples `(time,)` at 16 kHz, which were recorded at another rate, in Hz.

        None where there are too few of them, or no high frequencies.
        """
        top = source_rate / 2  # above it there is nothing
        high = [hertz for hertz in _HIGH if hertz <= top]
        if len(samples) < _FRAME or len(high) < 2:
            return None
        frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_FRAME]
        power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1)))
        lows = _moments(power, _LOW)
        return cls(lows, _moments(power, high) - lows)


def _moments(power: NDArray[np.float64], edges: Sequence[int]) -> NDArray[np.float64]:
    """In dB, the median over bands of each moment."""
    bins = [round(hertz * _FRAME / SAMPLE_RATE) for hertz in edges]
    bands = np.add.reduceat(power[:, : bins[-1]], bins[:-1], axis=1) / np.diff(bins)
    levels: NDArray[np.float64] = np.quantile(10 * np.log10(bands + 1e-15), _MOMENTS, axis=0)
    return np.median(levels, axis=1)


class Covered:
    """Takes the segments of a machine, one by one.

    What the detector still takes for normal needs no word, such as a machine that was learnt off
    and on; and once it takes the sound for normal again, the microphone is well.

    Args:
        is_on: whether it was covered when an earlier run of the listener ended.
    """

    def __init__(self, is_on: bool = False) -> None:
        self._is_on, self._normal = is_on, 0
        self._last = deque[tuple[Balance, bool]](maxlen=BEFORE + CHANGE + AFTER)

    def hear(self, balance: Balance, is_unusual: bool) -> bool:
        """Whether the microphone seems to be covered in this segment."""
        self._last.append((balance, is_unusual))
        if self._is_on:
            self._normal = 0 if is_unusual else self._normal + 1
            self._is_on = self._normal <= AFTER
        elif self._is_lost():
            self._is_on, self._normal = True, 0
        return self._is_on and is_unusual

    def _is_lost(self) -> bool:
        heard = list(self._last)
        if len(heard) < BEFORE + CHANGE + AFTER or not all(odd for _, odd in heard[-AFTER:]):
            return False
        before, after = ([one for one, _ in part] for part in (heard[:BEFORE], heard[-AFTER:]))
        fall = np.min([one.highs for one in before], axis=0) - np.max(
            [one.highs for one in after], axis=0
        )
        lows = np.median([one.lows for one in before], axis=0) - np.median(
            [one.lows for one in after], axis=0
        )
        return bool(fall.min() >= LIMIT and lows[1] <= LOWS)
