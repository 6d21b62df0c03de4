"""A microphone that is covered or moved: told from all else that changes at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from mimimi.service.inbox import Placed
from mimimi.service.levels import Levels
from mimimi.service.machine import Machine
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import Sound
from mimimi.service.touched import Covered, Moved, Touched
from mimimi.simulate.room import Room, heard
from mimimi.simulate.sound import harmonics, rotation

RATE, SEGMENT, HOP = 16_000, 160_000, 80_000  # Hz, samples


def cloth(sound: np.ndarray, decibels: float = 12.0) -> np.ndarray:
    """What comes through it: high frequencies softer, from 1 kHz up."""
    corner = 2 * np.pi * 1000
    b, a = signal.bilinear([10 ** (-decibels / 20), corner], [1, corner], RATE)
    return signal.lfilter(b, a, sound).astype(np.float32)


def told(sound: np.ndarray, is_unusual: bool = True, by: type[Touched] = Covered) -> bool:
    """Whether it is ever told that the microphone was touched so."""
    touched, found = by(), False
    for first in range(0, len(sound) - SEGMENT + 1, HOP):
        found |= touched.hear(Levels.of(sound[first : first + SEGMENT], RATE), is_unusual)
    return found


@pytest.fixture
def sound(hum) -> np.ndarray:
    return hum(140, seed=5)


HALF = 80 * RATE


def test_high_frequencies_that_are_lost_at_once_are_noticed(sound):
    assert told(np.concatenate([sound[:HALF], cloth(sound)[HALF:]]))
    assert not told(sound)


def test_what_the_detector_takes_for_normal_needs_no_word(sound):
    assert not told(np.concatenate([sound[:HALF], cloth(sound)[HALF:]]), is_unusual=False)


@pytest.mark.parametrize("change", ["softer", "louder", "slow", "stops", "brighter", "another"])
def test_other_changes_are_not_taken_for_it(sound, hum, rng, change):
    noise = (0.03 * rng.standard_normal(len(sound))).astype(np.float32)
    after = {
        "softer": 0.2 * sound,
        "louder": 3 * sound,
        "stops": 0.003 * sound,
        "brighter": sound + np.diff(noise, prepend=0).astype(np.float32),
        "another": hum(140, hertz=600.0, seed=6),
    }.get(change)
    if change == "slow":
        much = np.linspace(0, 1, len(sound), dtype=np.float32)
        assert not told((1 - much) * sound + much * cloth(sound))
    else:
        assert not told(np.concatenate([sound[:HALF], after[HALF:]]))


def test_a_stop_between_two_strokes_is_no_cloth(rng):
    """Of a machine that hisses half of the time: its loud moments change, the others do not."""
    noise = rng.standard_normal(140 * RATE).astype(np.float32)
    works = np.tile(np.repeat([1.0, 0.02], RATE // 2), 140).astype(np.float32)
    assert not told(np.concatenate([(works * noise)[:HALF], (0.02 * noise)[HALF:]]))


def test_of_a_source_without_high_frequencies_nothing_is_said(sound):
    assert Levels.of(sound, 4_000).highs is None
    assert Levels.of(np.ones(100, np.float32), RATE) is None
    dull = [Levels.of(sound[first : first + SEGMENT], 4_000) for first in range(0, 17 * HOP, HOP)]
    covered = Covered()
    assert not any(covered.hear(one, True) for one in dull)


@pytest.mark.parametrize("decibels", [-6, 6, 15])
@pytest.mark.parametrize("is_unusual", [True, False])
def test_a_gain_that_is_turned_is_noticed_whatever_the_detector_says(sound, decibels, is_unusual):
    turned = np.float32(10 ** (decibels / 20)) * sound
    after = np.concatenate([sound[:HALF], turned[HALF:]])
    assert told(after, is_unusual, Moved)
    assert not told(after, is_unusual, Covered)
    assert not told(sound, is_unusual, Moved)


@pytest.fixture
def machine_in_a_room() -> Callable[..., np.ndarray]:
    """A machine with many tones beside a noise, as a microphone somewhere hears both."""
    room, rng = Room((12.0, 9.0, 4.0), 0.4), np.random.default_rng(4)
    samples = 140 * RATE
    noise = rng.standard_normal(samples).astype(np.float32)

    def at(place: tuple[float, float, float], hertz: float, loud: float = 1.0) -> np.ndarray:
        phases = np.random.default_rng(5).uniform(0, 6, 40).astype(np.float32)
        own = harmonics(rotation(np.full(samples, hertz), 0.0), np.ones(40, np.float32), phases)
        breath = np.random.default_rng(6).standard_normal(samples).astype(np.float32)
        own = loud * (own + 4 * breath)
        near = heard(own, room.response((3.0, 3.0, 1.0), place))
        far = heard(0.3 * noise, room.response((10.0, 8.0, 2.0), place))
        return near + far

    return at


NEAR, AWAY = (3.3, 3.2, 1.2), (5.0, 4.5, 1.4)


def test_a_microphone_that_is_carried_off_hears_the_same_tones_softer(machine_in_a_room):
    near, away = (machine_in_a_room(place, 97.0) for place in (NEAR, AWAY))
    assert told(np.concatenate([near[:HALF], away[HALF:]]), by=Moved)
    assert told(np.concatenate([away[:HALF], near[HALF:]]), by=Moved)


@pytest.mark.parametrize(("hertz", "loud"), [(58.0, 0.3), (97.0, 0.0), (163.0, 3.0)])
def test_a_machine_that_idles_stops_or_races_is_not_moved(machine_in_a_room, hertz, loud):
    before, after = machine_in_a_room(NEAR, 97.0), machine_in_a_room(NEAR, hertz, loud)
    assert not told(np.concatenate([before[:HALF], after[HALF:]]), by=Moved)
    assert not told(np.concatenate([after[:HALF], before[HALF:]]), by=Moved)


def test_what_changes_slowly_or_at_some_moments_is_not_moved(sound, rng):
    fades = np.geomspace(1, 0.1, len(sound)).astype(np.float32)
    assert not told(fades * sound, by=Moved)
    noise = rng.standard_normal(140 * RATE).astype(np.float32)
    works = np.tile(np.repeat([1.0, 0.02], RATE // 2), 140).astype(np.float32)
    softer = np.where(works == 1.0, 0.3, 0.02).astype(np.float32)
    assert not told(np.concatenate([(works * noise)[:HALF], (softer * noise)[HALF:]]), by=Moved)


def test_a_source_that_comes_back_at_another_rate_begins_anew(sound):
    moved = Moved()
    for rate in (RATE, 8_000):
        for first in range(0, 17 * HOP, HOP):
            assert not moved.hear(Levels.of(sound[first : first + SEGMENT], rate), True)


def listen(detector, sound: np.ndarray) -> tuple[list, list]:
    """What is told of a machine, and what is wrong with its microphone at which times."""
    machine = Machine(MachineSettings("press 4", "hum", "-"), detector, Past(), lambda *_: None)
    pcm = np.round(sound * 32_767).astype(np.int16)
    notices, health = [], []
    for first in range(0, len(pcm), 4_000):
        report = machine.hear(Placed(Sound(pcm[first : first + 4_000], RATE, first), 0.0))
        notices += report.notices
        health += [(judged.at, judged.health) for judged in report.judgements]
    return notices, health


def test_it_is_told_once_and_that_it_is_over_once_it_sounds_normal_again(hum_detector, hum):
    well = hum(80, seed=7)
    sound = np.concatenate([well, cloth(hum(80, seed=8), 20.0), well])
    notices, health = listen(hum_detector, sound)
    said = [(notice.is_on, notice.at) for notice in notices if notice.about == "covered"]
    assert [is_on for is_on, _ in said] == [True, False]
    assert 80 < said[0][1] <= 120  # within 40 s
    assert 160 < said[1][1] <= 200
    assert {at for at, faults in health if faults == "covered"} <= set(np.arange(80, 160, 5.0))
    [text] = [notice.text for notice in notices if notice.about == "covered" and notice.is_on]
    assert "as if the microphone had been covered" in text


def test_a_gain_is_told_once_and_over_when_it_goes_on_sounding_normal(hum_detector, hum):
    sound = np.concatenate([hum(80, seed=7), hum(160, seed=8) / 3])
    notices, health = listen(hum_detector, sound)
    said = [(notice.is_on, notice.at) for notice in notices if notice.about == "moved"]
    assert [is_on for is_on, _ in said] == [True, False]
    assert 80 < said[0][1] <= 120  # within 40 s
    assert said[1][1] > 140
    assert {faults for _, faults in health} == {"", "moved"}
    assert {notice.about for notice in notices} == {"moved"}
    assert "as if the microphone had been moved or its gain turned" in notices[0].text


def test_a_restart_forgets_neither_that_it_is_covered_nor_when_that_is_over(sound):
    levels = Levels.of(sound[:SEGMENT], RATE)
    covered = Covered(is_on=True)
    assert covered.hear(levels, True)
    assert [covered.hear(levels, False) for _ in range(4)] == [False] * 4
    assert not covered.hear(levels, True)
