from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hearing import hear, told

from mimimi.errors import UnknownMachineError, UserError
from mimimi.monitor.alarm import Rule
from mimimi.service import machine as machine_module
from mimimi.service.history.history import History
from mimimi.service.inbox import Placed
from mimimi.service.machine import Machine
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import RecordingFile, Sound

SETTINGS = MachineSettings("press 4", "hum", "-", cool_down=0.0)


@pytest.fixture
def clips():
    return []


@pytest.fixture
def machine(hum_detector, clips):
    def make(past: Past | None = None, **settings) -> Machine:
        def keep(name, at, samples, rate, reason, score):
            clips.append((at, samples, rate, reason, score))
            return "clip.flac"

        told = MachineSettings(**{**SETTINGS.__dict__, **settings})
        return Machine(told, hum_detector, past or Past(), keep, random.Random(0))

    return make


def test_a_fault_is_told_within_40_seconds_and_its_end_too_and_nothing_else(machine, turning):
    report = hear(machine(), turning)
    assert told(report) == [("alarm", True), ("alarm", False)]
    began, ended = report.notices
    assert 1040 < began.at <= 1080
    assert 1030 <= began.since <= 1040
    assert 1080 < ended.at <= 1120
    assert began.details["score"] > began.details["threshold"]
    assert began.details["p_value"] <= began.details["false_alarm_rate"]
    assert "Hz" in began.details["where"]
    assert "press 4 sounds unusual: 5 of the last 6 segments" in began.text


def test_an_alarm_says_how_unusual_it_is_and_what_is_promised_in_plain_words(machine, turning):
    began = hear(machine(), turning).notices[0]
    promised = began.details["false_alarm_rate"]
    assert f"at most 1 in {round(1 / began.details['p_value'])} sounds like" in began.text
    assert f"1 in {int(1 / promised + 1e-9)} is called unusual by mistake" in began.text
    assert began.text.lower().endswith(f"{began.details['where'].lower()}.")
    assert not re.search("p-value|score|threshold", began.text)


def test_every_segment_is_kept_with_all_that_explains_it(machine, turning):
    judged = hear(machine(), turning).judgements
    assert [j.at for j in judged] == [1000.0 + 5 * n for n in range(23)]
    assert [j.new for j in judged] == [10.0] + 22 * [5.0]
    assert all(-25 < j.level < -15 and j.state == "running" and j.rule == "5/6" for j in judged)
    assert {j.alarm for j in judged} == {"off", "on"}
    assert [j.unusual for j in judged][:6] == 6 * [0]


def test_the_clip_holds_the_minute_before_the_alarm(machine, turning, clips):
    (began, _) = hear(machine(), turning).notices
    ((at, samples, rate, reason, score),) = clips
    assert (reason, score) == ("alarm", began.details["score"])
    assert began.details["clip"] == "clip.flac"
    assert at + len(samples) / rate == began.at
    assert len(samples) / rate >= 55
    first = round((at - 1000) * rate)
    same = np.round(turning[first : first + len(samples)] * 32_767).astype(np.int16)
    np.testing.assert_array_equal(samples, same)


def test_a_fair_sample_of_normal_running_is_kept(machine, turning, clips, monkeypatch, hum, rng):
    monkeypatch.setattr(machine_module, "_SAMPLE_EVERY", 10.0)
    off = 1e-3 * rng.standard_normal(60 * 16_000)
    hear(machine(off_below=-50), np.concatenate([turning[: 80 * 16_000], off, hum(60)]))
    samples = [at - 1000 for at, _, _, reason, _ in clips if reason == "sample"]
    assert samples
    for at in samples:  # of the normal seconds only, 40 before the fault and 60 at the end
        assert at <= 60 or at >= 130
    lasts = {len(sound) / rate for _, sound, rate, reason, _ in clips if reason == "sample"}
    assert lasts == {10.0}


def test_a_machine_that_is_off_raises_no_alarm_and_its_running_time_is_known(machine, hum, rng):
    quiet = 1e-3 * rng.standard_normal(40 * 16_000)
    sound = np.concatenate([hum(20), quiet, hum(20, seed=1)])
    report = hear(machine(off_below=-50), sound)
    assert told(report) == []
    states = [j.state for j in report.judgements]
    assert states.count("off") == 7
    assert any(j.is_unusual for j in report.judgements if j.state == "off")
    ran = sum(j.new for j in report.judgements if j.state == "running")
    assert ran == pytest.approx(45, abs=5)
    assert told(hear(machine(), sound))[:1] == [("alarm", True)]  # nobody said when it is off


@pytest.mark.parametrize(
    ("about", "spoil"),
    [
        ("silent", lambda sound: np.zeros_like(sound)),
        ("clipped", lambda sound: np.clip(6 * sound, -0.5, 0.5)),
        ("offset", lambda sound: sound + 0.3),
    ],
)
def test_a_microphone_that_fails_is_told_and_that_it_is_well_again(machine, hum, about, spoil):
    sound = np.concatenate([hum(30), spoil(hum(40, seed=1)), hum(40, seed=2)])
    report = hear(machine(alarm=Rule(20, 20)), sound)
    assert (about, True) in told(report)
    assert (about, False) in told(report)
    began = next(notice for notice in report.notices if notice.about == about)
    assert 1030 < began.at <= 1055


def test_a_missing_band_is_told(machine, hum):
    from scipy.signal import resample_poly

    dull = resample_poly(resample_poly(hum(30), 1, 4), 4, 1)
    assert ("missing_band", True) in told(hear(machine(), dull))


def test_lost_sound_is_kept_as_a_gap_and_time_goes_on(machine, hum):
    listening = machine()
    hear(listening, hum(20))
    report = hear(listening, hum(20, seed=1), first=30 * 16_000)
    gap, *judged = report.judgements
    assert (gap.at, gap.seconds, gap.score) == (1020.0, 10.0, None)
    assert "10.0 s were lost" in gap.error
    assert [j.at for j in judged] == [1030.0, 1035.0, 1040.0]


def test_a_restart_in_the_midst_changes_nothing(machine, turning, tmp_path):
    whole = hear(machine(), turning)
    for cut in (57, 77):  # just before the alarm, and amid
        history = History(f"sqlite:///{tmp_path}/{cut}.sqlite")
        first = hear(machine(), turning[: cut * 16_000])
        history.add("press 4", first)
        # What was heard since the last whole segment is heard again: the microphone is steady.
        again = round(first.judgements[-1].at + 5 - 1000)
        rest = turning[again * 16_000 :]
        second = hear(machine(history.past("press 4", 6)), rest, first=again * 16_000)
        assert told(first) + told(second) == told(whole), cut
        both = [*first.judgements, *second.judgements]
        assert [j.alarm for j in both] == [j.alarm for j in whole.judgements], cut
        assert [j.unusual for j in both] == [j.unusual for j in whole.judgements], cut
        history.close()


def test_what_flickers_is_held_back_and_what_lasts_is_told(machine, hum):
    parts = [hum(20, hertz=600.0 if n % 2 else 440.0, seed=n) for n in range(4)]
    flickering = np.concatenate([*parts, hum(20), hum(60, hertz=600.0, seed=9)])
    often = hear(machine(alarm=Rule(2, 2)), flickering)
    seldom = hear(machine(alarm=Rule(2, 2), cool_down=1.0), flickering)
    assert told(often).count(("alarm", True)) == 3
    assert told(seldom).count(("alarm", True)) == 2
    assert "held back" in {j.alarm for j in seldom.judgements}


def test_a_recording_is_judged_in_the_time_in_which_it_was_made(machine, turning, drop):
    path = drop(turning, 120.0)
    found = path.stat()
    report = machine(alarm=Rule(3, 4)).judge(RecordingFile(path, found.st_size, found.st_mtime))
    assert report.recording
    assert told(report) == [("alarm", True), ("alarm", False)]
    assert [j.at - found.st_mtime for j in report.judgements] == [
        -120.0 + 10 * n for n in range(12)
    ]


def test_a_recording_that_is_clipped_is_told_at_any_rate(machine, hum, tmp_path):
    from scipy.signal import resample_poly

    path = tmp_path / "loud.wav"
    soundfile.write(path, np.clip(6 * resample_poly(hum(40), 3, 1), -0.5, 0.5), 48_000)
    report = machine(alarm=Rule(20, 20)).judge(RecordingFile(path, 1, 1000.0))
    assert told(report) == [("clipped", True)]
    assert [j.health for j in report.judgements] == 4 * ["clipped"]


def test_a_recording_that_is_none_is_judged_all_the_same(machine, tmp_path: Path):
    path = tmp_path / "bad.wav"
    path.write_bytes(b"this is no sound")
    report = machine().judge(RecordingFile(path, 16, 1000.0))
    assert report.recording
    (judged,) = report.judgements
    assert "not a sound file" in judged.error


def test_samples_that_are_no_numbers_harm_nothing(machine, hum):
    sound = hum(20)
    sound[1000] = np.nan
    sound[2000] = np.inf
    listening = machine()
    report = listening.hear(Placed(Sound(sound, 16_000, 0), 0.0))
    assert len(report.judgements) == 3
    assert all(j.score is not None for j in report.judgements)


def test_a_stream_at_another_rate_is_heard(machine, hum):
    from scipy.signal import resample_poly

    report = hear(machine(), resample_poly(hum(32), 3, 1), rate=48_000)
    judged = report.judgements[:4]
    assert [j.at for j in judged] == [1000.0, 1005.0, 1010.0, 1015.0]
    level = hear(machine(), hum(10)).judgements[0].level
    assert [j.level for j in judged] == pytest.approx(4 * [level], abs=0.3)
    assert max(j.score for j in judged) < 10  # a fault has 50


def test_a_machine_must_be_known(hum_detector, untouched_detector):
    with pytest.raises(UserError, match="several machines"):
        Machine(SETTINGS, untouched_detector, Past(), lambda *_: None)
    unknown = MachineSettings("press 4", "hum", "-", machine_id="id_99")
    with pytest.raises(UnknownMachineError):
        Machine(unknown, hum_detector, Past(), lambda *_: None)


def test_an_alarm_that_was_held_back_until_a_gap_has_no_clip_rather_than_an_empty_one(
    machine, clips, hum
):
    faulty = hum(10, hertz=600.0, seed=110)
    listened = machine(alarm=Rule(1, 2), cool_down=1.0)
    first = hear(listened, np.concatenate([hum(10, seed=111), faulty, hum(20, seed=112), faulty]))
    after = hear(listened, hum(10, seed=113), first=150 * 16_000)
    assert told(first) == [("alarm", True), ("alarm", False)]
    assert told(after)[0] == ("alarm", True)
    assert after.notices[0].details["clip"] is None
    assert all(len(samples) for _, samples, *_ in clips)
