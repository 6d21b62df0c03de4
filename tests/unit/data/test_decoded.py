"""Recordings decoded once and read in pieces."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.audio import Pair, read
from mimimi.data.decoded import decode
from mimimi.data.recording import Recording
from mimimi.errors import AudioError, SilentError
from mimimi.training.machine_check import check_recording


@pytest.fixture
def path(tmp_path: Path, rng: np.random.Generator) -> Path:
    path = tmp_path / "a.flac"
    soundfile.write(path, 0.1 * rng.standard_normal((48_000, 2)), 16_000)
    return path


def test_the_pieces_are_the_recordings_but_for_its_gain(path: Path, tmp_path: Path) -> None:
    decoded = decode(path, tmp_path / "decoded")
    assert (decoded.channels, decoded.length) == (2, 48_000)
    for channel in range(2):
        whole = read(path, channel=channel).samples
        piece = decoded.samples(channel, 1_000, 500).astype(float)
        expected = whole[1_000:1_500] * (32767 / np.abs(whole).max())
        np.testing.assert_allclose(piece, expected, atol=0.5)
    assert len(decoded.samples(0, 47_900, 500)) == 100


def test_it_is_decoded_once(path: Path, tmp_path: Path, monkeypatch) -> None:
    first = decode(path, tmp_path / "decoded")
    monkeypatch.setattr("mimimi.data.decoded.live_channels", None)  # would fail if it was called
    assert decode(path, tmp_path / "decoded") == first


def test_two_channels_give_one_and_are_kept_apart_from_each(path: Path, tmp_path: Path) -> None:
    pair = Pair(near=0, far=1)
    alone, cleaned = (decode(path, tmp_path / "decoded", heard) for heard in (0, pair))
    assert (alone.channels, cleaned.channels) == (2, 1)
    assert alone.file != cleaned.file
    whole = read(path, channel=pair).samples
    expected = whole * (32767 / np.abs(whole).max())
    np.testing.assert_allclose(cleaned.samples(0, 0, 48_000), expected, atol=0.5)


def test_what_was_damaged_or_changed_is_decoded_anew(path: Path, tmp_path: Path) -> None:
    first = decode(path, tmp_path / "decoded")
    whole = first.samples(1, 0, 48_000)
    for damage in (b"", first.file.read_bytes()[:-1_000]):
        first.file.write_bytes(damage)
        np.testing.assert_array_equal(
            decode(path, tmp_path / "decoded").samples(1, 0, 48_000), whole
        )
    soundfile.write(path, np.random.default_rng(1).standard_normal(40_000) / 10, 16_000)
    assert decode(path, tmp_path / "decoded").length == 40_000


def test_a_piece_costs_memory_for_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    soundfile.write(path, np.random.default_rng(0).standard_normal(3_000_000) / 10, 16_000)
    decoded = decode(path, tmp_path / "decoded")
    tracemalloc.start()
    decoded.samples(0, 2_000_000, 160_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 160_000


@pytest.mark.parametrize("dead", [0, 1])
def test_a_dead_channel_is_left_out_and_the_live_one_learnt_from(
    path: Path, tmp_path: Path, dead: int
) -> None:
    sound, rate = soundfile.read(path)
    sound[:, dead] = 0.0
    soundfile.write(path, sound, rate)
    decoded = decode(path, tmp_path / "decoded")
    assert decoded.channels == 1
    heard = read(path, channel=1 - dead).samples
    assert np.corrcoef(decoded.samples(0, 0, 48_000), heard)[0, 1] > 0.9999


@pytest.mark.parametrize("channels", [1, 2])
def test_silence_on_all_channels_is_refused(path: Path, tmp_path: Path, channels: int) -> None:
    soundfile.write(path, np.zeros((48_000, channels)), 16_000)
    with pytest.raises(SilentError):
        decode(path, tmp_path / "decoded")


def test_gaps_on_one_channel_do_not_lose_the_recording(path: Path, tmp_path: Path) -> None:
    sound, rate = soundfile.read(path)
    sound[16_000:32_000, 1] = 0.0
    soundfile.write(path, sound, rate)
    decoded = decode(path, tmp_path / "decoded")
    assert (decoded.channels, decoded.length) == (1, 48_000)


@pytest.mark.parametrize("other", ["half", "a second", "no numbers", "dead"])
def test_the_checks_and_the_training_hear_the_same(other: str, tmp_path: Path, hum) -> None:
    both = np.stack([hum(10.0), hum(10.0, seed=1)], axis=1)
    if other == "half":
        both[80_000:, 1] = 0
    elif other == "a second":
        both[16_000:, 1] = 0
    else:
        both[:, 1] = 0 if other == "dead" else np.nan
    path = tmp_path / "a.wav"
    soundfile.write(path, both, 16_000, subtype="FLOAT")
    checked = check_recording(Recording(path, "fan", "a", "normal", "train", "mine"))
    decoded = decode(path, tmp_path / "decoded")
    assert (decoded.channels, decoded.length) == (1, 160_000)
    assert checked.seconds == 10.0


def test_too_little_is_refused_by_both(tmp_path: Path, hum) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, hum(2.0), 16_000)
    with pytest.raises(AudioError, match=r"2\.00 s is too short"):
        decode(path, tmp_path / "decoded")
    assert check_recording(Recording(path, "fan", "a", "normal", "train", "mine")).error
