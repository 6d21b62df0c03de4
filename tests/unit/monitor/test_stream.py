from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.cli import main
from mimimi.data.find import find
from mimimi.errors import AudioError, UnknownMachineError
from mimimi.monitor.stream import find_machine, watch, watch_all


@pytest.fixture
def write(tmp_path):
    def make(name: str, *parts: np.ndarray, rate: int = 16_000):
        path = tmp_path / name
        soundfile.write(path, np.concatenate(parts), rate)
        return path

    return make


def damaged_in_the_middle(folder: Path, sound: np.ndarray, rate: int, kind: str) -> Path:
    path = folder / "day"
    soundfile.write(path, sound, rate, format=kind)
    file = bytearray(path.read_bytes())
    half = len(file) // 2
    file[half : half + 3_000] = bytes(3_000)
    path.write_bytes(file)
    return path


def test_segments_lie_side_by_side_and_the_last_ends_with_the_recording(small_detector, hum, write):
    segments = list(watch(small_detector, write("a.wav", hum(seconds=33.0)), "id_00"))
    assert [segment.start for segment in segments] == [0.0, 10.0, 20.0, 23.0]
    assert segments[-1].end == 33.0
    assert {segment.file.rsplit("/", 1)[-1] for segment in segments} == {"a.wav"}


def test_a_segment_is_judged_as_a_clip_of_its_own(small_detector, hum, write):
    sound = np.round(hum(seconds=20.0) * 20_000).astype(np.int16)
    segments = list(watch(small_detector, write("a.wav", sound), "id_00", false_alarm_rate=0.3))
    for segment, clip in zip(segments, np.split(sound, 2), strict=True):
        verdict = small_detector.analyse((clip, 16_000), "id_00", false_alarm_rate=0.3)
        assert segment.score == pytest.approx(verdict.score, abs=1e-5)
        assert (segment.is_anomalous, segment.p_value) == (verdict.is_anomalous, verdict.p_value)


def test_whoever_asks_is_given_the_samples_of_each_segment(small_detector, hum, write):
    sound = np.round(hum(seconds=25.0) * 20_000).astype(np.int16)
    heard: list[np.ndarray] = []
    segments = list(watch(small_detector, write("a.wav", sound), "id_00", hear=heard.append))
    for segment, samples in zip(segments, heard, strict=True):
        first = round(segment.start * 16_000)
        same = sound[first : first + len(samples)] / 32_768
        np.testing.assert_allclose(samples, same, atol=1e-6)


def test_a_short_recording_is_one_segment(small_detector, hum, write):
    (segment,) = watch(small_detector, write("a.wav", hum(seconds=4.0)), "id_00")
    assert segment.end == 4.0
    assert segment.score is not None


def test_a_silent_stretch_is_a_moment_without_a_score(small_detector, hum, write):
    sound = write("a.wav", hum(), np.zeros(160_000, np.float32), hum())
    segments = list(watch(small_detector, sound, "id_00"))
    assert [segment.score is None for segment in segments] == [False, True, False]
    assert "silent" in segments[1].error
    assert not segments[1].is_anomalous


def test_a_file_cut_off_is_judged_as_far_as_it_goes(small_detector, hum, write):
    path = write("a.wav", hum(seconds=30.0))
    path.write_bytes(path.read_bytes()[:-160_000])  # 5 s
    *segments, last = watch(small_detector, path, "id_00")
    assert segments[-1].end == pytest.approx(25.0, abs=0.01)
    assert "only its first 25.0 s" in last.error


def test_a_folder_of_clips_is_one_day_and_a_bad_file_is_one_moment(small_detector, hum, write):
    write("02.wav", hum(seconds=10.0))
    write("01.wav", hum(seconds=12.0))
    bad = write("03.wav", hum(seconds=10.0))
    bad.write_bytes(b"this is no sound")
    last = write("04.wav", hum(seconds=10.0))
    (bad.parent / "notes.txt").write_text("not a recording")
    files = [(file, Path(file)) for file in find([bad.parent]).files]
    segments = list(watch_all(small_detector, files, "id_00"))
    assert [segment.start for segment in segments] == [0.0, 2.0, 12.0, 22.0, 22.0]
    assert "not a sound file" in segments[3].error
    assert segments[4].file == str(last)


def test_what_cannot_be_judged_at_all_is_refused(small_detector, hum, write, tmp_path, capsys):
    with pytest.raises(AudioError, match="too short"):
        list(watch(small_detector, write("a.wav", hum(seconds=1.0)), "id_00"))
    with pytest.raises(AudioError, match="no such file"):
        list(watch(small_detector, tmp_path / "gone.wav", "id_00"))
    with pytest.raises(UnknownMachineError):
        list(watch(small_detector, write("b.wav", hum()), "id_99"))
    (tmp_path / "empty").mkdir()
    assert main(["watch", "fan", str(tmp_path / "empty")]) == 2
    assert "no recordings" in capsys.readouterr().err


def test_the_machine_is_the_one_the_beginning_sounds_like(small_detector, hum, write):
    path = write("a.wav", hum(seconds=20.0))
    inferred = small_detector.analyse((hum(seconds=20.0), 16_000)).machine_id
    assert find_machine(small_detector, path) == inferred


def test_samples_that_are_no_numbers_are_named_with_their_time_and_the_rest_is_heard(
    small_detector, hum, tmp_path
):
    sound = hum(seconds=60.0)
    soundfile.write(tmp_path / "whole.wav", sound, 16_000, subtype="FLOAT")
    sound[round(32.5 * 16_000)] = np.nan
    soundfile.write(tmp_path / "bad.wav", sound, 16_000, subtype="FLOAT")
    segments = list(watch(small_detector, tmp_path / "bad.wav", "id_00"))
    (bad,) = [segment for segment in segments if segment.error]
    assert "no numbers at 32.5 s" in bad.error
    assert bad.start == 32.5
    heard = [segment for segment in segments if not segment.error]
    whole = list(watch(small_detector, tmp_path / "whole.wav", "id_00"))
    assert [m.start for m in heard] == [m.start for m in whole]
    assert [m.score for m in heard] == pytest.approx([m.score for m in whole], abs=1e-3)


def test_a_damaged_place_is_named_with_its_time_and_the_rest_is_heard(
    small_detector, hum, tmp_path
):
    path = damaged_in_the_middle(tmp_path, hum(seconds=100.0), 16_000, "FLAC")
    segments = list(watch(small_detector, path, "id_00"))
    (damaged,) = [segment for segment in segments if segment.error]
    assert "cannot be read from" in damaged.error
    assert 49.0 < damaged.start < damaged.end < 51.0
    heard = [segment.start for segment in segments if segment.score is not None]
    assert heard == [10.0 * n for n in range(10)]


def test_a_day_that_was_not_heard_whole_never_ends_well(small_detector, hum, tmp_path, capsys):
    small_detector.save_pretrained(tmp_path / "detector")
    whole = tmp_path / "whole.wav"
    soundfile.write(whole, hum(seconds=30.0), 16_000, subtype="FLOAT")
    heard = ["watch", "--machine-id", "id_00", str(tmp_path / "detector"), str(whole)]
    assert main(heard) in (0, 1)
    assert main([*heard, str(tmp_path / "gone.wav")]) == 2
    assert "0:00:30" in capsys.readouterr().err
    sound = hum(seconds=30.0)
    sound[16_000] = np.nan
    soundfile.write(whole, sound, 16_000, subtype="FLOAT")
    assert main(heard) == 2
    assert "no numbers at 1.0 s" in capsys.readouterr().err


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_a_stretch_that_is_too_quiet_is_named_when_it_is_heard(small_detector, hum, write, rate):
    quiet = 0.3 * 2.0**-15 * hum(rate=rate) / hum(rate=rate).std()
    path = write("a.wav", hum(rate=rate), quiet, hum(rate=rate), rate=rate)
    segments = list(watch(small_detector, path, "id_00"))
    assert [segment.score is None for segment in segments] == [False, True, False]
    assert "silent" in segments[1].error or "too quiet" in segments[1].error
    assert segments[1].start == 10.0


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_a_recording_that_is_too_quiet_is_named_from_its_beginning(
    small_detector, hum, write, rate
):
    sound = hum(30.0, rate=rate)
    segments = list(
        watch(small_detector, write("a.wav", 2.0**-16 * sound / sound.std(), rate=rate), "id_00")
    )
    assert [segment.start for segment in segments] == [0.0, 10.0, 20.0]
    assert all("too quiet to be judged" in segment.error for segment in segments)


def test_times_of_problems_are_those_of_the_recording(small_detector, hum, write):
    silence = np.zeros(3 * 16_000, np.float32)
    path = write("a.wav", hum(14.0), silence, hum(13.0))
    segments = list(watch(small_detector, path, "id_00"))
    problems = [problem for segment in segments for problem in segment.problems]
    assert [problem.text for problem in problems] == [
        "digital silence from 14.0 to 17.0 s: left out"
    ]


def test_what_is_wrong_with_all_of_a_recording_is_said_once(small_detector, hum, tmp_path, capsys):
    small_detector.save_pretrained(tmp_path / "detector")
    both = np.stack([np.zeros(240_000), hum(30.0, rate=8_000)], axis=1)
    soundfile.write(tmp_path / "a.wav", both, 8_000)
    heard = ["watch", "--machine-id", "id_00", str(tmp_path / "detector"), str(tmp_path / "a.wav")]
    assert main(heard) in (0, 1)
    said = capsys.readouterr().err
    assert said.count("channel 0 (left) is dead: channel 1 (right) was taken") == 1
    assert said.count("recorded at 8 kHz: nothing above 4 kHz in it") == 1


def test_what_is_wrong_with_a_segment_is_said_with_it(small_detector, hum, write):
    (first, second) = watch(small_detector, write("a.wav", hum(), hum() + 0.5), "id_00")
    assert first.warning is None
    assert "constant offset" in second.warning


@pytest.mark.parametrize("kind", ["FLAC", "MP3"])
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_sound_goes_on_after_a_damaged_place_and_is_not_called_cut_off(
    small_detector, hum, tmp_path, kind, rate
):
    path = damaged_in_the_middle(tmp_path, hum(60.0, rate=rate), rate, kind)
    segments = list(watch(small_detector, path, "id_00"))
    (damaged,) = [segment for segment in segments if segment.error]
    assert "cannot be read" in damaged.error
    assert damaged.start == pytest.approx(30.0, abs=0.5)
    heard = [segment.end for segment in segments if segment.score is not None]
    assert heard[-1] == pytest.approx(60.0, abs=1.5)


def test_a_stretch_that_was_not_heard_is_named_once(small_detector, hum, tmp_path):
    sound = hum(60.0, rate=48_000)
    sound[31 * 48_000 : 33 * 48_000] = np.nan
    soundfile.write(tmp_path / "a.wav", sound, 48_000, subtype="FLOAT")
    segments = list(watch(small_detector, tmp_path / "a.wav", "id_00"))
    (bad,) = [segment for segment in segments if segment.error]
    assert "no numbers from 31.0 to 33.0 s: skipped" in bad.error
    assert not [problem for segment in segments for problem in segment.problems]


def test_the_machine_is_found_though_the_first_recording_is_bad(
    small_detector, hum, write, tmp_path, capsys
):
    small_detector.save_pretrained(tmp_path / "detector")
    silent = write("01.wav", np.zeros(160_000))
    write("02.wav", hum())
    silent.with_name("00.wav").touch()
    detector, *files = (tmp_path / name for name in ("detector", "00.wav", "01.wav", "02.wav"))
    assert main(["watch", str(detector), *map(str, files)]) == 2
    said = capsys.readouterr().err
    assert "machine inferred" in said
    assert "1 of 1 segments" in said or "0 of 1 segments" in said
    assert main(["watch", str(detector), *map(str, files[:2])]) == 2
    assert "00.wav: the file is empty" in capsys.readouterr().err
