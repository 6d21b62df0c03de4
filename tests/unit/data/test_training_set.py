"""Windows drawn from recordings: all of them, once an epoch, the same for the same seed."""

import copy
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from mimimi.config import LINE_SPECTRUM, FrontEnd
from mimimi.data.index import Recording
from mimimi.data.training_set import Drawn, TrainingSet
from mimimi.errors import UserError

CPU = torch.device("cpu")


def recording(path: Path, machine_id: str, seconds: float = 10.0, channels: int = 1) -> Recording:
    rng = np.random.default_rng(len(path.name))
    soundfile.write(path, 0.1 * rng.standard_normal((round(seconds * 16_000), channels)), 16_000)
    return Recording(path, "fan", machine_id, "normal", "train", "mine")


@pytest.fixture
def two_machines(tmp_path: Path) -> TrainingSet:
    recordings = [
        recording(tmp_path / "a.wav", "id_00", channels=3),
        recording(tmp_path / "long_b.wav", "id_02", seconds=25.0),
    ]
    return TrainingSet(
        recordings, ["fan id_00", "fan id_02"], FrontEnd(), tmp_path / "decoded", print
    )


def drawn(training_set: TrainingSet, seed: int) -> list[torch.Tensor]:
    rng = np.random.default_rng(seed)
    batches = training_set.batches(8, CPU, rng, random_start=True, random_polarity=True)
    return [spectrum for spectrum, _ in batches]


def test_every_channel_and_every_stretch_is_learnt_from(two_machines: TrainingSet) -> None:
    labels = [segment.label for segment in two_machines.segments]
    assert labels == [0, 0, 0, 1, 1]
    assert two_machines.seconds == pytest.approx(50.0)


def test_without_chance_all_windows_come_in_order(two_machines: TrainingSet) -> None:
    batches = list(two_machines.batches(8, CPU))
    assert [len(spectrum) for spectrum, _ in batches] == [8, 8, 8, 1]
    assert torch.cat([ids for _, ids in batches]).tolist() == [0] * 15 + [1] * 10


def test_each_window_is_two_parts_of_513_frequencies_and_64_frames(
    two_machines: TrainingSet,
) -> None:
    spectrum, _ = next(two_machines.batches(4, CPU))
    assert spectrum.shape == (4, 2, 513, 64)


def test_a_window_as_long_as_a_segment_is_drawn_whole(two_machines: TrainingSet) -> None:
    lines = copy.copy(two_machines)
    lines.front_end = LINE_SPECTRUM
    assert {spectrum.shape[1:] for spectrum in drawn(lines, 0)} == {(2, 8001, 19)}


def test_the_same_seed_draws_the_same_windows(two_machines: TrainingSet) -> None:
    for one, other in zip(drawn(two_machines, 7), drawn(two_machines, 7), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)
    assert not torch.equal(drawn(two_machines, 7)[0], drawn(two_machines, 8)[0])


def test_polarity_turns_the_sign_and_nothing_else(two_machines: TrainingSet) -> None:
    plain, _ = next(two_machines.batches(2, CPU))
    segment = two_machines.segments[0]
    [turned] = two_machines._windows([Drawn(segment, segment.first, -1.0)], CPU)
    torch.testing.assert_close(turned[:2], -plain)


def test_the_gain_of_a_recording_is_lost(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = 0.1 * rng.standard_normal(160_000)
    for name, gain in (("loud.wav", 1.0), ("soft.wav", 0.01)):
        soundfile.write(tmp_path / name, gain * noise, 16_000, subtype="FLOAT")
    windows = []
    for name in ("loud.wav", "soft.wav"):
        one = Recording(tmp_path / name, "fan", "id_00", "normal", "train", "mine")
        windows.append(
            next(TrainingSet([one], ["fan id_00"], FrontEnd(), tmp_path, print).batches(5, CPU))[0]
        )
    torch.testing.assert_close(windows[0], windows[1], rtol=0, atol=1e-3)


def test_a_bad_recording_is_left_out_and_said(tmp_path: Path) -> None:
    good = recording(tmp_path / "good.wav", "id_00")
    bad = recording(tmp_path / "bad.wav", "id_00")
    bad.path.write_bytes(b"no sound")
    said: list[str] = []
    training_set = TrainingSet([bad, good], ["fan id_00"], FrontEnd(), tmp_path, said.append)
    assert training_set.used == [good]
    assert "bad.wav" in said[0]


def test_nothing_readable_is_refused(tmp_path: Path) -> None:
    bad = recording(tmp_path / "bad.wav", "id_00")
    bad.path.write_bytes(b"no sound")
    with pytest.raises(UserError, match="None of the recordings"):
        TrainingSet([bad], ["fan id_00"], FrontEnd(), tmp_path, lambda line: None)


def test_a_short_recording_is_trained_on_whatever_the_window(tmp_path: Path) -> None:
    short = recording(tmp_path / "short.wav", "id_00", seconds=3.0)
    lines = TrainingSet([short], ["fan id_00"], LINE_SPECTRUM, tmp_path, print)
    assert lines.used == [short]
    assert [spectrum.shape for spectrum in drawn(lines, 0)] == [(1, 2, 8001, 19)]
