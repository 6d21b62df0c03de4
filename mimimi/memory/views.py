"""Five ways to hear a segment, each a pure function from its spectra to one vector a band.

*lines*: which tones it has; *unrest*: how much each band varies; *peaks*: how loud its loudest
moments are; *coherence*: which bands rise and fall together; *rhythm*: how fast they do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mimimi.features.segment_spectra import ArraySpectra
from mimimi.memory.spectra import Array, Spectra, shared, spectra

LINE_BANDS = 64  # of 125 Hz
LINE_SIDE = 50  # Hz on either side that a line is held against
PEAK = 0.995  # quantile over time
UNREST_BANDS = 8  # of 16 mel bands
COHERENCE_BANDS = 32  # of 4 mel bands
RHYTHM_FRAME, RHYTHM_HOP = 2_500, 1_248  # values of the envelope, 5 s and 2.5 s
RHYTHM_BINS, RHYTHM_POOL = 1_240, 40  # bins of 0.2 Hz, pooled to 8 Hz each


@dataclass(frozen=True)
class View:
    """One way to hear a segment, and how two segments are compared by it."""

    name: str
    describe: Callable[[Spectra], Array]  # -> `shape`
    shape: tuple[int, int]  # (band, value)
    cosine: bool  # only the direction of a band's vector counts, not its length
    exponent: float  # of the power mean over bands: the larger, the more one band alone can say
    weight: float  # of its say among the views


def lines(spectra: Spectra) -> Array:
    """Each hertz against the 100 Hz around it, in 64 bands of 125 Hz, `(64, 125)` in nats."""
    surroundings = _around(spectra.lines, LINE_SIDE)
    excess: Array = (spectra.lines - surroundings)[:8_000]
    return excess.reshape(LINE_BANDS, -1)


def unrest(spectra: Spectra) -> Array:
    """Standard deviation over time of each mel band, `(8, 16)` in nats."""
    deviation: Array = spectra.mel.std(axis=1)
    return deviation.reshape(UNREST_BANDS, -1)


def peaks(spectra: Spectra) -> Array:
    """The 99.5 % quantile over time of each mel band, `(128, 1)` in nats."""
    return np.quantile(spectra.mel, PEAK, axis=1).astype(np.float32)[:, None]


def coherence(spectra: Spectra) -> Array:
    """Correlation over time of each of 32 bands with each other, `(32, 32)`."""
    bands = spectra.mel.reshape(COHERENCE_BANDS, -1, spectra.mel.shape[1]).mean(axis=1)
    bands = bands - bands.mean(axis=1, keepdims=True)
    bands /= np.maximum(bands.std(axis=1, keepdims=True), 1e-6)
    correlation: Array = bands @ bands.T / np.float32(bands.shape[1])
    return correlation


def rhythm(spectra: Spectra) -> Array:
    """Spectrum of each band's envelope up to 248 Hz, in steps of 8 Hz, `(8, 31)` in nats."""
    envelope = spectra.envelope - spectra.envelope.mean(axis=1, keepdims=True)
    frames = np.lib.stride_tricks.sliding_window_view(envelope, RHYTHM_FRAME, axis=1)
    frames = frames[:, ::RHYTHM_HOP] * np.hanning(RHYTHM_FRAME).astype(np.float32)
    # In one order in memory, which sums depend on: numpy would keep that of overlapping frames.
    spectrum = np.fft.rfft(np.ascontiguousarray(frames), axis=2)
    power = np.square(np.abs(spectrum)).mean(axis=1)
    steps = np.log(power[:, 1 : RHYTHM_BINS + 1] + 1e-2)
    pooled: Array = steps.reshape(len(steps), -1, RHYTHM_POOL).mean(axis=2)
    return pooled


def level(spectra: Spectra) -> Array:
    """Mean over time of each mel band, `(128, 1)` in nats."""
    mean: Array = spectra.mel.mean(axis=1)
    return mean[:, None]


def _around(values: Array, side: int) -> Array:
    """Mean of each value and so many on either side; the outermost ones stand for what is beyond.

    Own code, since importing `scipy.ndimage` takes longer than judging a clip.
    """
    padded = np.pad(values.astype(np.float64), (side + 1, side), mode="edge")
    sums = padded.cumsum()
    width = 2 * side + 1
    mean: Array = ((sums[width:] - sums[:-width]) / width).astype(np.float32)
    return mean


VIEWS = (
    View("lines", lines, (64, 125), cosine=True, exponent=4, weight=4),
    View("unrest", unrest, (8, 16), cosine=True, exponent=1, weight=1),
    View("peaks", peaks, (128, 1), cosine=False, exponent=1, weight=1),
    View("coherence", coherence, (32, 32), cosine=False, exponent=1, weight=1),
    View("rhythm", rhythm, (8, 31), cosine=False, exponent=1, weight=1),
)
"""Those that an anomaly score is made of."""

LEVEL = View("level", level, (128, 1), cosine=False, exponent=1, weight=1)
"""Tells another thing from this machine; says little of faults, so it is no part of the score."""

HELD = (*VIEWS, LEVEL)

WEIGHTS = {view.name: view.weight / sum(v.weight for v in VIEWS) for view in VIEWS}


def describe(segment: ArrayLike) -> dict[str, Array]:
    """All views of a segment `(time,)`, by name, each `(band, value)`; raises as `spectra` does."""
    return _described(spectra(segment))


def describe_all(segments: ArraySpectra) -> list[dict[str, Array]]:
    """As `describe`, of segments whose transforms others read too."""
    return [_described(heard) for heard in shared(segments)]


def _described(heard: Spectra) -> dict[str, Array]:
    return {view.name: view.describe(heard) for view in HELD}
