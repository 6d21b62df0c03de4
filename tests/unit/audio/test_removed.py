"""Whether a second microphone heard the hall, the machine or nothing is seen by what came first."""

from __future__ import annotations

import numpy as np
import pytest
from hall import beside_and_away

from mimimi import audio
from mimimi.audio.reference_channel import WINDOW, path, sound, spectrum
from mimimi.audio.removed import Removed
from mimimi.simulate.room import Room
from mimimi.simulate.two_microphones import Hall

SAMPLES = 160_000
LATER = 160  # samples: 3.4 m


def warned(near: np.ndarray, far: np.ndarray) -> list[str]:
    sound = np.stack((near, far), axis=1)
    heard = audio.read((0.3 * sound / np.abs(sound).max(), 16_000), channel=audio.SIDE_BY_SIDE)
    return [problem.kind for problem in heard.problems]


@pytest.fixture
def machine(rng) -> np.ndarray:
    return rng.normal(size=SAMPLES)


@pytest.fixture
def hall(rng) -> np.ndarray:
    return rng.normal(size=SAMPLES)


@pytest.mark.parametrize("gain", [0.1, 1.0, 10.0])
def test_what_reaches_the_machines_microphone_first_is_the_machine(machine, hall, gain):
    far = gain * (0.3 * np.roll(machine, LATER) + 0.05 * hall)
    assert warned(machine + 0.1 * np.roll(hall, LATER), far) == ["reference_hears_machine"]


@pytest.mark.parametrize("gain", [0.1, 1.0, 10.0])
def test_what_reaches_the_second_one_first_is_the_hall(machine, hall, gain):
    assert warned(machine + np.roll(hall, LATER), gain * hall) == []


def test_two_microphones_that_have_nothing_in_common_are_no_pair(machine, hall):
    assert warned(machine, hall) == ["reference_useless"]


@pytest.mark.parametrize("gain", [0.1, 0.9, -1.0])
def test_a_second_one_that_hears_the_same_leaves_nothing(machine, gain):
    far = gain * machine
    assert warned(machine, far) == ["reference_hears_machine"]
    heard = audio.read((0.1 * np.stack((machine, far), axis=1), 16_000), channel=audio.SIDE_BY_SIDE)
    assert "hears the same as the first" in heard.warning


def test_a_hall_that_sounds_alone_is_not_the_machine(rng):
    room = Hall.drawn(Room((12.0, 8.0, 5.0), 0.3), np.random.default_rng(1), standing=1)
    machine, other = rng.normal(size=(2, SAMPLES)).astype(np.float32)
    assert warned(*room.record(machine, [other], ratio_db=-80.0)) == []


def test_an_offset_of_the_recorder_hides_nothing(machine, hall):
    assert warned(machine + np.roll(hall, LATER) + 20, hall) == ["offset"]


def test_in_a_room_the_machine_is_told_from_the_hall(rng):
    room = Hall.drawn(Room((12.0, 8.0, 5.0), 0.3), np.random.default_rng(1), standing=1)
    machine, other = rng.normal(size=(2, SAMPLES)).astype(np.float32)
    kinds = [warned(*room.record(machine, [other], ratio_db=ratio)) for ratio in (-14.0, 25.0)]
    assert kinds == [[], ["reference_hears_machine"]]


def test_it_is_said_in_a_sentence_and_of_long_sound_as_it_comes(hum):
    sound = beside_and_away(hum(seconds=25.0))
    sound[:, 1] = np.random.default_rng(9).normal(size=len(sound))
    heard = audio.read((0.1 * sound, 16_000), channel=audio.SIDE_BY_SIDE)
    assert heard.warning == (
        "the second microphone hears nothing of the hall that the first one hears: nothing was "
        "taken out"
    )


def taken_out(near: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a stretch of both says: as it came, what is left of it, and the path."""
    heard, hall = spectrum(near, WINDOW), spectrum(far, WINDOW)
    found = path(heard, hall)
    return near, sound(heard - found * hall, len(near), WINDOW), found


@pytest.mark.parametrize(
    ("change", "kind"),
    [("carried away", "reference_useless"), ("beside it", "reference_hears_machine")],
)
def test_a_second_one_that_is_moved_after_hours_is_noticed_within_a_quarter_of_one(
    machine, hall, rng, change, kind
):
    near = machine + np.roll(hall, LATER)
    well = taken_out(near, hall)
    there = {
        "carried away": rng.normal(size=SAMPLES),
        "beside it": 3 * np.roll(machine, LATER) + 0.05 * hall,
    }
    moved = taken_out(machine + 0.1 * np.roll(hall, LATER), there[change])
    removed = Removed()
    for _ in range(2 * 3600 // 10):
        removed.add(*well)
        assert removed.problem is None
    for _ in range(15 * 60 // 10):
        removed.add(*moved)
    assert removed.problem
    assert removed.problem.kind == kind
