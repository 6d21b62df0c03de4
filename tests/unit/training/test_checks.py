"""Mistakes made on purpose, one at a time, must be found and told what to do about."""

from collections import Counter

import numpy as np
import pytest
import soundfile

from mimimi.data.index import Recording
from mimimi.deployment import Limits
from mimimi.training.checks import assess, check
from mimimi.training.machine_check import RecordingCheck


@pytest.fixture
def clips(tmp_path, hum):
    """Two machines with recordings enough; each test spoils them in its own way."""
    made = []
    for number, machine in enumerate(("north", "south")):
        for k in range(3):
            path = tmp_path / f"{machine} {k}.wav"
            soundfile.write(path, hum(3.0, hertz=200 + 90 * number, seed=10 * number + k), 16_000)
            made.append(Recording(path, "fan", machine, "normal", "train", "mine"))
    return made


def rows(checked):
    return {machine.machine_id: machine for machine in checked.machines}


def texts(checked, blocks):
    return [finding.text for finding in checked.findings if finding.blocks == blocks]


def test_clips_minutes_and_rates_are_counted(clips):
    calls = []
    checked = check(clips, on_clip=lambda done, total: calls.append((done, total)))
    north = rows(checked)["north"]
    assert (north.clips, north.rates, north.silent, north.duplicates) == (3, (16_000,), 0, 0)
    assert north.minutes == pytest.approx(3 * 3.0 / 60)
    assert calls == [(n, 6) for n in range(1, 7)]
    assert checked.ready
    assert any("north, south: less than 2 minutes" in text for text in texts(checked, blocks=False))


def test_silence_noise_files_and_short_ones_are_left_out_and_told_apart(clips, hum):
    soundfile.write(clips[0].path, np.zeros(48_000), 16_000)
    clips[1].path.write_text("no sound")
    soundfile.write(clips[2].path, hum(1.0), 16_000)
    checked = check(clips)
    north = rows(checked)["north"]
    assert (north.clips, north.silent, north.unreadable) == (0, 1, 2)
    assert not checked.ready
    assert "record again" in texts(checked, blocks=True)[0]


def test_clipping_is_a_warning(clips, hum):
    soundfile.write(clips[0].path, np.clip(20 * hum(3.0), -1, 1), 16_000)
    checked = check(clips)
    assert rows(checked)["north"].clipped == 1
    assert checked.ready
    assert any("less gain" in text for text in texts(checked, blocks=False))


def test_a_copy_is_counted_and_a_sound_of_two_machines_blocks(clips):
    clips[1].path.write_bytes(clips[0].path.read_bytes())
    assert rows(check(clips))["north"].duplicates == 1
    assert check(clips).ready
    clips[3].path.write_bytes(clips[0].path.read_bytes())
    [text] = texts(check(clips), blocks=True)
    assert "north (north 0.wav) and south (south 0.wav)" in text


def test_a_single_machine_is_told_what_stands_beside_it_and_under_which_licence(clips):
    checked = check(clips[:3])
    assert len(checked.machines) == 1
    assert checked.ready
    [text] = [text for text in texts(checked, blocks=False) if text.startswith("There is only")]
    assert "MIMII's sixteen machines" in text
    assert "CC BY-SA 4.0" in text


def test_a_machine_recorded_at_a_lower_rate_is_told_by_that(clips, hum):
    soundfile.write(clips[0].path, hum(3.0, rate=8_000), 8_000)
    [text] = [t for t in texts(check(clips), blocks=False) if "kHz" in t]
    assert "nothing above 4 kHz, others do" in text


def test_rates_above_what_is_used_are_alike():
    checked = [
        RecordingCheck("a", "1", "x", 900, 44_100),
        RecordingCheck("b", "2", "y", 900, 48_000),
    ]
    assert not any(
        "kHz" in finding.text for finding in assess(checked, Counter(), Limits()).findings
    )


def test_limits_block():
    checked = [RecordingCheck(m, f"{k}", f"{m}{k}", 60, 16_000) for m in "ab" for k in range(5)]
    assert assess(checked, Counter(), Limits(minutes=10, clips=10)).ready
    for limits in (Limits(minutes=9), Limits(clips=9)):
        [text] = texts(assess(checked, Counter(), limits), blocks=True)
        assert "9 at most" in text


def test_the_calibration_set_is_assessed():
    checked = [RecordingCheck(m, f"{k}", f"{m}{k}", 60, 16_000) for m in "abc" for k in range(5)]
    said = texts(assess(checked, Counter(a=19, b=3), Limits()), blocks=False)
    assert [text[:2] for text in said] == ["b:", "c:"]
    assert "shares one" in said[0]
    assert "promise too much" in said[1]


def test_a_dead_channel_is_a_warning(clips, hum):
    for channel in (0, 1):
        both = np.stack([hum(3.0), hum(3.0)], axis=1)
        both[:, channel] = 0
        soundfile.write(clips[channel].path, both, 16_000)
    checked = check(clips)
    assert (rows(checked)["north"].clips, rows(checked)["north"].dead_channels) == (3, 2)
    assert checked.ready
    assert any(text.startswith("north: in recordings of several") for text in texts(checked, False))
