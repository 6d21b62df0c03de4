"""The hall taken out of sound of any length, as it comes, segment by segment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.reference_channel import WINDOW, Spectrum, path, sound, spectrum
from mimimi.audio.removed import Removed
from mimimi.audio.waveform import Samples
from mimimi.config import SAMPLE_RATE

SEGMENT = 10 * SAMPLE_RATE  # from which the path between the microphones is found
_HOP = SEGMENT // 2  # after which it is found anew: machines in the hall start and stop
_FADE = SAMPLE_RATE // 10  # in which one path passes into the next
_SILENCE = SAMPLE_RATE // 50  # 20 ms of one and the same value: nothing was recorded


class HallFilter:
    """Takes two microphones' sound in pieces and gives that of the near one, without the hall.

    The path is found from 10 s: first from the first ones, then every 5 s from the last ones, of
    which the newer half is handed out. So a sample never waits for more than its segment, and how
    the sound is cut into pieces changes nothing.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> machine, hall = rng.normal(size=(2, 320_000)).astype("f4")
        >>> near, far = machine + hall, np.roll(hall, -40)
        >>> hall_filter = HallFilter()
        >>> cut = range(0, 320_000, 32_000)
        >>> left = [hall_filter.push(near[k : k + 32_000], far[k : k + 32_000]) for k in cut]
        >>> left = np.concatenate((*left, hall_filter.finish()))
        >>> len(left), bool(np.mean((left - machine) ** 2) < 0.1)
        (320000, True)
    """

    def __init__(self) -> None:
        self._sound = np.zeros((2, 0), np.float32)  # up to a segment that has gone, what is to come
        self._gone = 0
        self.removed = Removed()
        self._path: NDArray[np.complex128] | None = None

    def push(self, near: Samples, far: Samples) -> Samples:
        """Take a piece of each, `(time,)` at 16 kHz; what is finished."""
        self._sound = np.concatenate((self._sound, np.stack((near, far))), axis=1)
        finished = [np.zeros(0, np.float32)]
        while self._waiting >= (wanted := _HOP if self._gone else SEGMENT):
            finished.append(self._next(wanted))
        return np.concatenate(finished)

    def finish(self) -> Samples:
        """What is left when no more comes."""
        return self._next(self._waiting) if self._waiting else np.zeros(0, np.float32)

    @property
    def _waiting(self) -> int:
        return self._sound.shape[1] - self._gone

    def _next(self, count: int) -> Samples:
        """So many new samples, by the path in the segment that ends with them."""
        end = self._gone + count
        near, far = self._sound[:, max(end - SEGMENT, 0) : end].astype(np.float64)
        nothing = _nothing(near)  # of which the other microphone would leave its own sound
        heard, hall = spectrum(near, WINDOW), spectrum(np.where(nothing, 0, far), WINDOW)
        found = path(heard, hall)
        left = _end(heard - found * hall, len(near), count)
        if self._path is not None:
            fade = min(_FADE, count)
            changes = _end((found - self._path) * hall, len(near), count)[:fade]
            left[:fade] += np.linspace(1, 0, fade, endpoint=False, dtype=np.float32) * changes
        self.removed.add(near[-count:], left, found)
        left[nothing[-count:]] = near[-count:][nothing[-count:]]
        self._path = found
        self._sound = self._sound[:, max(end - SEGMENT, 0) :]
        self._gone = min(end, SEGMENT)
        return left


def _end(of: Spectrum, samples: int, count: int) -> Samples:
    end: Samples = sound(of, samples, WINDOW)[samples - count :].copy()
    return end


def _nothing(samples: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where there is digital silence."""
    changes = np.flatnonzero(np.diff(samples)) + 1
    lengths = np.diff(np.concatenate(([0], changes, [len(samples)])))
    return np.repeat(lengths >= _SILENCE, lengths)
