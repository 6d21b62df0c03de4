"""Rooms: sound arrives when and as strongly as distance and walls ask for."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.simulate.room import SPEED, Room, decay, heard
from mimimi.simulate.sound import RATE

SIZE = (12.0, 8.0, 5.0)


@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.8])
def test_sound_dies_away_as_fast_as_asked_for(seconds):
    response = Room(SIZE, seconds).response((3.0, 2.5, 1.2), (8.0, 5.0, 1.5))
    assert decay(response) == pytest.approx(seconds, rel=0.2)


@pytest.mark.parametrize("metres", [0.5, 1.0, 2.0, 4.0])
def test_the_direct_sound_comes_first_and_falls_with_distance(metres):
    response = Room(SIZE, 0.2).response((2.0, 4.0, 2.5), (2.0 + metres, 4.0, 2.5))
    arrival = metres / SPEED * RATE
    # It is band-limited, and falls between two samples.
    before = response[: int(arrival) - 12]
    near = response[int(arrival) - 12 : int(arrival) + 14]
    assert np.abs(before).max(initial=0) < 0.02 * np.abs(near).max()
    assert near.sum() == pytest.approx(1 / (4 * np.pi * metres), rel=0.1)


def test_source_and_microphone_may_change_places():
    hall, here, there = Room(SIZE, 0.3), (3.0, 2.5, 1.2), (8.0, 5.0, 1.5)
    np.testing.assert_allclose(hall.response(here, there), hall.response(there, here), atol=1e-12)


def test_what_is_heard_is_delayed_and_as_long(rng):
    sound = rng.normal(size=4_000).astype(np.float32)
    response = np.zeros(100)
    response[30] = 0.5
    arrived = heard(sound, response)
    np.testing.assert_allclose(arrived[30:], 0.5 * sound[:-30], atol=1e-6)
    np.testing.assert_allclose(arrived[:30], 0, atol=1e-6)
