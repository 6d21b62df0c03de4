"""A machine, the hall around it, and two microphones."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.simulate.room import Room
from mimimi.simulate.sound import rms
from mimimi.simulate.two_microphones import NEAR, Hall

ROOM = Room((9.0, 7.0, 4.0), 0.2)


@pytest.fixture
def hall() -> Hall:
    return Hall.drawn(ROOM, np.random.default_rng(1), standing=1, moving=1)


@pytest.fixture
def sounds(rng) -> np.ndarray:
    return rng.normal(size=(3, 32_000)).astype(np.float32)


def test_everything_stands_in_the_room_and_apart(hall):
    places = np.array([hall.machine, hall.near, hall.far, *(p for n in hall.noises for p in n)])
    assert (places > 0).all()
    assert (places < ROOM.size).all()
    assert np.linalg.norm(hall.near - hall.machine) == pytest.approx(NEAR)
    assert np.linalg.norm(hall.far - hall.machine) >= 3


def test_the_hall_is_as_loud_as_asked_for_at_the_near_microphone(hall, sounds):
    machine, *noises = sounds
    quiet = hall.alone(machine)[0]
    loud = hall.record(machine, noises, ratio_db=-12.0)[0]
    assert rms(quiet) == pytest.approx(rms(machine), rel=1e-3)
    assert 20 * np.log10(rms(loud - quiet) / rms(quiet)) == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize("leak", [0.0, 20.0])
def test_the_machine_leaks_as_much_as_asked_for(hall, sounds, leak):
    machine, *_ = sounds
    near, far = hall.alone(machine, leak)
    assert 20 * np.log10(rms(near) / rms(far)) == pytest.approx(leak, abs=0.1)


def test_a_moving_load_sounds_all_the_while_and_otherwise_than_one_that_stays(hall, sounds):
    machine, *noises = sounds
    start, _ = hall.noises[1]
    stays = Hall(hall.room, hall.machine, hall.near, hall.far, (hall.noises[0], (start,)))
    here = hall.record(0 * machine + 1e-6, noises, ratio_db=-60.0)
    there = stays.record(0 * machine + 1e-6, noises, ratio_db=-60.0)
    quarters = [rms(part) for part in np.split(here[1][4_000:], 4)]
    assert min(quarters) > 0.3 * max(quarters)
    assert rms(here[1] - there[1]) > 0.3 * rms(there[1])
