"""A source that moves through a room while it sounds: a crane, a forklift, a trolley.

Its way is cut into places a few centimetres apart, each with its own image sources; the sound goes
over from one to the next (piecewise image sources, linear cross-fades). Up to the frequency at
which a step is a quarter of a wavelength the pressures of two neighbouring places are nearly alike
and a cross-fade between them is the pressure between them, Doppler shift included; above, only the
levels are right.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mimimi.simulate.room import Place, heard
from mimimi.simulate.sound import Array

STEP = 0.1  # m: a quarter of the wavelength of 858 Hz

Response = Callable[[Place, Place], NDArray[np.float64]]


def passing(sound: Array, start: Place, end: Place, microphone: Place, response: Response) -> Array:
    """What a microphone hears of a source on a straight way, at an even pace, `(time,)`.

    Args:
        sound: `(time,)`; it lasts as long as the way takes.
        start: x, y, z in m.
        end: x, y, z in m; where it began, for a source that stands.
        microphone: x, y, z in m.
        response: of the room from a place to a microphone, such as `Room.response`.

    Example:
        >>> from mimimi.simulate.room import Room
        >>> hall = Room((12.0, 8.0, 5.0), reverberation=0.3)
        >>> crane = np.ones(16_000, dtype="f4")
        >>> passing(crane, (2, 2, 4), (3, 2, 4), (6, 4, 1), hall.response).shape
        (16000,)
    """
    way = np.asarray(end, dtype=np.float64) - start
    steps = int(np.ceil(np.linalg.norm(way) / STEP))
    if not steps:
        return heard(sound, response(start, microphone))
    arrived = np.zeros(sound.size, dtype=np.float32)
    at = np.linspace(0, steps, sound.size)  # in steps
    for k in range(steps + 1):
        first, last = np.searchsorted(at, [k - 1, k + 1])
        of_room = response(start + k / steps * way, microphone)
        part = np.zeros(min(last + of_room.size, sound.size) - first, dtype=np.float32)
        part[: last - first] = sound[first:last] * (1 - np.abs(at[first:last] - k))
        arrived[first : first + part.size] += heard(part, of_room)
    return arrived
