"""Whether somebody touched a microphone: covered it, moved it, or turned its gain.

Such a change comes at once and holds for every moment alike: loud ones, usual ones, and the quiet
ones between, in which other things are heard. A machine that stops or goes wrong changes some of
these moments and leaves others. The yardstick is the stream itself: what it varied by in the minute
before. Limits by `python -m benchmarks.claims.covered`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mimimi.service.levels import Levels

BEFORE, CHANGE, AFTER = 12, 2, 2  # segments: in a stream a minute, those with both sides, 10 s


class Touched(ABC):
    """Takes the segments of a machine, one by one.

    Once the detector takes the sound for normal, the microphone is well: it was put right, or the
    detector was told more.

    Args:
        is_on: whether it was so when an earlier run of the listener ended.
    """

    least = 0
    """Segments for which it is so at least."""

    def __init__(self, is_on: bool = False) -> None:
        self._is_on, self._normal, self._lasted = is_on, 0, 0
        self._last = deque[tuple[Levels, bool]](maxlen=BEFORE + CHANGE + AFTER)

    def hear(self, levels: Levels, is_unusual: bool) -> bool:
        """Whether it seems to be so in this segment."""
        if self._last and self._last[0][0].bands.shape != levels.bands.shape:
            self._last.clear()  # the source has another rate now
        self._last.append((levels, is_unusual))
        if self._is_on:
            self._lasted += 1
            self._normal = 0 if is_unusual else self._normal + 1
            self._is_on = self._normal <= AFTER or self._lasted <= self.least
        elif self._begins():
            self._is_on, self._normal, self._lasted = True, 0, 1
        return self._is_on and (is_unusual or self._lasted <= self.least)

    def forget(self) -> None:
        """What came before is no yardstick: the machine was switched to another of its states."""
        self._last.clear()

    def _begins(self) -> bool:
        heard = list(self._last)
        if len(heard) < BEFORE + CHANGE + AFTER:
            return False
        levels = [one for one, _ in heard]
        is_unusual = all(odd for _, odd in heard[-AFTER:])
        return self.is_found(levels[:BEFORE], levels[-AFTER:], is_unusual)

    @abstractmethod
    def is_found(self, before: Sequence[Levels], after: Sequence[Levels], is_unusual: bool) -> bool:
        """Whether it was done between these; `is_unusual`: what the detector says of `after`."""


class Covered(Touched):
    """The high frequencies are lost: a cloth, a hand or a closed lid lets the low ones through.

    What the detector still takes for normal needs no word, such as a machine that was learnt off
    and on.
    """

    limit = 4.0
    """dB by which the high bands fall against the low ones."""

    lows = 3.0
    """dB by which the low ones may fall; those of a machine that stops fall more."""

    def is_found(self, before: Sequence[Levels], after: Sequence[Levels], is_unusual: bool) -> bool:
        """See `Touched`."""
        above, below = (
            [highs for one in part if (highs := one.highs) is not None] for part in (before, after)
        )
        if not is_unusual or not above:
            return False
        fall = np.min(above, axis=0) - np.max(below, axis=0)
        lows = np.median([one.lows for one in before], axis=0) - np.median(
            [one.lows for one in after], axis=0
        )
        return bool(fall.min() >= self.limit and lows[1] <= self.lows)


class Moved(Touched):
    """All bands are louder or softer, and what is heard is the same as before.

    That it is the same is seen by its tones, peaks in a spectrum of 1 Hz: at another place a
    microphone hears those that it heard, each by another path; a machine that stops, starts or
    idles has others. Where there are too few of them, all bands must change alike, as by a gain.

    It needs no verdict: a gain changes none.
    """

    least = BEFORE

    level = 3.0
    """dB by which the median band lies beyond all that it was in the minute before."""

    share = 0.9
    """Of bands and moments, that lie beyond that at all."""

    tones = 0.5
    """Share of the tones that are heard both before and after."""

    fewest = 5
    """Tones of both, by which is told."""

    shape = 1.5
    """dB by which no more than a tenth of the bands may change otherwise than the median."""

    def is_found(self, before: Sequence[Levels], after: Sequence[Levels], is_unusual: bool) -> bool:
        """See `Touched`."""
        earlier, later = (np.array([one.bands for one in part]) for part in (before, after))
        louder = np.maximum(later.min(axis=0) - earlier.max(axis=0), 0)
        softer = np.maximum(earlier.min(axis=0) - later.max(axis=0), 0)
        beyond = louder - softer
        if abs(np.median(beyond)) < self.level or np.mean(beyond != 0) < self.share:
            return False
        usual = _tones(np.mean([one.fine for one in before], axis=0))
        now = np.min([_tones(one.fine) for one in after], axis=0)  # all of them: one has both sides
        share, count = _in_common(usual, now)
        if count >= self.fewest:
            return share >= self.tones
        change = np.median(later, axis=0) - np.median(earlier, axis=0)
        return bool(np.quantile(abs(change - np.median(change)), 0.9) <= self.shape)


_AROUND = 81  # bins, above whose median a tone rises
_HIGH, _LEFT = 10.0, 6.0  # dB, of a tone; of what is left of one that the other spectrum has
_APART, _NEAR = 4, 2  # bins, from one tone to the next; by which it may wander


def _tones(fine: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how many dB a bin stands out of those around it."""
    padded = np.pad(fine, _AROUND // 2, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, _AROUND), axis=1)
    return np.asarray(fine - around)


def _in_common(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, int]:
    """The share of the tones of both spectra that both have, and how many there are."""
    kept = count = 0
    for one, other in ((before, after), (after, before)):
        is_tone = (one >= _HIGH) & (one == _highest(one, _APART))
        kept += int((_highest(other, _NEAR)[is_tone] >= _LEFT).sum())
        count += int(is_tone.sum())
    return kept / max(count, 1), count


def _highest(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Of each bin and those within reach."""
    padded = np.pad(values, reach, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1))
