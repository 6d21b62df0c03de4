"""Recordings of normal sound from which windows are drawn epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi.config import FrontEnd
from mimimi.data.decoded import Decoded, decode
from mimimi.data.index import Recording
from mimimi.errors import UserError
from mimimi.features.tensors import (
    as_real,
    complex_spectrum,
    normalised,
    sent,
    windows,
    windows_of_several,
)

Windows = list[Tensor] | tuple[Tensor, ...]
_POOL = 48  # segments whose windows are shuffled together


@dataclass(frozen=True)
class Segment:
    """Up to a segment's length of one channel of one recording."""

    recording: Decoded
    channel: int
    first: int  # sample at which it begins unless the start is drawn
    label: int  # class, an index into the ids


@dataclass(frozen=True)
class Drawn:
    """A segment as it is heard in one epoch."""

    segment: Segment
    start: int  # sample at which it begins this time
    sign: float


class TrainingSet:
    """All channels of all recordings as segments.

    The channels of one recording are each trained on: microphones of an array hear one machine
    from several places. They stay on the same side of every split, because recordings are split.

    Args:
        recordings: of normal sound.
        machines: the classes, as `Recording.machine` names them.
        front_end: lengths of segment and window.
        folder: where the decoded recordings are kept, and looked for first.
        log: told which recordings had to be left out.
        on_recording: called after each with the number done and that of all.

    Raises:
        UserError: nothing of it can be read.
    """

    def __init__(
        self,
        recordings: Sequence[Recording],
        machines: Sequence[str],
        front_end: FrontEnd,
        folder: Path,
        log: Callable[[str], None],
        on_recording: Callable[[int, int], None] | None = None,
    ) -> None:
        self.front_end = front_end
        self.n_classes = len(machines)
        self.used: list[Recording] = []
        self.segments: list[Segment] = []
        for done, recording in enumerate(recordings, 1):
            try:
                decoded = decode(recording.path, folder, recording.channel)
            except UserError as error:
                log(f"left out: {error}")
            else:
                self.used.append(recording)
                label = machines.index(recording.machine)
                last = max(1, decoded.length // front_end.segment_samples)
                self.segments += [
                    Segment(decoded, channel, k * front_end.segment_samples, label)
                    for channel in range(decoded.channels)
                    for k in range(last)
                ]
            if on_recording:
                on_recording(done, len(recordings))
        if not self.segments:
            raise UserError("None of the recordings to train on can be read; see the log.")

    @property
    def seconds(self) -> float:
        """Length of what is trained on in one epoch, in seconds of single channels."""
        return len(self.segments) * self.front_end.segment_seconds

    def batches(
        self,
        batch_size: int,
        device: torch.device,
        rng: np.random.Generator | None = None,
        *,
        random_start: bool = False,
        random_polarity: bool = False,
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Windows in batches, once through all segments.

        Args:
            batch_size: windows in a batch; the last one may be smaller.
            device: where the spectra are made.
            rng: shuffles and varies; without it the order is that of the recordings.
            random_start: begin each segment up to one window later.
            random_polarity: turn the sign of half of the segments.

        Yields:
            Windows `(batch, 2, frequency, time)` and classes `(batch,)`.
        """
        order = np.arange(len(self.segments)) if rng is None else rng.permutation(len(self))
        left: tuple[Tensor, Tensor] | None = None
        for first in range(0, len(order), _POOL):
            drawn = []
            for k in order[first : first + _POOL]:
                segment = self.segments[k]
                start = segment.first
                sign = 1.0
                if rng is not None and random_start:
                    start += int(rng.integers(self.front_end.window_samples))
                if rng is not None and random_polarity and rng.random() < 0.5:
                    sign = -1.0
                drawn.append(Drawn(segment, start, sign))
            pool = self._windows(drawn, device)
            counts = torch.tensor([len(cut) for cut in pool])
            labels = torch.tensor([one.segment.label for one in drawn])
            x, y = torch.cat(pool), sent(labels.repeat_interleave(counts), device)
            if left is not None:
                x, y = torch.cat((left[0], x)), torch.cat((left[1], y))
            if rng is not None:
                shuffled = sent(rng.permutation(len(x)), device)
                x, y = x[shuffled], y[shuffled]
            whole = len(x) - len(x) % batch_size
            for k in range(0, whole, batch_size):
                yield x[k : k + batch_size], y[k : k + batch_size]
            left = (x[whole:], y[whole:]) if whole < len(x) else None
        if left is not None:
            yield left

    def __len__(self) -> int:
        return len(self.segments)

    def _windows(self, drawn: Sequence[Drawn], device: torch.device) -> Windows:
        """Of each segment: one by one in a processor's cache, on a GPU all at once."""
        if device.type != "cpu":
            return windows_of_several(
                [_samples(one, self.front_end) for one in drawn],
                [one.sign / 32768 for one in drawn],
                self.front_end,
                device,
            )
        return [self._of_one(one) for one in drawn]

    def _of_one(self, drawn: Drawn) -> Tensor:
        signal = torch.as_tensor(_samples(drawn, self.front_end)).float() * (drawn.sign / 32768)
        spectrum = as_real(normalised(complex_spectrum(signal, self.front_end)))
        return windows(spectrum, self.front_end.window_frames)[0]


def _samples(drawn: Drawn, front_end: FrontEnd) -> NDArray[np.int16]:
    """From the start to a segment's length later, or to the recording's end."""
    segment, start = drawn.segment, drawn.start
    recording, count = segment.recording, front_end.segment_samples
    if recording.length < count:  # repeated to length, as it is when it is judged
        whole = np.resize(recording.samples(segment.channel, 0, recording.length), count)
        samples = whole[start : start + count]
        return samples if len(samples) >= front_end.window_samples else whole
    # A late start may lie near the end of the recording.
    late = recording.length - start < front_end.window_samples
    return recording.samples(segment.channel, recording.length - count if late else start, count)
