"""A rectangular room: what of a sound arrives at a microphone in it.

By image sources (Allen and Berkley, "Image method for efficiently simulating small-room
acoustics", 1979), which a few lines of numpy do in a tenth of a second; pyroomacoustics does the
same and much that is not needed here, at the price of a compiled dependency for every user.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy  # its parts are imported when first asked for
from numpy.typing import NDArray

from mimimi.simulate.sound import RATE, Array

SPEED = 343.0  # m/s
_TRIALS = 5  # until the decay is as asked for
_FINER = 8  # times as many samples, so that a path is timed to a sixteenth of a sample

Place = Sequence[float] | NDArray[np.float64]  # x, y, z in m


@dataclass(frozen=True)
class Room:
    """A room whose walls reflect all frequencies alike.

    Args:
        size: length, width and height in m.
        reverberation: seconds in which sound falls by 60 dB.

    Example:
        >>> hall = Room((12.0, 8.0, 5.0), reverberation=0.4)
        >>> response = hall.response((2.0, 2.0, 1.0), (2.0, 3.0, 1.0))
        >>> int(np.argmax(np.abs(response)))  # 1 m: 343 m/s at 16 kHz
        47
    """

    size: tuple[float, float, float]
    reverberation: float

    @cached_property
    def reflection(self) -> float:
        """Of pressure at each wall, from the reverberation time.

        Eyring's formula (1930) takes sound to come from everywhere alike, which in a hall that is
        longer than high it does not: it dies away more slowly. So the decay is measured, and the
        formula given as much less as it lacks.
        """
        a, b, c = self.size
        surface, volume = 2 * (a * b + b * c + c * a), a * b * c
        source, microphone = np.array(self.size) * 0.3, np.array(self.size) * 0.6
        asked = self.reverberation
        for _ in range(_TRIALS):
            reflection = float(np.exp(-0.5 * 0.161 * volume / (surface * asked)))
            asked *= self.reverberation / decay(self._response(source, microphone, reflection))
        return reflection

    def response(self, source: Place, microphone: Place) -> NDArray[np.float64]:
        """From a source to a microphone, `(time,)`: 1 / (4 pi r) for each path of length r in m."""
        return self._response(source, microphone, self.reflection)

    def _response(self, source: Place, microphone: Place, reflection: float) -> NDArray[np.float64]:
        seconds = self.reverberation + np.linalg.norm(self.size) / SPEED
        offsets, bounces = zip(
            *(
                _images(length, float(at), float(heard), seconds * SPEED)
                for length, at, heard in zip(self.size, source, microphone, strict=True)
            ),
            strict=True,
        )
        x, y, z = np.meshgrid(*offsets, indexing="ij", sparse=True)
        i, j, k = np.meshgrid(*bounces, indexing="ij", sparse=True)
        distance = np.sqrt(x**2 + y**2 + z**2).ravel()
        strength = (reflection ** (i + j + k)).ravel() / (4 * np.pi * distance)
        at = np.rint(distance / SPEED * RATE * _FINER).astype(int)
        heard = at < round(seconds * RATE) * _FINER
        paths = np.bincount(at[heard], strength[heard], round(seconds * RATE) * _FINER)
        response: NDArray[np.float64] = scipy.signal.resample_poly(paths * _FINER, 1, _FINER)
        return response


def decay(response: NDArray[np.float64]) -> float:
    """Seconds for 60 dB, from the fall between 5 and 35 dB (ISO 3382, Schroeder 1965)."""
    left = np.cumsum(response[::-1] ** 2)[::-1]
    level = 10 * np.log10(np.maximum(left / left[0], np.finfo(np.float64).tiny))
    return float(2 * (np.argmax(level < -35) - np.argmax(level < -5)) / RATE)


def _images(
    length: float, source: float, microphone: float, furthest: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Along one axis: where the mirrored sources are from the microphone, and their reflections."""
    n = np.arange(-int(furthest / (2 * length)) - 1, int(furthest / (2 * length)) + 2)
    plain, mirrored = 2 * n * length + source, 2 * n * length - source
    return (
        np.concatenate([plain, mirrored]) - microphone,
        np.concatenate([2 * np.abs(n), np.abs(n - 1) + np.abs(n)]),
    )


def heard(sound: Array, response: NDArray[np.float64]) -> Array:
    """A sound `(time,)` as it arrives, as long as it was."""
    samples = scipy.fft.next_fast_len(sound.size + response.size, real=True)
    spectrum = scipy.fft.rfft(sound.astype(np.float64), samples) * scipy.fft.rfft(response, samples)
    return np.asarray(scipy.fft.irfft(spectrum, samples)[: sound.size], dtype=np.float32)
