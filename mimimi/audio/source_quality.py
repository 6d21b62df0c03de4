"""What is noticed of a channel while it is decoded, at its own rate, block by block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SHORTEST_SILENCE = 0.02  # s of one and the same value; real ones stay for 3 samples
_NEXT_LEVELS = 2.5  # how far below the highest level it is looked for what a crest would leave
_CLIPPED, _PILED_UP = 1e-3, 2.0  # share of all at the highest level, and against the next ones
_ALIKE = 0.01  # of the level, by which samples before the crests of a locked tone may differ
_LOWEST_RMS = 1.0  # steps of the format; below, most of what is measured is its rounding


class _Top:
    """How many samples lie at the highest level so far, and how many at the next ones below.

    A tone whose period is a whole number of samples has its crest at one and the same level each
    time, as if it were clipped. But then the samples before the crests are all alike too.
    """

    _at: int
    _below: int
    _flat: bool  # three in a row at the highest level
    _before: tuple[float, float]  # lowest and highest of the samples before it

    def __init__(self, step: float) -> None:
        self._step, self._level = step, 0.0
        self._begin()

    def take(self, samples: NDArray[np.float32]) -> None:
        level = max(float(samples.max()), self._level)
        if not level:  # digital silence beside an offset; nothing is clipped at zero
            return
        width = max(0.001 * level, self._step)
        if level > self._level + 0.5 * width:  # what was the highest is it no more
            self._begin()
        self._level = level
        top = samples >= level - 0.5 * width
        at = int(top.sum())
        self._at += at
        self._below += int((samples >= level - _NEXT_LEVELS * width).sum()) - at
        self._flat |= bool((top[2:] & top[1:-1] & top[:-2]).any())
        if len(before := samples[:-1][top[1:] & ~top[:-1]]):
            lowest, highest = self._before
            self._before = min(lowest, float(before.min())), max(highest, float(before.max()))

    def _begin(self) -> None:
        self._at, self._below, self._flat = 0, 0, False
        self._before = np.inf, -np.inf

    @property
    def piled_up(self) -> int:
        """The samples at the highest level, if they are more than crests explain."""
        lowest, highest = self._before
        alike = highest - lowest <= max(_ALIKE * self._level, 2 * self._step)
        periodic = alike and not self._flat
        return self._at if self._at > _PILED_UP * self._below and not periodic else 0


class SourceQuality:
    """Measures a channel.

    Args:
        rate: in Hz.
        step: of the format, the smallest difference it knows; 0: it knows any, as floats do.
    """

    def __init__(self, rate: int, step: float = 0.0) -> None:
        self.frames = 0  # measured
        self.silences: list[tuple[int, int]] = []  # first frame and end, of digital silence
        self._shortest, self._step = round(_SHORTEST_SILENCE * rate), step
        self._sum = self._squares = 0.0
        self._lowest, self._highest = np.inf, -np.inf
        self._position = 0  # in the recording, where some may be skipped
        self._run_from, self._last = 0, np.nan
        self._tops = _Top(step), _Top(step)  # of either sign

    def take(self, samples: NDArray[np.float32]) -> None:
        """Measure the next block `(time,)`, of finite samples."""
        if not len(samples):
            return
        self._measure_level(samples)
        self._tops[0].take(samples)
        self._tops[1].take(-samples)
        self._find_silence(samples)
        self.frames += len(samples)
        self._position += len(samples)

    def skip(self, frames: int) -> None:
        """Pass over what could not be read."""
        self.close()
        self._position += frames
        self._run_from, self._last = self._position, np.nan

    def close(self) -> None:
        """Nothing follows at once."""
        self._add_silence(self._position)

    @property
    def silent(self) -> bool:
        """Whether it never changes."""
        return self._highest - self._lowest <= 1e-6 * max(abs(self._highest), abs(self._lowest))

    @property
    def too_quiet(self) -> bool:
        """Whether it lies below what the format can tell from its rounding."""
        sound = self.frames - sum(end - start for start, end in self.silences)
        return self._rms(max(sound, 1)) < _LOWEST_RMS * self._step

    @property
    def clipped(self) -> float:
        """The share of samples at the highest level, if more pile up there than a crest explains.

        Found at any level: what was clipped may have been turned down since.
        """
        share = sum(top.piled_up for top in self._tops) / max(self.frames, 1)
        return share if share > _CLIPPED else 0.0

    def _rms(self, frames: int) -> float:
        """Over the frames that hold sound; digital silence lies at the mean, or at zero."""
        mean = self._sum / self.frames
        return float(np.sqrt(max(self._squares / self.frames - mean**2, 0) * self.frames / frames))

    def _measure_level(self, samples: NDArray[np.float32]) -> None:
        self._sum += float(samples.sum(dtype=np.float64))
        self._squares += float(np.square(samples, dtype=np.float64).sum())
        self._lowest = min(self._lowest, float(samples.min()))
        self._highest = max(self._highest, float(samples.max()))

    def _find_silence(self, samples: NDArray[np.float32]) -> None:
        changes = np.flatnonzero(samples[1:] != samples[:-1]) + 1 + self._position
        if samples[0] != self._last:
            self._add_silence(self._position)
        for end in changes[:1]:
            self._add_silence(int(end))
        long = np.flatnonzero(np.diff(changes) >= self._shortest)
        self.silences += [(int(changes[i]), int(changes[i + 1])) for i in long]
        if len(changes):
            self._run_from = int(changes[-1])
        self._last = float(samples[-1])

    def _add_silence(self, end: int) -> None:
        if end - self._run_from >= self._shortest:
            self.silences.append((self._run_from, end))
        self._run_from = end
