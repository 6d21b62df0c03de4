"""A source on its way: what the open air does to it is known, and a way of no length is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from mimimi.simulate.passing import passing
from mimimi.simulate.room import SPEED, Room, heard
from mimimi.simulate.sound import RATE, rms

MICROPHONE = (6.0, 4.0, 1.5)


class OpenAir(Room):
    """No wall gives anything back."""

    reflection = 0.0


AIR = OpenAir((14.0, 8.0, 5.0), 0.1)


def tone(hertz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE).astype(np.float32)


@pytest.mark.parametrize(
    ("start", "end", "approaching"),
    [((1.0, 4, 1.5), (5, 4, 1.5), 1), ((7.0, 4, 1.5), (11, 4, 1.5), -1)],
)
def test_it_sounds_higher_as_it_comes_and_lower_as_it_goes(start, end, approaching):
    speed = 4 / 0.5  # m/s
    arrived = passing(tone(400, 0.5), start, end, MICROPHONE, AIR.response)
    turns = np.unwrap(np.angle(signal.hilbert(arrived)))[2_000:6_000]
    hertz = np.polyfit(np.arange(turns.size) / RATE, turns, 1)[0] / (2 * np.pi)
    assert hertz == pytest.approx(400 / (1 - approaching * speed / SPEED), abs=0.2)


@pytest.mark.parametrize("hertz", [120, 400])
def test_past_a_microphone_it_is_what_the_wave_equation_says(hertz):
    """p(t) = s(t') / (4 pi r(t')), heard at t = t' + r(t') / c (a slow monopole)."""
    start, end = np.array([4.0, 3.0, 1.5]), np.array([8.0, 3.0, 1.5])
    sound = tone(hertz, 2)
    sent = np.arange(sound.size) / RATE
    at = start + sent[:, None] / 2 * (end - start)
    metres = np.linalg.norm(at - MICROPHONE, axis=1)
    expected = np.interp(sent, sent + metres / SPEED, sound / (4 * np.pi * metres))
    arrived = passing(sound, start, end, MICROPHONE, AIR.response)
    inner = slice(1_000, -1_000)
    assert rms(arrived[inner] - expected[inner]) < 0.05 * rms(expected[inner])


def test_a_way_of_no_length_is_a_source_that_stands(rng):
    room, place = Room((9.0, 7.0, 4.0), 0.2), (2.0, 3.0, 1.0)
    sound = rng.normal(size=8_000).astype(np.float32)
    np.testing.assert_array_equal(
        passing(sound, place, place, MICROPHONE, room.response),
        heard(sound, room.response(place, MICROPHONE)),
    )


def test_between_walls_it_loses_no_power_on_its_way(rng):
    """A diffuse field is equally loud wherever its source is."""
    room = Room((9.0, 7.0, 4.0), 0.6)
    sound = rng.normal(size=48_000).astype(np.float32)
    places = np.linspace((2.0, 2.0, 2.0), (2.0, 5.0, 2.0), 5)
    still = [rms(heard(sound, room.response(p, (7.0, 4.0, 1.5)))) for p in places]
    moving = passing(sound, places[0], places[-1], (7.0, 4.0, 1.5), room.response)
    assert 20 * np.log10(rms(moving) / np.mean(still)) == pytest.approx(0, abs=2)
