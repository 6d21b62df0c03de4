"""Two channels of a recording: which are refused, and what is said of the second."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hall import beside_and_away

from mimimi import audio
from mimimi.errors import AudioError, SilentError, UserError

PAIR = audio.Pair(near=0, far=1)


def read(sound: np.ndarray, pair: audio.Pair = PAIR) -> audio.Waveform:
    return audio.read((sound, 16_000), channel=pair, name="clip.wav")


@pytest.mark.parametrize(
    ("channels", "pair", "said"),
    [
        (1, PAIR, "clip.wav: has one channel, and the second microphone, which hears the hall, "),
        (2, audio.Pair(0, 2), "clip.wav: has 2 channels, counted from 0, .* would be channel 2"),
        (2, audio.Pair(5, 1), "clip.wav: there is no channel 5; it has 2, counted from 0"),
    ],
)
def test_a_missing_channel_is_refused_in_a_sentence(hum, channels, pair, said):
    with pytest.raises(AudioError, match=said):
        read(beside_and_away(hum())[:, :channels], pair)


def test_one_channel_cannot_be_both():
    with pytest.raises(UserError, match="Channel 1 cannot be both at the machine and in the hall"):
        audio.Pair(1, 1)


def test_a_dead_channel_at_the_machine_is_never_replaced_by_the_hall(hum):
    sound = beside_and_away(hum())
    sound[:, 0] = 0
    with pytest.raises(SilentError, match=r"channel 0 \(left\), at the machine, is dead"):
        read(sound)


def test_a_dead_second_microphone_is_named_and_takes_nothing_out(hum):
    sound = beside_and_away(hum())
    sound[:, 1] = 0
    heard = read(sound)
    assert [problem.kind for problem in heard.problems] == ["reference_silent"]
    np.testing.assert_allclose(heard.samples, sound[:, 0], atol=1e-6)


def test_clipping_is_found_in_both_microphones_as_they_are(hum):
    sound = beside_and_away(hum())
    limit = np.quantile(np.abs(sound), 0.97, axis=0)
    heard = read(np.clip(sound, -limit, limit))
    assert str(heard.warning).startswith("clipped: ")
    assert "the second microphone is clipped: " in heard.warning


def test_silence_is_left_out_as_it_is_of_one_microphone(hum):
    sound = beside_and_away(hum())
    sound[48_000:80_000, 0] = 0
    heard, alone = read(sound), audio.read((sound, 16_000), channel=0)
    assert heard.cuts == alone.cuts
    assert [p.kind for p in heard.problems] == [p.kind for p in alone.problems]


def test_which_is_near_is_what_was_asked(hum):
    sound = beside_and_away(hum())
    swapped = read(sound[:, ::-1], audio.Pair(near=1, far=0))
    np.testing.assert_array_equal(swapped.samples, read(sound).samples)
    assert (swapped.channel, swapped.reference) == (1, 0)


@pytest.mark.parametrize("container", ["wav", "flac"])
def test_a_stretch_is_handed_over_as_it_was_recorded(rng, tmp_path: Path, container):
    sound = rng.integers(-30_000, 30_000, (3 * 44_100, 3)).astype(np.int16)
    sound[:, 1] = 0  # a dead one is no other
    file = tmp_path / f"three.{container}"
    soundfile.write(file, sound, 44_100)
    found, rate = audio.as_recorded(file, 1.0, 1.5, channel=audio.Pair(near=2, far=1))
    assert rate == 44_100
    np.testing.assert_array_equal(found * 32_768, sound[44_100 : int(2.5 * 44_100), [2, 1]])
    rest, _ = audio.as_recorded(file, 2.9, 5.0, channel=1)
    assert rest.shape == (4_410,)
    with pytest.raises(AudioError, match="would be channel 3"):
        audio.as_recorded(file, 0.0, 1.0, channel=audio.Pair(near=0, far=3))
