"""Recordings of a machine cut into the segments that its memory keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mimimi.config import FrontEnd
from mimimi.errors import AudioError
from mimimi.memory.spectra import SEGMENT_SAMPLES, Array

SHORTEST_SAMPLES = FrontEnd().window_samples


@dataclass(frozen=True)
class Block:
    """One segment to remember: `samples` has shape `(time,)`, always a segment's length."""

    samples: Array
    recording: int
    channel: int


def blocks(recordings: Sequence[ArrayLike]) -> Iterator[Block]:
    """Cut recordings into segments of 10 s, each with the recording and channel it is of.

    Segments follow one another, the last one ends where the recording ends; a shorter recording
    is repeated to 10 s. ONE recording is cut into pieces that do not overlap and count as
    recordings: of 10 s each, or, where it is shorter than 20 s, its two halves. Such pieces share
    their hour, so what is promised on them holds less well.

    Args:
        recordings: each `(time,)` or `(channel, time)`, at 16 kHz.

    Raises:
        AudioError: there is less than 10 s in all, or a recording is shorter than 2.05 s.

    Example:
        >>> [block.recording for block in blocks([np.ones(160_000), np.ones(200_000)])]
        [0, 1, 1]
        >>> [block.recording for block in blocks([np.ones(500_000)])]
        [0, 1, 2]
    """
    heard = [_by_channel(recording) for recording in recordings]
    if sum(one.shape[1] for one in heard) < SEGMENT_SAMPLES:
        raise AudioError("10 s of normal sound is the least a machine can be learnt from.")
    if len(heard) == 1:
        [whole] = heard
        count = max(2, whole.shape[1] // SEGMENT_SAMPLES)
        length = min(SEGMENT_SAMPLES, whole.shape[1] // count)
        heard = [whole[:, k * length : (k + 1) * length] for k in range(count)]
    for number, recording in enumerate(heard):
        for channel, samples in enumerate(recording):
            for segment in _segments(samples):
                yield Block(segment, number, channel)


def _segments(samples: Array) -> Iterator[Array]:
    if len(samples) < SEGMENT_SAMPLES:
        yield np.resize(samples, SEGMENT_SAMPLES)
        return
    last = len(samples) - SEGMENT_SAMPLES
    for start in [*range(0, last, SEGMENT_SAMPLES), last]:
        yield samples[start : start + SEGMENT_SAMPLES]


def _by_channel(recording: ArrayLike) -> Array:
    samples = np.atleast_2d(np.asarray(recording, np.float32))
    if samples.ndim != 2 or samples.shape[1] < SHORTEST_SAMPLES:
        raise AudioError(
            f"A recording has shape (channel, time) and lasts 2.05 s or more at 16 kHz; this has"
            f" {samples.shape}."
        )
    return samples
