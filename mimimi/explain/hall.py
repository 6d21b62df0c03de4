"""What a second microphone took out of a recording: spectra before and after, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.audio import Samples
from mimimi.config import FrontEnd
from mimimi.detector.references import BANDS, edges
from mimimi.features.mel import mel_filters

_SMOOTHED = 3  # bands
_LOWEST, _HIGHEST = 0.15, 7.0  # kHz; a range that reaches further has no end there
_NEXT_TO_NOTHING = 0.5  # dB
_ROUND = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)  # kHz
_QUIETEST = 1e-9  # of the loudest band

Levels = NDArray[np.float64]


@dataclass(frozen=True)
class TakenOut:
    """Mean levels of 64 mel bands, `(64,)` in dB, on one scale; the bands as `references.edges`.

    Example:
        >>> hall = np.random.default_rng(0).standard_normal(160_000).astype(np.float32)
        >>> TakenOut.of(hall, hall / 2).sentence
        '6 dB of hall taken out at all frequencies'
    """

    as_heard: Levels
    without: Levels
    sentence: str  # without a stop

    @classmethod
    def of(cls, as_heard: Samples, without: Samples) -> TakenOut:
        """From a recording as its first microphone heard it, and cleaned, each `(time,)`."""
        before, after = _power(as_heard), _power(without)
        floor = _QUIETEST * before.max() + 1e-30
        loud, left = (10 * np.log10(power + floor) for power in (before, after))
        return cls(loud, left, _sentence(loud, left))


def _power(samples: Samples) -> Levels:
    """Mean power of each mel band."""
    front_end = FrontEnd()
    count = max(len(samples) // front_end.n_fft, 1)
    frames = np.resize(samples, count * front_end.n_fft).reshape(count, -1)
    bins = np.square(np.abs(np.fft.rfft(frames * np.hanning(front_end.n_fft)))).mean(axis=0)
    return np.asarray(bins @ mel_filters(front_end, BANDS), dtype=np.float64)


def _sentence(as_heard: Levels, without: Levels) -> str:
    """By how much, and where at least half as much as where it is most."""
    fell = np.pad(as_heard - without, _SMOOTHED // 2, mode="edge")
    fell = np.convolve(fell, np.full(_SMOOTHED, 1 / _SMOOTHED), mode="valid")
    there = np.flatnonzero(fell >= fell.max() / 2)
    within = slice(there[0], there[-1] + 1)
    width = np.diff(edges())[within]
    powers = [np.sum(width * 10 ** (level[within] / 10)) for level in (as_heard, without)]
    drop = 10 * np.log10(powers[0] / powers[1])
    if drop < _NEXT_TO_NOTHING:
        return "next to nothing taken out"
    return f"{drop:.0f} dB of hall taken out {_where(*edges()[[there[0], there[-1] + 1]])}"


def _where(low: float, high: float) -> str:
    """A range of frequencies in kHz, in words.

    Example:
        >>> _where(0.02, 0.93), _where(1.6, 8.0), _where(0.4, 0.9)
        ('below 1 kHz', 'above 1.5 kHz', 'between 0.5 and 1 kHz')
    """
    if low < _LOWEST and high > _HIGHEST:
        return "at all frequencies"
    low, high = (min(_ROUND, key=lambda r: abs(np.log(r / max(f, 0.05)))) for f in (low, high))
    if low < _LOWEST:
        return f"below {high:g} kHz"
    if high >= _HIGHEST:
        return f"above {low:g} kHz"
    return f"around {low:g} kHz" if low == high else f"between {low:g} and {high:g} kHz"
