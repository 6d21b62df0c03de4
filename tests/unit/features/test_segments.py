from __future__ import annotations

import numpy as np
import pytest

from mimimi.audio import Waveform
from mimimi.config import FrontEnd
from mimimi.errors import AudioError
from mimimi.features.segments import repeated, split

FRONT_END = FrontEnd()


def ramp(samples: int) -> Waveform:
    """Every sample differs from every other, so that a segment shows where it was cut."""
    return Waveform(np.arange(samples, dtype=np.float32), "ramp", 16_000, 1)


@pytest.mark.parametrize("length", [32_768, 40_000, 100_000, 158_000])
def test_a_short_recording_is_repeated_to_length(length):
    (segment,) = split(ramp(length), FRONT_END)
    assert np.array_equal(segment.samples, np.arange(160_000) % length)
    assert segment.start == 0.0
    assert segment.seconds == length / 16_000
    assert repeated(ramp(length).seconds, FRONT_END)


def test_a_recording_of_a_segments_length_is_taken_as_it_is():
    (segment,) = split(ramp(160_000), FRONT_END)
    assert np.array_equal(segment.samples, ramp(160_000).samples)
    assert not repeated(ramp(160_000).seconds, FRONT_END)


def test_a_frame_or_two_missing_is_not_worth_a_word():
    (segment,) = split(ramp(159_000), FRONT_END)
    assert len(segment.samples) == 160_000
    assert not repeated(ramp(159_000).seconds, FRONT_END)


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [
        (10.5, [0, 0.5]),
        (12.3, [0, 2.3]),
        (15, [0, 5]),
        (16, [0, 5, 6]),
        (20, [0, 5, 10]),
        (23, [0, 5, 10, 13]),
    ],
)
def test_segments_begin_every_five_seconds_and_the_last_ends_at_the_end(seconds, starts):
    waveform = ramp(round(seconds * 16_000))
    segments = split(waveform, FRONT_END)
    assert [segment.start for segment in segments] == starts
    for segment in segments:
        assert len(segment.samples) == 160_000
        assert segment.samples[0] == segment.start * 16_000
    assert segments[-1].samples[-1] == waveform.samples[-1]


@pytest.mark.parametrize(("samples", "said"), [(1, "0.00"), (800, "0.05"), (32_767, "2.04")])
def test_less_than_a_window_is_refused(samples, said):
    with pytest.raises(AudioError, match=rf"ramp: {said} s is too short.*record 2\.05 s or more"):
        split(ramp(samples), FRONT_END)
