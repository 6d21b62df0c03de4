"""What cannot be trained on is out before anything is set aside."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.config import TrainingConfig
from mimimi.data.index import Recording
from mimimi.errors import UserError
from mimimi.training.split import train_validation_split
from mimimi.training.usable import usable


def write(folder: Path, machine: str, seconds: list[float], hum) -> list[Recording]:
    made = []
    for k, length in enumerate(seconds):
        path = folder / f"{machine} {k}.wav"
        soundfile.write(path, hum(length, seed=k), 16_000)
        made.append(Recording(path, "fan", machine, "normal", "train", "mine"))
    return made


@pytest.mark.parametrize("short", range(5))
def test_whichever_is_too_short_something_is_left_to_validate_by(short, tmp_path, hum):
    lengths = [3.0] * 5
    lengths[short] = 1.0
    clips = [c for machine in ("a", "b") for c in write(tmp_path, machine, lengths, hum)]
    said: list[str] = []
    split = train_validation_split(
        usable(clips, ["fan"], tmp_path / "decoded", said.append), TrainingConfig()
    )
    assert {r.machine_id for r in split.validation} == {"a", "b"}
    assert len(split.training) + len(split.validation) == 8
    assert len(said) == 2
    assert all("too short" in line for line in said)


def test_a_machine_without_a_usable_recording_is_refused_by_name(tmp_path, hum):
    clips = [*write(tmp_path, "a", [3.0, 3.0], hum), *write(tmp_path, "pump 3", [1.0, 1.5], hum)]
    with pytest.raises(UserError, match=r"None of the recordings of fan pump 3 .*1\.00 s is too"):
        usable(clips, ["fan"], tmp_path / "decoded", lambda line: None)
    left = usable(clips, ["pump"], tmp_path / "decoded", lambda line: None)
    assert {r.machine_id for r in left} == {"a"}  # which the checks of a pump did not look at


def test_what_is_not_trained_on_is_not_opened(tmp_path):
    gone = Recording(tmp_path / "gone.wav", "fan", "a", "anomaly", "test", "mine")
    assert usable([gone], ["fan"], tmp_path, lambda line: None) == [gone]


def test_what_is_wrong_with_recordings_is_said_once_for_all(tmp_path, hum):
    clips = write(tmp_path, "a", [3.0, 3.0, 3.0], hum)
    for k, clip in enumerate(clips[:2]):
        soundfile.write(clip.path, np.stack([0 * hum(3.0), hum(3.0, seed=k)], axis=1), 16_000)
    said: list[str] = []
    assert usable(clips, ["fan"], tmp_path / "decoded", said.append) == clips
    assert len(said) == 1
    assert (
        "a 0.wav: channel 0 (left) is dead: channel 1 (right) was taken (and so in 1 more"
        in said[0]
    )
