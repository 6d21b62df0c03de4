"""Ways of using two microphones, each of the same recording."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.reference_channel import WINDOW, path, sound, spectrum, without_hall
from mimimi.simulate.room import SPEED
from mimimi.simulate.sound import RATE
from mimimi.simulate.two_microphones import Hall

Sound = NDArray[np.float32]
Way = Callable[[Sound, Sound, Hall], Sound]

_LEFT = 0.05  # of a magnitude, at least


def by_magnitude(near: Sound, far: Sound) -> Sound:
    """|Y| = max(|C| - |H F|, 0.05 |C|): the same fitted H, the phase of C kept."""
    heard, hall = (spectrum(x.astype(np.float64), WINDOW) for x in (near, far))
    size = np.abs(heard)
    left = np.maximum(size - np.abs(path(heard, hall) * hall), _LEFT * size)
    return sound(heard * left / np.maximum(size, 1e-12), near.size, WINDOW)


def delay_and_sum(near: Sound, far: Sound, hall: Hall) -> Sound:
    """The mean of both, the far one advanced by as much as the machine's sound reaches it later.

    The delay is the true one of the places: no estimate of it could do better.
    """
    later = np.linalg.norm(hall.far - hall.machine) - np.linalg.norm(hall.near - hall.machine)
    hertz = np.fft.rfftfreq(far.size, 1 / RATE)
    advanced = np.fft.irfft(np.fft.rfft(far) * np.exp(2j * np.pi * hertz * later / SPEED), far.size)
    return np.asarray((near + advanced) / 2, dtype=np.float32)


WAYS: dict[str, Way] = {
    "near alone": lambda near, far, hall: near,
    "delay and sum": delay_and_sum,
    "magnitude": lambda near, far, hall: by_magnitude(near, far),
    "complex": lambda near, far, hall: without_hall(near, far),
}
