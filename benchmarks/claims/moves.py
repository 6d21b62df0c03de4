"""Microphones that are moved in simulated halls, or whose gain is turned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mimimi.simulate import simulate_parts
from mimimi.simulate.draw import generator
from mimimi.simulate.factory import background
from mimimi.simulate.room import Room, heard
from mimimi.simulate.sound import Array, rms

METRES = (0.3, 1.0, 2.0, 3.0)
GAINS = (3.0, 6.0, 12.0)  # dB
RATIOS = (-6.0, 6.0, 18.0)  # dB of the machine to the hall where the microphone was at first
ROOMS, NOISES = 2, 2  # of each machine; other machines in a room
_NEAREST, _NEAR, _AWAY = 0.3, 1.0, 2.5  # m from the machine: the microphone, at most; the others
_FLOOR = 0.05  # m above it, where a microphone has fallen
_LEVEL = 0.02  # rms of all

Place = NDArray[np.float64]


def turned(sound: Array, at: int) -> Iterator[tuple[str, Array]]:
    """The gain, at this sample; by how much."""
    for gain in GAINS:
        for sign in (1, -1):
            factor = np.ones(len(sound), np.float32)
            factor[at:] = 10 ** (sign * gain / 20)
            yield f"gain by {gain:g} dB", sound * factor


def moves(kind: str, machine: str, take: int, seconds: float, at: int) -> Iterator[Array]:
    """A machine among others in halls drawn at random; the microphone moves at this sample.

    It stands 0.3 to 1 m from the machine, and moves by 0.3 to 3 m or falls down.
    """
    own, _ = simulate_parts(kind, machine, clip=take, seconds=seconds)
    key = (kind, machine, take)
    noises = [background(generator(*key, number), len(own)) for number in range(NOISES)]
    for number in range(ROOMS):
        rng = generator(*key, "room", number)
        size = rng.uniform((8, 6, 3.5), (20, 15, 7))
        room = Room((size[0], size[1], size[2]), float(rng.uniform(0.3, 0.6)))
        place = rng.uniform(1, np.minimum(size - 1, [99, 99, 2]))
        first = place + rng.uniform(_NEAREST, _NEAR) * _direction(rng)
        others = [_away(place, size, rng) for _ in noises]
        places = [first, *(first + metres * _direction(rng) for metres in METRES)]
        places.append(np.array([*first[:2], _FLOOR]))

        def there(
            microphone: Place, room: Room = room, place: Place = place, others: list[Place] = others
        ) -> list[Array]:
            inside = np.clip(microphone, _FLOOR, np.array(room.size) - 0.15)
            sources = zip((own, *noises), (place, *others), strict=True)
            return [heard(sound, room.response(source, inside)) for sound, source in sources]

        sounds = [there(microphone) for microphone in places]
        for ratio in RATIOS:
            gains = np.array([1 / rms(sound) for sound in sounds[0]], np.float32)
            gains[1:] *= 10 ** (-ratio / 20) / NOISES**0.5
            before, *after = [
                np.sum([gain * one for gain, one in zip(gains, mixed, strict=True)], axis=0)
                for mixed in sounds
            ]
            scale = np.float32(_LEVEL / rms(before))
            for one in after:
                yield scale * np.concatenate([before[:at], one[at:]])


def _direction(rng: np.random.Generator) -> Place:
    drawn = rng.normal(size=3) * (1, 1, 0.4)
    return np.asarray(drawn / np.linalg.norm(drawn))


def _away(place: Place, size: Place, rng: np.random.Generator) -> Place:
    while True:
        drawn = rng.uniform(0.8, size - 0.8)
        if np.linalg.norm(drawn - place) >= _AWAY:
            return np.asarray(drawn)
