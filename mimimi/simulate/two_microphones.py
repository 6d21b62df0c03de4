"""A machine with one microphone beside it, and a second one that hears the hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mimimi.simulate.passing import passing
from mimimi.simulate.room import Place as Anywhere
from mimimi.simulate.room import Room, heard
from mimimi.simulate.sound import Array, rms

NEAR = 0.5  # m from the machine to its microphone
_FAR = 3.0  # m at least from the machine to the other one
_NOISE = 2.5  # m at least from the machine to what else sounds
_WALL = 1.0  # m that everything keeps from the walls
_CLOSEST = 1.0  # m that a moving load keeps from both microphones

Place = NDArray[np.float64]  # x, y, z in m


@dataclass(frozen=True, eq=False)
class Hall:
    """Where everything stands in a room.

    Args:
        room: itself.
        machine: the one that is listened to.
        near: the microphone beside it.
        far: the second microphone.
        noises: the other machines; one that moves is where it begins and where it ends.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> hall = Hall.drawn(Room((12.0, 8.0, 5.0), reverberation=0.3), rng, standing=1)
        >>> machine, other = rng.normal(size=(2, 32_000)).astype("f4")
        >>> hall.record(machine, [other], ratio_db=-6.0).shape
        (2, 32000)
    """

    room: Room
    machine: Place
    near: Place
    far: Place
    noises: tuple[tuple[Place, ...], ...]

    @classmethod
    def drawn(cls, room: Room, rng: np.random.Generator, standing: int, moving: int = 0) -> Hall:
        """One at random, with so many other machines."""
        machine = _somewhere(room, rng)
        direction = rng.normal(size=3) * (1, 1, 0.3)
        near = machine + NEAR * direction / np.linalg.norm(direction)
        far = _away_from(machine, _FAR, room, rng)
        still = [(_away_from(machine, _NOISE, room, rng),) for _ in range(standing)]
        ways = [_way(machine, (near, far), room, rng) for _ in range(moving)]
        return cls(room, machine, near, far, (*still, *ways))

    def record(
        self,
        machine: Array,
        noises: Sequence[Array],
        *,
        ratio_db: float,
        leak_db: float | None = None,
    ) -> Array:
        """What both microphones hear, `(2, time)`, the near one first.

        The machine is as loud at the near microphone as it was.

        Args:
            machine: `(time,)`.
            noises: one of each, `(time,)`; they are equally loud at the near microphone.
            ratio_db: of the machine to the hall at the near microphone.
            leak_db: by how much less the far microphone hears the machine than the near one; None:
                as it is in this room.
        """
        there = [
            self._noise(sound, places) for sound, places in zip(noises, self.noises, strict=True)
        ]
        hall = np.sum([sound / rms(sound[0]) for sound in there], axis=0)
        level = rms(machine) / rms(hall[0]) * 10 ** (-ratio_db / 20)
        return np.asarray(self.alone(machine, leak_db) + level * hall, dtype=np.float32)

    def alone(self, machine: Array, leak_db: float | None = None) -> Array:
        """What both hear of the machine, `(2, time)`; see `record`."""
        both = self._at_both(machine, self.machine)
        if leak_db is not None:
            both[1] *= np.float32(rms(both[0]) / rms(both[1]) * 10 ** (-leak_db / 20))
        both *= np.float32(rms(machine) / rms(both[0]))
        return both

    def _noise(self, sound: Array, places: tuple[Place, ...]) -> Array:
        """Another machine at both microphones, `(2, time)`."""
        start, end = places[0], places[-1]
        both = [passing(sound, start, end, m, self._response) for m in (self.near, self.far)]
        return np.stack(both)

    def _at_both(self, sound: Array, place: Place) -> Array:
        return np.stack([heard(sound, self._response(place, m)) for m in (self.near, self.far)])

    def _response(self, source: Anywhere, microphone: Anywhere) -> NDArray[np.float64]:
        key = (*source, *microphone)
        if key not in self._found:
            self._found[key] = self.room.response(source, microphone)
        return self._found[key]

    @cached_property
    def _found(self) -> dict[tuple[float, ...], NDArray[np.float64]]:
        """Responses of the room, each made once."""
        return {}


def _somewhere(room: Room, rng: np.random.Generator) -> Place:
    return np.asarray(_WALL + rng.random(3) * (np.array(room.size) - 2 * _WALL))


def _away_from(place: Place, metres: float, room: Room, rng: np.random.Generator) -> Place:
    while True:
        drawn = _somewhere(room, rng)
        if np.linalg.norm(drawn - place) >= metres:
            return drawn


def _way(
    machine: Place, microphones: tuple[Place, Place], room: Room, rng: np.random.Generator
) -> tuple[Place, Place]:
    """Level, and past nobody's ear."""
    while True:
        start, end = (_away_from(machine, _NOISE, room, rng) for _ in range(2))
        end[2] = start[2]
        along = start + np.linspace(0, 1, 50)[:, None] * (end - start)
        if all(np.linalg.norm(along - m, axis=1).min() >= _CLOSEST for m in microphones):
            return start, end
