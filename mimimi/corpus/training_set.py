"""Recordings of normal sound, decoded once, from which windows are drawn epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi.audio import read
from mimimi.config import FrontEnd
from mimimi.corpus.index import Recording
from mimimi.errors import UserError
from mimimi.spectrum import as_real, complex_spectrum, normalised, windows

_POOL = 48  # stretches whose windows are shuffled together


@dataclass(frozen=True)
class Stretch:
    """Up to a segment's length of one channel of one recording; `samples` is `(time,)` int16."""

    samples: NDArray[np.int16]
    first: int  # sample at which it begins unless the start is drawn
    label: int  # class, an index into the ids


class TrainingSet:
    """All channels of all recordings as stretches of a segment's length.

    The channels of one recording are each learnt from: microphones of an array hear one machine
    from several places. They stay on the same side of every split, because recordings are split.

    Args:
        recordings: of normal sound.
        machines: the classes, as `Recording.machine` names them.
        front_end: lengths of segment and window.
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
        log: Callable[[str], None],
        on_recording: Callable[[int, int], None] | None = None,
    ) -> None:
        self.front_end = front_end
        self.n_classes = len(machines)
        self.used: list[Recording] = []
        self.stretches: list[Stretch] = []
        for done, recording in enumerate(recordings, 1):
            try:
                channels = _channels(recording, front_end)
            except UserError as error:
                log(f"left out: {error}")
            else:
                self.used.append(recording)
                label = machines.index(recording.machine)
                for samples in channels:
                    last = max(1, len(samples) // front_end.segment_samples)
                    self.stretches += [
                        Stretch(samples, k * front_end.segment_samples, label) for k in range(last)
                    ]
            if on_recording:
                on_recording(done, len(recordings))
        if not self.stretches:
            raise UserError("None of the recordings to train on can be read; see the log.")

    @property
    def seconds(self) -> float:
        """Length of what is learnt from in one epoch, in seconds of single channels."""
        lengths = (min(len(s.samples), self.front_end.segment_samples) for s in self.stretches)
        return sum(lengths) / self.front_end.sample_rate

    def batches(
        self,
        batch_size: int,
        device: torch.device,
        rng: np.random.Generator | None = None,
        *,
        random_start: bool = False,
        random_polarity: bool = False,
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Windows in batches, once through all stretches.

        Args:
            batch_size: windows in a batch; the last one may be smaller.
            device: where the spectra are made.
            rng: shuffles and varies; without it the order is that of the recordings.
            random_start: begin each stretch up to one window later.
            random_polarity: turn the sign of half of the stretches.

        Yields:
            Windows `(batch, 2, frequency, time)` and classes `(batch,)`.
        """
        order = np.arange(len(self.stretches)) if rng is None else rng.permutation(len(self))
        left: tuple[Tensor, Tensor] | None = None
        for first in range(0, len(order), _POOL):
            pool, labels = [], []
            for k in order[first : first + _POOL]:
                stretch = self.stretches[k]
                start = stretch.first
                sign = 1.0
                if rng is not None and random_start:
                    start += int(rng.integers(self.front_end.window_samples))
                if rng is not None and random_polarity and rng.random() < 0.5:
                    sign = -1.0
                cut = self._windows(stretch, start, sign, device)
                pool.append(cut)
                labels += [stretch.label] * len(cut)
            x, y = torch.cat(pool), torch.tensor(labels, device=device)
            if left is not None:
                x, y = torch.cat((left[0], x)), torch.cat((left[1], y))
            if rng is not None:
                shuffled = torch.as_tensor(rng.permutation(len(x)), device=device)
                x, y = x[shuffled], y[shuffled]
            whole = len(x) - len(x) % batch_size
            for k in range(0, whole, batch_size):
                yield x[k : k + batch_size], y[k : k + batch_size]
            left = (x[whole:], y[whole:]) if whole < len(x) else None
        if left is not None:
            yield left

    def __len__(self) -> int:
        return len(self.stretches)

    def _windows(self, stretch: Stretch, start: int, sign: float, device: torch.device) -> Tensor:
        front_end = self.front_end
        samples = stretch.samples[start : start + front_end.segment_samples]
        if len(samples) < front_end.window_samples:  # a late start near the end of the recording
            samples = stretch.samples[-front_end.segment_samples :]
        signal = torch.as_tensor(samples, device=device).float() * (sign / 32768)
        spectrum = as_real(normalised(complex_spectrum(signal, front_end)))
        return windows(spectrum, front_end.window_frames)[0]


def _channels(recording: Recording, front_end: FrontEnd) -> list[NDArray[np.int16]]:
    """Every channel, at the peak of 16 bits' range: half the memory, and the scale is lost anyway.

    A short recording is repeated to a segment's length, as it is when it is judged.
    """
    waveform = read(recording.path)
    found = [waveform.samples]
    found += [read(recording.path, channel=c).samples for c in range(1, waveform.source_channels)]
    channels = []
    for samples in found:
        if len(samples) < front_end.window_samples:
            raise UserError(
                f"{recording.path}: {waveform.seconds:.2f} s is too short to learn from."
            )
        if len(samples) < front_end.segment_samples:
            samples = np.resize(samples, front_end.segment_samples)
        channels.append(np.round(samples * (32767 / np.abs(samples).max())).astype(np.int16))
    return channels
