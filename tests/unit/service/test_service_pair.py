"""A machine that is heard with a second microphone, in the hall."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from hall import beside_and_away
from hearing import hear, told

from mimimi.audio import SIDE_BY_SIDE, Pair
from mimimi.detector.detector import Detector
from mimimi.errors import UserError
from mimimi.monitor.alarm import Rule
from mimimi.service.machine import Machine
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import RecordingFile

SETTINGS = MachineSettings("press 4", "hum", "-", cool_down=0.0)


@pytest.fixture
def clips():
    return []


@pytest.fixture(scope="module")
def of_two(hum) -> Detector:
    """It was learnt with a second microphone."""
    clips = [(beside_and_away(hum(seed=seed), seed), 16_000) for seed in range(20)]
    return Detector.learn("hum", clips, channel=Pair(near=0, far=1))


def test_two_microphones_are_judged_as_one_without_the_hall(of_two, turning, hum, clips):
    def keep(name, at, samples, rate, reason, score):
        clips.append(samples)

    listened = Machine(SETTINGS, of_two, Past(), keep, random.Random(0))
    assert listened.channel == Pair(near=0, far=1)
    report = hear(listened, 0.3 * beside_and_away(turning, 9, loud=1.0))
    assert told(report) == [("alarm", True), ("alarm", False)]
    assert clips[0].shape[1] == 2  # both, as they came, so that it can be judged again
    loud = 0.3 * beside_and_away(hum(60, seed=200), 10, loud=4.0)
    heard = [hear(Machine(SETTINGS, of_two, Past(), keep), s) for s in (loud, loud * [1, 0])]
    levels = [float(np.mean([j.level for j in report.judgements])) for report in heard]
    assert levels[0] < levels[1] - 6  # the level is the machine's, not the hall's
    told_of_it = [("reference_silent", True) in told(report) for report in heard]
    assert told_of_it == [False, True]  # of the second microphone, where it is dead


def test_a_dead_second_microphone_is_told_in_a_folder_too(of_two, hum, tmp_path):
    listened = Machine(SETTINGS, of_two, Past(), lambda *_: None)
    both = 0.3 * beside_and_away(hum(40, seed=201), 11)
    said = []
    for number, sound in enumerate((both, both * [1, 0])):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, sound, 16_000, subtype="PCM_16")
        report = listened.judge(RecordingFile(path, path.stat().st_size, 1000.0 + 60 * number))
        said.append({fault for j in report.judgements for fault in j.health.split()})
    assert said == [set(), {"reference_silent"}]


def test_of_a_folder_too_both_microphones_are_kept_as_they_were_recorded(
    of_two, turning, clips, tmp_path
):
    def keep(name, at, samples, rate, reason, score):
        clips.append((at, samples, rate, reason))

    settings = MachineSettings("press 4", "hum", "-", alarm=Rule(2, 2))
    listened = Machine(settings, of_two, Past(), keep, random.Random(0))
    sound = np.round(0.3 * beside_and_away(turning[: 80 * 16_000], 9) * 32_767).astype(np.int16)
    path = tmp_path / "day.wav"
    soundfile.write(path, sound, 16_000)
    (began,) = listened.judge(RecordingFile(path, path.stat().st_size, 1080.0)).notices
    at, samples, rate, reason = clips[-1]
    assert (reason, rate, at) == ("alarm", 16_000, 1000.0)
    assert at + len(samples) / rate == began.at
    np.testing.assert_array_equal(np.round(samples * 32_768), sound[: len(samples)])
    again = of_two.analyse((samples[-160_000:], rate), channel=SIDE_BY_SIDE)
    assert again.is_anomalous


def test_other_microphones_than_a_detector_was_made_with_are_refused(hum_detector, of_two):
    of_one = Machine(SETTINGS, hum_detector, Past(), lambda *_: None)
    with pytest.raises(UserError, match="made without a second microphone"):
        Machine(replace(SETTINGS, reference_channel=1), hum_detector, Past(), lambda *_: None)
    with pytest.raises(UserError, match="learnt anew with other microphones"):
        of_one.use(of_two)
