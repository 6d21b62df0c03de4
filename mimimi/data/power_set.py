"""Recordings of normal sound for networks that read line spectra: each spectrum made once."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi.config import FrontEnd
from mimimi.data.decoded import Decoded
from mimimi.data.training_set import Drawn, TrainingSet
from mimimi.features.spectrum import complex_spectrum, normalised, power
from mimimi.features.tensors import sent
from mimimi.files import replace_file

_STEPS = 4  # starts that are drawn from, in the length of a window


class PowerSet(TrainingSet):
    """As `TrainingSet`, giving mean power spectra `(batch, 1, frequency)` in place of windows.

    A window is as long as a segment here, and its transform takes longer than all that the network
    does with it. So those of a few starts are kept beside the decoded recording, 32 kB each, for
    every epoch and for all networks of a run; in place of a start that is drawn comes the nearest
    kept one before it. Of a recording of 10 s there is but one. Polarity is lost in them.
    """

    def _windows(self, drawn: Sequence[Drawn], device: torch.device) -> list[Tensor]:
        kept = []
        for one in drawn:
            spectra = mean_power(one.segment.recording, self.front_end)
            which = min(one.start // _step(self.front_end), spectra.shape[1] - 1)
            kept.append(spectra[one.segment.channel, which])
        return list(sent(np.stack(kept), device)[:, None, None])


def mean_power(recording: Decoded, front_end: FrontEnd) -> NDArray[np.float32]:
    """Power of each bin, mean over a segment of mean power 1: `(channel, start, frequency)`.

    Starts are a quarter of a window apart; the last segment ends where the recording ends, and one
    that is shorter than a segment is repeated to its length.

    Args:
        recording: decoded; the spectra are kept beside it, and read from there.
        front_end: of which one window is a segment.
    """
    file = recording.file.with_suffix(f".power-{front_end.n_fft}.npy")
    try:
        kept: NDArray[np.float32] = np.load(file, mmap_mode="r")
    except (OSError, EOFError, ValueError):  # not there, or damaged: it is made anew
        content = io.BytesIO()
        np.save(content, _measured(recording, front_end))
        replace_file(file, content.getvalue())  # there whole or not at all
        kept = np.load(file, mmap_mode="r")
    return kept


def _measured(recording: Decoded, front_end: FrontEnd) -> NDArray[np.float32]:
    count = front_end.segment_samples
    last = max(0, recording.length - count)
    starts = [*range(0, last, _step(front_end)), last]
    found = np.empty((recording.channels, len(starts), front_end.n_frequencies), np.float32)
    for channel in range(recording.channels):
        samples = recording.samples(channel, 0, max(recording.length, count))
        if len(samples) < count:
            samples = np.resize(samples, count)
        for k, start in enumerate(starts):
            segment = samples[start : start + count] / np.float32(32768)
            spectrum = normalised(complex_spectrum(segment, front_end))
            found[channel, k] = power(spectrum[0]).mean(axis=-1)
    return found


def _step(front_end: FrontEnd) -> int:
    return front_end.window_samples // _STEPS
