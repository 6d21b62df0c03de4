"""From a map of what raised a score to a region in it, and to words that say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mimimi.explain.finding import Finding
from mimimi.memory.sentence import Level

Array = NDArray[np.floating[Any]]

_MOST_IN_FREQUENCY, _MOST_IN_TIME = 2 / 3, 0.9  # of the map, that a region must hold
_WIDE = 0.5  # of the bands: no region any more
_LONG = 0.7  # of the recording: throughout
_NARROW = 1.6  # ratio of the edges that are still "around" a frequency

What = Literal["louder", "quieter", "level", "tones", "timing"]
_WORDS: dict[What, tuple[str, Level]] = {
    "louder": ("louder than usual", 1),
    "quieter": ("quieter than usual", -1),
    "level": ("another level than usual", 0),
    "tones": ("other tones than usual", 0),
    "timing": ("other timing than usual", 0),
}


@dataclass(frozen=True)
class Region:
    """Where most of a map lies; None: all over the spectrum, or throughout the recording.

    `band` is in kHz, `stretch` in seconds, each from and to.
    """

    band: tuple[float, float] | None
    stretch: tuple[float, float] | None


def densest(cells: Array, times: Array, frequencies: Array) -> Region:
    """The narrowest band with two thirds of a map, and the shortest stretch with most of that band.

    Args:
        cells: `(frequency, time)`, never negative.
        times: centres of its cells, in s.
        frequencies: edges of its bands, in kHz.

    Example:
        >>> cells = np.zeros((4, 10))
        >>> cells[1, 3:5] = 1
        >>> densest(cells, np.arange(10) + 0.5, np.array([0, 1, 2, 4, 8]))
        Region(band=(1.0, 2.0), stretch=(3.0, 5.0))
    """
    low, high = _shortest(cells.sum(axis=1), _MOST_IN_FREQUENCY)
    wide = high - low > _WIDE * len(cells)
    inside = cells if wide else cells[low:high]
    first, last = _shortest(inside.sum(axis=0), _MOST_IN_TIME)
    long = last - first > _LONG * len(times)
    half = (times[1] - times[0]) / 2 if len(times) > 1 else times[0]
    return Region(
        None if wide else (float(frequencies[low]), float(frequencies[high])),
        None if long else (float(times[first] - half), float(times[last - 1] + half)),
    )


def describe(region: Region, what: What) -> Finding | None:
    """The region in plain words; None where they would say nothing.

    Args:
        region: where it is.
        what: in which way it is unusual.

    Example:
        >>> describe(Region((3.0, 3.4), (4.1, 6.0)), "louder").text
        'louder than usual around 3.2 kHz from 4.1 s to 6.0 s'
        >>> describe(Region(None, None), "timing")
    """
    if region.band is None and (region.stretch is None or what == "level"):
        return None  # somehow, everywhere, always
    words, level = _WORDS[what]
    where = band_in_words(*region.band) if region.band else ""
    when = "from {:.1f} s to {:.1f} s".format(*region.stretch) if region.stretch else "throughout"
    return Finding(f"{words}{where} {when}", level, region.band)


def band_in_words(low: float, high: float) -> str:
    """Where a band lies, edges in kHz, after a space.

    Example:
        >>> band_in_words(2.0, 2.4), band_in_words(0.0, 0.3)
        (' around 2.2 kHz', ' below 300 Hz')
    """
    if high <= _NARROW * low:
        return f" around {_hertz((low * high) ** 0.5)}"
    return f" below {_hertz(high)}" if low == 0 else f" from {_hertz(low)} to {_hertz(high)}"


def _hertz(kilohertz: float) -> str:
    """A frequency to two digits: nobody hears a third.

    Example:
        >>> _hertz(0.123), _hertz(3.24)
        ('120 Hz', '3.2 kHz')
    """
    if kilohertz < 0.995:
        return f"{float(f'{1000 * kilohertz:.2g}'):g} Hz"
    return f"{kilohertz:.2g} kHz"


def _shortest(amounts: Array, share: float) -> tuple[int, int]:
    """Begin and end of the shortest run of places that holds a share of all."""
    total = np.concatenate(([0.0], np.cumsum(amounts)))
    ends = np.searchsorted(total, total[:-1] + share * total[-1] * (1 - 1e-9))
    begin = int(np.where(ends < len(total), ends - np.arange(len(ends)), len(total)).argmin())
    return begin, int(min(ends[begin], len(amounts)))
