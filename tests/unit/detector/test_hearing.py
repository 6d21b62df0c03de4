"""A detector that was made with a second microphone hears with it ever after."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hall import beside_and_away

from mimimi import Detector, audio
from mimimi.errors import AudioError, DetectorError, UserError
from mimimi.simulate import simulate_clip

PAIR = audio.Pair(near=0, far=1)


def heard(clip: int, fault: str | None = None) -> tuple[np.ndarray, int]:
    machine = simulate_clip("pump", "id_52", clip=clip, fault=fault, severity=3)
    return beside_and_away(machine, seed=clip, loud=2.0), 16_000


@pytest.fixture(scope="module")
def learnt() -> Detector:
    return Detector.learn("pump 2", [heard(clip) for clip in range(5)], "pump", channel=PAIR)


@pytest.fixture(scope="module")
def alone() -> Detector:
    return Detector.learn("pump 3", [heard(clip) for clip in range(3)], "pump")


def test_it_hears_by_itself_the_channels_it_was_learnt_with(learnt):
    assert learnt.channel() == PAIR
    verdict = learnt.analyse(heard(7), name="clip")
    cleaned = audio.read(heard(7), channel=PAIR, name="clip")
    assert verdict == learnt.judge(learnt.measure(cleaned))


def test_a_fault_is_heard_under_a_hall_that_is_twice_as_loud(learnt):
    normal, faulty = heard(7), heard(900, "clogging")
    assert learnt.analyse(faulty).is_anomalous
    assert not learnt.analyse(normal).is_anomalous


def test_other_channels_may_be_named(learnt):
    sound, rate = heard(7)
    swapped = learnt.analyse((sound[:, ::-1], rate), channel=audio.Pair(near=1, far=0))
    assert swapped == learnt.analyse((sound, rate))
    assert learnt.channel(3) == audio.Pair(3, 1)
    assert learnt.channel(reference=4) == audio.Pair(0, 4)


TOLD = {
    "remember": lambda detector, sound: detector.remember([sound]),
    "adapt": lambda detector, sound: detector.adapt([sound]),
    "was normal": lambda detector, sound: detector.was_normal(sound),
    "was fault": lambda detector, sound: detector.was_fault(sound, "bearing"),
}


@pytest.mark.parametrize("tell", [*TOLD.values(), Detector.analyse], ids=[*TOLD, "analyse"])
def test_a_recording_of_one_microphone_is_refused_in_a_sentence(learnt, tell):
    sound, rate = heard(7)
    with pytest.raises(AudioError, match="has one channel, and the second microphone"):
        tell(learnt, (sound[:, 0], rate))


@pytest.mark.parametrize("tell", [*TOLD.values(), Detector.measure], ids=[*TOLD, "measure"])
def test_sound_that_was_read_without_the_second_is_refused(learnt, tell):
    with pytest.raises(AudioError, match="with which pump 2 was learnt: record both microphones"):
        tell(learnt, audio.read(heard(7)))


def test_what_it_is_told_is_cleaned_too(learnt):
    for told in (
        learnt.remember([heard(20)]),
        learnt.adapt([heard(clip) for clip in (20, 21)]),
        learnt.was_normal(heard(20)),
        learnt.was_fault(heard(900, "clogging"), "clogging"),
        learnt.remember([heard(20)]).undo(),
        learnt.renamed("pump 4"),
    ):
        assert told.config.channels == PAIR
    told = learnt.was_fault(heard(900, "clogging"), "clogging")
    assert str(told.analyse(heard(901, "clogging")).like).startswith("clogging")


def test_recordings_with_and_without_are_not_learnt_together():
    read = [audio.read(heard(1), channel=PAIR), audio.read(heard(2), name="tuesday.wav")]
    with pytest.raises(AudioError, match=r"tuesday.wav: has no second microphone, and others have"):
        Detector.learn("pump 2", read)


def test_one_that_was_made_without_refuses_a_second_microphone(alone):
    with pytest.raises(UserError, match="made without a second microphone; judge without one"):
        alone.analyse(heard(7), channel=PAIR)
    with pytest.raises(UserError, match="made without a second microphone"):
        alone.remember([heard(7)], channel=PAIR)
    with pytest.raises(AudioError, match="was cleaned by a second microphone, and pump 3 was"):
        alone.measure(audio.read(heard(7), channel=PAIR))
    with pytest.raises(AudioError, match="was cleaned by a second microphone"):
        alone.was_normal(audio.read(heard(7), channel=PAIR))


def test_it_is_saved_and_read_again(learnt, tmp_path):
    learnt.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["channels"] == {"near": 0, "far": 1}
    again = Detector.from_pretrained(tmp_path)
    assert again.channel() == PAIR
    assert again.analyse(heard(7)) == learnt.analyse(heard(7))
    assert "second microphone" in (tmp_path / "README.md").read_text()


def test_one_of_an_earlier_format_heard_one_microphone(alone, tmp_path):
    alone.save_pretrained(tmp_path)
    file = tmp_path / "config.json"
    config = json.loads(file.read_text())
    del config["channels"]
    file.write_text(json.dumps(config | {"format": 4}))
    assert Detector.from_pretrained(tmp_path).config.channels is None


@pytest.mark.parametrize(
    "channels", [{}, [], 1, {"near": 0}, {"near": 1, "far": 1}, {"near": 0, "far": -1},
                 {"near": 0, "far": True}, {"near": 0, "far": 1e9}],
)  # fmt: skip
def test_channels_that_cannot_be_are_refused(learnt, tmp_path, channels):
    learnt.save_pretrained(tmp_path)
    file = tmp_path / "config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps(config | {"channels": channels}))
    with pytest.raises(DetectorError, match="is damaged"):
        Detector.from_pretrained(tmp_path)


def test_today_channels_must_be_there(learnt, tmp_path):
    learnt.save_pretrained(tmp_path)
    file = tmp_path / "config.json"
    config = json.loads(file.read_text())
    del config["channels"]
    file.write_text(json.dumps(config))
    with pytest.raises(DetectorError, match="is damaged"):
        Detector.from_pretrained(tmp_path)
