"""The hall is taken out of sound of any length, as it comes, and always alike."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hall import beside_and_away

from mimimi import audio
from mimimi.audio.hall_filter import SEGMENT, HallFilter
from mimimi.audio.reference_channel import without_hall

PAIR = audio.Pair(near=0, far=1)


def cleaned(sound: np.ndarray, piece: int | None = None) -> np.ndarray:
    hall_filter, piece = HallFilter(), piece or len(sound)
    parts = [hall_filter.push(*sound[k : k + piece].T) for k in range(0, len(sound), piece)]
    return np.concatenate((*parts, hall_filter.finish()))


def decibels(of: np.ndarray, beside: np.ndarray) -> float:
    return float(10 * np.log10(max(np.mean(of**2), 1e-20) / np.mean(beside**2)))


@pytest.mark.parametrize("seconds", [0.5, 3.0, 10.0])
def test_a_segment_is_cleaned_by_itself(hum, seconds):
    sound = beside_and_away(hum(seconds=seconds))
    np.testing.assert_array_equal(cleaned(sound), without_hall(*sound.T))


@pytest.mark.parametrize("piece", [1_000, 80_001, 170_000])
def test_how_it_is_cut_into_pieces_changes_nothing(hum, piece):
    sound = beside_and_away(hum(seconds=27.3))
    left = cleaned(sound, piece)
    assert len(left) == len(sound)
    np.testing.assert_array_equal(left, cleaned(sound))


def test_a_sample_waits_for_no_more_than_its_segment(hum):
    sound, hall_filter = beside_and_away(hum(seconds=30.0)), HallFilter()
    came = 0
    for k in range(0, len(sound), 16_000):
        came += len(hall_filter.push(*sound[k : k + 16_000].T))
        assert came >= k + 16_000 - SEGMENT + 1


def test_what_comes_later_changes_nothing_of_what_was(hum):
    sound = beside_and_away(hum(seconds=25.0))
    other = sound.copy()
    other[15 * 16_000 :] *= -3
    np.testing.assert_array_equal(cleaned(sound)[: 15 * 16_000], cleaned(other)[: 15 * 16_000])


def test_where_the_hall_changes_the_path_is_found_anew(hum):
    machine = hum(seconds=60.0)
    sound = beside_and_away(machine, loud=3.0)
    half = len(machine) // 2
    sound[half:] = beside_and_away(machine, loud=3.0)[half:, :] * [1, -0.2]
    left = cleaned(sound) - machine
    assert decibels(left[half + SEGMENT :], machine) < decibels(sound[:, 0] - machine, machine) - 12


def test_one_path_passes_into_the_next_without_a_step(hum):
    """A hall whose path changes all the time: what is left makes no larger steps than elsewhere."""
    hall = hum(seconds=30.0, hertz=50.0)
    near = hall * np.linspace(1, 2, len(hall))
    steps = np.abs(np.diff(cleaned(np.stack((near, hall), axis=1).astype(np.float32))))
    at = range(SEGMENT, len(hall), SEGMENT // 2)
    assert max(steps[k - 2 : k + 2].max() for k in at) < np.quantile(steps, 0.9999)


def test_where_nothing_was_recorded_the_hall_does_not_take_its_place(hum):
    sound = beside_and_away(hum(), loud=3.0)
    sound[48_000:80_000, 0] = 0
    assert not cleaned(sound)[48_000:80_000].any()


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_a_file_is_heard_the_same_whole_and_piece_by_piece(hum, rate):
    sound = 0.3 * beside_and_away(hum(seconds=23.0, rate=rate), rate=rate)
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format="WAV", subtype="FLOAT")
    whole = audio.read(file.getvalue(), channel=PAIR)
    pieces = np.concatenate(list(audio.blocks(file.getvalue(), channel=PAIR)))
    np.testing.assert_allclose(whole.samples, pieces, atol=1e-6)
    np.testing.assert_allclose(
        whole.samples, audio.read((sound, rate), channel=PAIR).samples, atol=1e-6
    )
    assert (whole.channel, whole.reference, whole.source_channels) == (0, 1, 2)
    assert not whole.problems
