"""Level and spectrum of the end of a stream, small enough to be drawn anew with every block."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.features.spectrum import complex_spectrum
from mimimi.monitor.recent import Recent

Array = NDArray[np.floating[Any]]

ROWS = 128
_FRAMES = 12  # a column
_FLOOR = 1e-5  # of full scale: -100 dB


class RollingSpectrum:
    """Columns of 0.4 s, each made once, when all of its sound is there.

    `level` is `(column,)`, the root mean square; `spectrum` is `(ROWS, column)`, the loudest of the
    cells that share one; both in dB, where a sine at full scale reads -3 and 0. `kHz` are the rows'
    frequencies, `seconds` is how long a column is, `start` when the first one begins, in s.

    Example:
        >>> recent, rolling = Recent(seconds=60.0), RollingSpectrum()
        >>> recent.add(np.ones(16_000, np.float32))
        >>> rolling.follow(recent)
        >>> rolling.spectrum.shape, round(rolling.seconds * rolling.spectrum.shape[1], 3)
        ((128, 2), 0.768)
    """

    def __init__(self) -> None:
        self._front_end = FrontEnd()
        self._samples = _FRAMES * self._front_end.hop_length  # a column
        window = np.hanning(self._front_end.n_fft + 1)[:-1]
        self._full_scale = window.sum() / 2 / np.sqrt(np.square(window).sum())
        self._rows = np.linspace(0, self._front_end.n_frequencies, ROWS, endpoint=False, dtype=int)
        self.kHz = np.linspace(0, SAMPLE_RATE / 2000, ROWS)
        self.seconds = self._samples / SAMPLE_RATE
        self._next = 0  # the sample at 16 kHz at which the next column begins
        self.level: Array = np.zeros(0, np.float32)
        self.spectrum: Array = np.zeros((ROWS, 0), np.float32)

    @property
    def start(self) -> float:
        """In s."""
        return (self._next - len(self.level) * self._samples) / SAMPLE_RATE

    def follow(self, recent: Recent) -> None:
        """Take what has come since; forget what is no longer kept, or lies before a gap."""
        first, last = (round(at * SAMPLE_RATE) for at in (recent.start, recent.end))
        if not first <= self._next <= last:
            self._next, self.level, self.spectrum = first, self.level[:0], self.spectrum[:, :0]
        if columns := (last - self._next) // self._samples:
            begin, end = self._next - first, self._next - first + columns * self._samples
            self._add(recent.samples[begin:end], columns)
            self._next += columns * self._samples
        over = max(0, len(self.level) - (self._next - first) // self._samples)
        self.level, self.spectrum = self.level[over:], self.spectrum[:, over:]

    def _add(self, samples: Array, columns: int) -> None:
        power = np.square(samples.reshape(columns, -1)).mean(axis=1)
        level = 10 * np.log10(power + _FLOOR**2)
        frames = np.abs(complex_spectrum(samples, self._front_end)[0][:, : columns * _FRAMES])
        loudest = np.maximum.reduceat(frames, self._rows, axis=0)
        loudest = loudest.reshape(ROWS, columns, _FRAMES).max(axis=2) / self._full_scale
        self.level = np.append(self.level, level)
        self.spectrum = np.append(self.spectrum, 20 * np.log10(loudest + _FLOOR), axis=1)
