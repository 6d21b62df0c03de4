"""Recordings of a machine cut into the segments that its memory keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mimimi.errors import AudioError
from mimimi.features.segments import SHORTEST_SAMPLES
from mimimi.memory.spectra import SEGMENT_SAMPLES, Array

FEWEST = 3  # recordings: one left out, the others tell what is usual between two
PIECES = 4  # that fewer are cut into: of 10 s, halves do worse by 0.05 of AUC
MOST_BLOCKS = 360  # an hour; what is longer is thinned evenly


@dataclass(frozen=True)
class Block:
    """One segment to remember: `samples` has shape `(time,)`, always a segment's length."""

    samples: Array
    recording: int


def blocks(recordings: Sequence[ArrayLike]) -> list[Block]:
    """Cut recordings into segments of 10 s, each with the number of the recording it is of.

    Segments follow one another, the last one ends where the recording ends; a shorter recording
    is repeated to 10 s.

    Args:
        recordings: each `(time,)` at 16 kHz, of the channel that is judged.

    Raises:
        AudioError: a recording is shorter than 2.05 s, or has another shape.

    Example:
        >>> [block.recording for block in blocks([np.ones(160_000), np.ones(200_000)])]
        [0, 1, 1]
    """
    found = [
        Block(segment, number)
        for number, recording in enumerate(recordings)
        for segment in _segments(_checked(recording))
    ]
    return found[thinned(len(found), MOST_BLOCKS)]


def thinned(count: int, most: int) -> slice:
    """Every n-th of so many, so that no more are left than may be.

    Example:
        >>> [1, 2, 3, 4, 5][thinned(5, 3)]
        [1, 3, 5]
    """
    return slice(None, None, max(1, -(-count // most)))


def apart(recordings: Sequence[ArrayLike]) -> Sequence[ArrayLike]:
    """Recordings such that each can be left out and the others still be compared: three at least.

    One or two recordings are cut into pieces that do not overlap and count as recordings: of 10 s
    each, or, where that gives fewer than four, into four equal ones. Pieces share their hour, and
    short ones hold less sound than what they judge, so what is promised on them holds less well.

    Raises:
        AudioError: there is less than 10 s in all.

    Example:
        >>> [len(piece) / 16_000 for piece in apart([np.ones(200_000)])]
        [3.125, 3.125, 3.125, 3.125]
    """
    if sum(map(np.size, recordings)) < SEGMENT_SAMPLES:
        raise AudioError("10 s of normal sound is the least that a machine can be learnt from.")
    if len(recordings) >= FEWEST:
        return recordings
    pieces: list[ArrayLike] = []
    for whole in map(_checked, recordings):
        count = max(PIECES // len(recordings), len(whole) // SEGMENT_SAMPLES)
        length = min(SEGMENT_SAMPLES, len(whole) // count)
        pieces += [whole[k * length : (k + 1) * length] for k in range(count)]
    return pieces


def _segments(samples: Array) -> Iterator[Array]:
    if len(samples) < SEGMENT_SAMPLES:
        yield np.resize(samples, SEGMENT_SAMPLES)
        return
    last = len(samples) - SEGMENT_SAMPLES
    for start in [*range(0, last, SEGMENT_SAMPLES), last]:
        yield samples[start : start + SEGMENT_SAMPLES]


def _checked(recording: ArrayLike) -> Array:
    samples = np.asarray(recording, np.float32)
    if samples.ndim != 1 or len(samples) < SHORTEST_SAMPLES:
        raise AudioError(
            "A recording has shape (time,) and lasts 2.05 s or more at 16 kHz; this has shape"
            f" {samples.shape}."
        )
    return samples
