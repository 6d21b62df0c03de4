"""One machine, learnt from its own normal sound, is a detector like any other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from safetensors.numpy import load_file, save

from mimimi.audio import Waveform
from mimimi.detector.detector import Detector
from mimimi.detector.learning import advice
from mimimi.detector.threshold import conformal, p_value
from mimimi.errors import AudioError, DetectorError, SilentError, UserError
from mimimi.explain.explanation import explain
from mimimi.explain.nearest import nearest
from mimimi.simulate import simulate_clip

NAME, KIND = "Pumpe 3, Halle Süd", "water pump"


def clip(number: int, fault: str | None = None) -> np.ndarray:
    return simulate_clip("pump", "id_52", clip=number, fault=fault, severity=3)


def sources(numbers: range) -> list[tuple[np.ndarray, int]]:
    return [(clip(number), 16_000) for number in numbers]


@pytest.fixture(scope="module")
def learnt() -> Detector:
    return Detector.learn(NAME, sources(range(6)), KIND)


@pytest.fixture(scope="module")
def faulty() -> np.ndarray:
    return clip(900, "clogging")


def test_a_normal_clip_is_normal_and_a_faulty_one_unusual(learnt, faulty) -> None:
    normal = learnt.analyse((clip(901), 16_000))
    unusual = learnt.analyse((faulty, 16_000), NAME)
    assert (normal.is_anomalous, unusual.is_anomalous) == (False, True)
    assert (normal.machine_type, normal.machine_id) == (KIND, NAME)
    assert normal.warning is None
    assert len(normal.windows) == 1


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.3, 0.5, 0.9])
def test_threshold_p_value_and_calibration_scores_agree(learnt, faulty, rate) -> None:
    for sound in (clip(901), clip(902), faulty):
        verdict = learnt.analyse((sound, 16_000), false_alarm_rate=rate)
        scores = verdict.calibration_scores
        assert len(scores) == verdict.calibration_clips == 6
        assert verdict.threshold == conformal(scores, rate).value
        assert verdict.p_value == p_value(scores, verdict.score)
        assert verdict.is_anomalous == (verdict.p_value <= verdict.false_alarm_rate + 1e-9)


def test_a_verdict_is_that_of_memories_which_lack_one_recording_each(learnt) -> None:
    verdict = learnt.analyse((clip(902), 16_000))
    bank, numbers = learnt.ensemble.memory.bank, range(6)
    beaten = []
    for left_out in numbers:
        rest = bank.learn([clip(n) for n in numbers if n != left_out])
        own, new = rest.scores([clip(left_out), clip(902)])
        beaten.append(own < new)
    assert verdict.p_value == pytest.approx((1 + 6 - sum(beaten)) / 7)


def test_it_comes_back_from_a_folder_as_it_was(learnt, faulty, tmp_path: Path) -> None:
    learnt.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path)
    one, other = (of.analyse((faulty, 16_000)) for of in (learnt, loaded))
    assert one.score == pytest.approx(other.score, rel=1e-5)
    assert one.calibration_scores == pytest.approx(other.calibration_scores, rel=1e-5)
    assert loaded.references.entries == learnt.references.entries
    card = (tmp_path / "README.md").read_text()
    assert "memory of normal" in card
    assert NAME in card
    assert "Kim, Ho" not in card


def test_what_is_added_counts_as_if_learnt_at_once(learnt, faulty) -> None:
    later = Detector.learn(NAME, sources(range(4)), KIND).remember(sources(range(2, 6)))
    one, other = (of.analyse((faulty, 16_000)) for of in (learnt, later))
    assert one.score == pytest.approx(other.score, rel=1e-4)
    assert later.config.trained_on == learnt.config.trained_on
    assert later.config.about == learnt.config.about
    assert len(later.references.entries) == 6


def test_recordings_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    files = [tmp_path / day / "1.wav" for day in ("monday", "tuesday", "friday")]
    for file, (sound, rate) in zip(files, sources(range(3)), strict=True):
        file.parent.mkdir()
        soundfile.write(file, sound, rate)
    learnt = Detector.learn(NAME, files[:2], KIND).remember(files[2:])
    called = [entry.name for entry in learnt.references.entries]
    assert called == ["monday - 1.wav", "tuesday - 1.wav", "1.wav"]
    learnt.save_pretrained(tmp_path / "saved")
    assert Detector.from_pretrained(tmp_path / "saved").references.entries[1].name == called[1]


def test_a_recording_heard_twice_counts_once(learnt) -> None:
    doubled = Detector.learn(NAME, sources(range(6)) + sources(range(6)), KIND)
    assert len(doubled.ensemble.memory.bank.recordings) == 6
    assert learnt.remember(sources(range(3))).config == learnt.config


def test_one_minute_in_one_piece_will_do(faulty) -> None:
    minute = np.concatenate([clip(number) for number in range(6)])
    one = Detector.learn(NAME, [(minute, 16_000)], KIND)
    assert one.analyse((faulty, 16_000)).is_anomalous
    assert one.analyse((minute[:400_000], 16_000)).calibration_clips == 6


def test_short_and_long_recordings_are_judged(learnt) -> None:
    short = learnt.analyse((clip(901)[:48_000], 16_000))
    assert "repeated to 10 s" in short.warning
    long = learnt.analyse((np.concatenate([clip(901), clip(902)]), 16_000))
    assert len(long.windows) == 3
    gap = np.concatenate([clip(901), np.zeros(160_000, np.float32), clip(902)])
    gappy = learnt.analyse((gap, 16_000))
    assert "silence" in gappy.warning
    (silence,) = gappy.problems
    assert silence.kind == "digital_silence"
    assert (silence.start, silence.end) == pytest.approx((10.0, 20.0), abs=0.1)
    with pytest.raises(SilentError, match="gap: 10 s of it are silent"):
        learnt.measure(Waveform(gap, "gap", 16_000, 1))


@pytest.mark.parametrize(
    ("recordings", "said"),
    [
        ([], "10 s of normal sound is the least"),
        ([(clip(0)[:150_000], 16_000)], "10 s of normal sound is the least"),
        ([(clip(0), 16_000), (clip(1)[:30_000], 16_000)], "2.05 s is the least"),
    ],
)
def test_too_little_is_refused_in_a_sentence(recordings, said: str) -> None:
    with pytest.raises(AudioError, match=said):
        Detector.learn(NAME, recordings, KIND)


@pytest.mark.parametrize("names", [("../fan", "fan"), ("fan", ""), ("a|b", "fan")])
def test_what_is_no_name_is_refused(names: tuple[str, str]) -> None:
    with pytest.raises(UserError, match="cannot be the name"):
        Detector.learn(names[0], [], names[1])


def test_a_trained_detector_remembers_nothing(small_detector: Detector) -> None:
    with pytest.raises(DetectorError, match="was trained"):
        small_detector.remember(sources(range(1)))


def test_it_is_said_what_another_minute_would_buy() -> None:
    assert "79 times in 100 after 10 s of sound, 95 after 60 s; by chance" in advice(12)
    assert "faint faults" not in advice(59)
    assert "75 times in 100 after 60 s of sound, 77 after 120 s" in advice(60)
    assert advice(600) is None


def test_why_is_said_in_words_and_on_a_map(learnt, faulty) -> None:
    tone = clip(903) + 0.05 * np.sin(2 * np.pi * 3_240 * np.arange(160_000) / 16_000)
    found = explain(learnt, Waveform(tone.astype(np.float32), "tone", 16_000, 1), NAME)
    assert "a tone at 3,240 Hz that was never there" in found.sentence
    low, high = found.region.band
    assert low < 3.24 < high
    usual = explain(learnt, (clip(0), 16_000), NAME)
    assert usual.sentence is None
    assert usual.magnitude.sum() == 0


def test_the_nearest_normal_recording_is_found_by_its_spectrum(learnt, faulty) -> None:
    measured = learnt.measure(Waveform(faulty, "faulty", 16_000, 1))
    assert nearest(learnt, measured, NAME).reference.machine_id == NAME


@pytest.mark.parametrize(
    "harm",
    [
        {"segments": 5},
        {"segments": 2},
        {"segments": 10**9},
        {"segments": "6"},
        {"machines": [f"{KIND} {NAME}", "another"]},
        {"machines": ["another"]},
        {"kind": "mammoth"},
        {"deviation": 0},
    ],
)
def test_configs_of_strangers_are_checked(learnt, tmp_path: Path, harm: dict) -> None:
    learnt.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["members"][0] |= harm
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(DetectorError):
        Detector.from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("recordings", lambda of: of % 2),
        ("recordings", lambda of: of - 3),
        ("lines", lambda of: of + np.float16(60_000)),
        ("peaks", lambda of: of[:, :9].copy()),
        ("level", lambda of: of * np.float16(np.nan)),
    ],
)
def test_arrays_of_strangers_are_checked(learnt, tmp_path: Path, name: str, harm) -> None:

    learnt.save_pretrained(tmp_path)
    arrays = load_file(tmp_path / "model.safetensors")
    arrays[f"member.memory.{name}"] = harm(arrays[f"member.memory.{name}"])
    content = save(arrays)
    (tmp_path / "model.safetensors").write_bytes(content)
    config = json.loads((tmp_path / "config.json").read_text())
    config["weights_sha256"] = hashlib.sha256(content).hexdigest()
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(DetectorError):
        Detector.from_pretrained(tmp_path)
