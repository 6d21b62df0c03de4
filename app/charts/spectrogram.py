"""From samples to the pictures of their spectrum, small enough to draw however long they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.config import FrontEnd
from mimimi.features.spectrum import complex_spectrum

Array = NDArray[np.floating[Any]]

MAX_COLUMNS = 400  # more than a screen shows
_FRAMES_AT_ONCE = 4096  # 131 s: bounds the memory that an hour of sound needs
_FLOOR = 1e-7  # keeps the logarithm finite


@dataclass(frozen=True)
class Picture:
    """Three views of one complex spectrum, each of shape `(frequency, column)`, float32.

    A column of a long recording stands for several frames; each of its cells then shows the frame
    in which that frequency was loudest, the same one in all three views.
    """

    times: Array  # s, centre of each column
    frequencies: Array  # kHz
    level: Array  # dB; a sine at full scale reads 0
    phase: Array  # rad, -pi to pi
    deviation: Array  # Hz, instantaneous frequency minus the bin's own; NaN in the first frame


def draw(samples: Array, front_end: FrontEnd) -> Picture:
    """The pictures of a recording.

    The instantaneous frequency is the phase's advance from one frame to the next, less the advance
    of the bin's own frequency; it is known within half the frame rate, here 15.6 Hz either way.

    Args:
        samples: `(time,)`, at the front end's sample rate.
        front_end: Fourier length and hop.
    """
    hop, rate, n_fft = front_end.hop_length, front_end.sample_rate, front_end.n_fft
    frames = 1 + len(samples) // hop
    per_column = math.ceil(frames / MAX_COLUMNS)
    step = per_column * max(1, _FRAMES_AT_ONCE // per_column)

    bins = np.arange(front_end.n_frequencies)
    own_advance = np.exp(-2j * np.pi * bins * hop / n_fft).astype(np.complex64)[:, None]
    window = np.hanning(n_fft + 1)[:-1]
    full_scale = window.sum() / 2 / np.sqrt(np.square(window).sum())

    parts = []
    for first in range(0, frames, step):
        last = min(first + step, frames)
        before = min(first, 2)  # frames: one for the advance, one that the padding spoils
        piece = samples[(first - before) * hop : (last + 1) * hop]
        spectrum = complex_spectrum(piece, front_end)[0][:, : before + last - first]
        advance = np.full_like(spectrum, np.nan)
        advance[:, 1:] = spectrum[:, 1:] * spectrum[:, :-1].conj() * own_advance
        views = _loudest(spectrum[:, before:], advance[:, before:], per_column)
        parts.append(views)

    spectrum, advance = (np.concatenate(view, axis=1) for view in zip(*parts, strict=True))
    first_frames = np.arange(spectrum.shape[1]) * per_column
    return Picture(
        times=(first_frames + (per_column - 1) / 2) * hop / rate,
        frequencies=bins * rate / n_fft / 1000,
        level=20 * np.log10(np.abs(spectrum) / np.float32(full_scale) + np.float32(_FLOOR)),
        phase=np.angle(spectrum),
        deviation=np.angle(advance) / np.float32(2 * np.pi * hop / rate),
    )


def _loudest(spectrum: Any, advance: Any, per_column: int) -> tuple[Any, Any]:
    """Of each `per_column` frames the loudest, frequency by frequency."""
    if per_column == 1:
        return spectrum, advance
    missing = -spectrum.shape[1] % per_column
    shape = (spectrum.shape[0], -1, per_column)
    folded, folded_advance = (
        np.pad(view, ((0, 0), (0, missing))).reshape(shape) for view in (spectrum, advance)
    )
    pick = np.abs(folded).argmax(axis=2)[:, :, None]
    return (
        np.take_along_axis(folded, pick, axis=2)[:, :, 0],
        np.take_along_axis(folded_advance, pick, axis=2)[:, :, 0],
    )
