"""A waveform cut into segments of 10 s, the unit that is normalised, scored and calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from mimimi.audio import Samples, Waveform
from mimimi.config import FrontEnd
from mimimi.errors import AudioError

SHORTEST_SAMPLES = FrontEnd().window_samples
"""Of any recording; where windows are longer they hear it repeated."""

_NOT_WORTH_A_WORD = 0.1  # s


@dataclass(frozen=True)
class Segment:
    """A stretch of a recording; `samples` has shape `(time,)` and always a segment's length."""

    start: float  # s in the samples; `Waveform.position` leads to the time in the recording
    samples: Samples
    seconds: float  # of sound in it before it was repeated to length


def split(waveform: Waveform, front_end: FrontEnd) -> list[Segment]:
    """Cut a recording into segments.

    A recording shorter than a segment is repeated to its length; of a longer one segments begin
    every `segment_hop_seconds`, and a last one ends where the recording ends, so that all of it
    is judged.

    Args:
        waveform: the recording.
        front_end: lengths of segment and window.

    Raises:
        AudioError: it is shorter than one window.

    Example:
        >>> import numpy as np
        >>> waveform = Waveform(np.ones(16_000 * 23, np.float32), "hum", 16_000, 1)
        >>> [segment.start for segment in split(waveform, FrontEnd())]
        [0.0, 5.0, 10.0, 13.0]
    """
    samples, length = waveform.samples, front_end.segment_samples
    shortest_samples = min(front_end.window_samples, SHORTEST_SAMPLES)
    if len(samples) < shortest_samples:
        # Rounded apart, so that the sentence never asks for what it says was given.
        length_said = floor(waveform.seconds * 100) / 100
        shortest = ceil(shortest_samples / front_end.sample_rate * 100) / 100
        raise AudioError(
            f"{waveform.name}: {length_said:.2f} s is too short to judge; "
            f"record {shortest:.2f} s or more, best {front_end.segment_seconds:g} s."
        )
    if len(samples) <= length:
        return [Segment(0.0, np.resize(samples, length), waveform.seconds)]
    hop = round(front_end.segment_hop_seconds * front_end.sample_rate)
    starts = [*range(0, len(samples) - length, hop), len(samples) - length]
    return [
        Segment(
            start / front_end.sample_rate,
            samples[start : start + length],
            front_end.segment_seconds,
        )
        for start in starts
    ]


def repeated(seconds: float, front_end: FrontEnd) -> bool:
    """Whether so much is missing to a segment that it must be said that `split` repeats it.

    Encoders and recorders miss a length by a frame or two: a tenth of a second is not worth a word.
    """
    return seconds < front_end.segment_seconds - _NOT_WORTH_A_WORD
