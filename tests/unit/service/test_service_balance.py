"""A microphone that is covered: told from all else that changes at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from mimimi.service.balance import Balance, Covered
from mimimi.service.inbox import Placed
from mimimi.service.machine import Machine
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import Sound

RATE, SEGMENT, HOP = 16_000, 160_000, 80_000  # Hz, samples


def cloth(sound: np.ndarray, decibels: float = 12.0) -> np.ndarray:
    """What comes through it: high frequencies softer, from 1 kHz up."""
    corner = 2 * np.pi * 1000
    b, a = signal.bilinear([10 ** (-decibels / 20), corner], [1, corner], RATE)
    return signal.lfilter(b, a, sound).astype(np.float32)


def told(sound: np.ndarray, is_unusual: bool = True) -> bool:
    """Whether it is ever told that the microphone is covered."""
    covered, found = Covered(), False
    for first in range(0, len(sound) - SEGMENT + 1, HOP):
        heard = Balance.of(sound[first : first + SEGMENT], RATE)
        found |= covered.hear(heard, is_unusual)
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


def test_of_a_source_without_high_frequencies_nothing_is_said():
    assert Balance.of(np.ones(SEGMENT, np.float32), 4_000) is None
    assert Balance.of(np.ones(100, np.float32), RATE) is None


def test_it_is_told_once_and_that_it_is_over_once_it_sounds_normal_again(hum_detector, hum):
    machine = Machine(MachineSettings("press 4", "hum", "-"), hum_detector, Past(), lambda *_: None)
    well = hum(80, seed=7)
    sound = np.concatenate([well, cloth(hum(80, seed=8), 20.0), well])
    pcm = np.round(sound * 32_767).astype(np.int16)
    notices, health = [], []
    for first in range(0, len(pcm), 4_000):
        report = machine.hear(Placed(Sound(pcm[first : first + 4_000], RATE, first), 0.0))
        notices += report.notices
        health += [(judged.at, judged.health) for judged in report.judgements]
    said = [(notice.is_on, notice.at) for notice in notices if notice.about == "covered"]
    assert [is_on for is_on, _ in said] == [True, False]
    assert 80 < said[0][1] <= 120  # within 40 s
    assert 160 < said[1][1] <= 200
    assert {at for at, faults in health if faults == "covered"} <= set(np.arange(80, 160, 5.0))
    [text] = [notice.text for notice in notices if notice.about == "covered" and notice.is_on]
    assert "as if the microphone had been covered" in text


def test_a_restart_forgets_neither_that_it_is_covered_nor_when_that_is_over(sound):
    heard = Balance.of(sound[:SEGMENT], RATE)
    covered = Covered(is_on=True)
    assert covered.hear(heard, True)
    assert [covered.hear(heard, False) for _ in range(4)] == [False] * 4
    assert not covered.hear(heard, True)
