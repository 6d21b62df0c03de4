"""A decoded recording, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mimimi.config import SAMPLE_RATE

Samples = NDArray[np.float32]

Kind = Literal[
    "cut_off",
    "damaged",
    "bad_samples",
    "digital_silence",
    "recorder_start",
    "offset",
    "dead_channel",
    "clipped",
    "missing_band",
    "lossy",
    "reference_silent",
    "reference_useless",
    "reference_hears_machine",
]


@dataclass(frozen=True)
class Problem:
    """Something that a recording should not have, with what was done about it.

    Example:
        >>> Problem("digital_silence", "digital silence from 3.0 to 7.0 s: left out", 3.0, 7.0).kind
        'digital_silence'
    """

    kind: Kind
    text: str  # part of a sentence
    start: float | None = None  # s in the recording; None: all of it
    end: float | None = None

    @property
    def seconds(self) -> float:
        """How long it lasts, where it has a time."""
        return (self.end or 0.0) - (self.start or 0.0)


@dataclass(frozen=True)
class Cut:
    """A stretch that was left out of the samples."""

    at: float  # s in the samples, where it would stand
    seconds: float


@dataclass(frozen=True)
class Waveform:
    """A decoded recording.

    `samples` has shape `(time,)`, float32 at 16 kHz: what is weighed. Where stretches were left
    out, `position` leads from there to the time in the recording.

    Example:
        >>> samples = np.zeros(32_000, np.float32)
        >>> waveform = Waveform(samples, "hum", 16_000, 1, cuts=(Cut(at=1.0, seconds=4.0),))
        >>> waveform.seconds, waveform.position(0.5), waveform.position(1.5)
        (2.0, 0.5, 5.5)
    """

    samples: Samples
    name: str
    source_rate: int  # Hz
    source_channels: int
    problems: tuple[Problem, ...] = ()
    cuts: tuple[Cut, ...] = ()
    channel: int = 0  # the one of several that `samples` are
    reference: int | None = None  # the one that hears the hall, without which they are; None: none

    @property
    def seconds(self) -> float:
        """Length of what is weighed."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def warning(self) -> str | None:
        """All problems in words."""
        return "; ".join(problem.text for problem in self.problems) or None

    @property
    def clipped(self) -> bool:
        """Too loud for the recorder."""
        return any(problem.kind == "clipped" for problem in self.problems)

    @property
    def in_place(self) -> Samples:
        """What is weighed where it stands in the recording: silence where some was left out."""
        edges = [round(cut.at * SAMPLE_RATE) for cut in self.cuts]
        parts = np.split(self.samples, edges)
        for k, cut in enumerate(self.cuts):
            silence = np.zeros(round(cut.seconds * SAMPLE_RATE), np.float32)
            parts[k + 1] = np.concatenate((silence, parts[k + 1]))
        return np.concatenate(parts)

    def position(self, seconds: float) -> float:
        """The time in the recording of a time in the samples."""
        return position(seconds, self.cuts)


def position(seconds: float, cuts: Sequence[Cut]) -> float:
    """The time in a recording of a time in what is left of it, without some cuts.

    Example:
        >>> position(0.5, [Cut(at=1.0, seconds=4.0)]), position(1.5, [Cut(at=1.0, seconds=4.0)])
        (0.5, 5.5)
    """
    return seconds + sum(cut.seconds for cut in cuts if cut.at <= seconds)
