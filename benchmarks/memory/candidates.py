"""Views that were tried beside those of the memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import fft
from scipy.ndimage import uniform_filter1d

from mimimi.memory.spectra import Array, Spectra
from mimimi.memory.views import HELD, View, lines, unrest


def power(spectra: Spectra) -> Array:
    """Each hertz, the segment's own level taken out, `(8, 1000)`."""
    level: Array = (spectra.lines - spectra.lines.mean())[:8_000]
    return level.reshape(8, -1)


def loud(quantile: float, spectra: Spectra) -> Array:
    """A quantile over time of each mel band, `(128, 1)`."""
    found: Array = np.quantile(spectra.mel, quantile, axis=1).astype(np.float32)
    return found[:, None]


def modulation(spectra: Spectra) -> Array:
    """Spectrum of the course of 16 mel bands up to 15.6 Hz, `(16, 156)`."""
    course = spectra.mel.reshape(16, 8, -1).mean(axis=1)
    course = (course - course.mean(axis=1, keepdims=True)) * np.hanning(course.shape[1])
    spectrum: Array = np.log(np.square(np.abs(fft.rfft(course, axis=1)))[:, 1:] + 1e-3)
    return spectrum.astype(np.float32)


def prominence(spectra: Spectra) -> Array:
    """The strongest tone of each 125 Hz against the 100 Hz around it, `(64, 1)`."""
    strongest: Array = lines(spectra).max(axis=1, keepdims=True)
    return strongest


def whole_line(spectra: Spectra) -> Array:
    """All lines as one vector, `(1, 8000)`."""
    excess = spectra.lines - uniform_filter1d(spectra.lines, 101, mode="nearest")
    whole: Array = excess[None, :8_000]
    return whole


_BY_NAME = {view.name: view for view in HELD}
CANDIDATES = (
    *HELD,
    replace(_BY_NAME["lines"], name="lines, mean", exponent=1),
    View("lines, one band", whole_line, (1, 8_000), cosine=True, exponent=1, weight=1),
    View("lines, length too", lines, (64, 125), cosine=False, exponent=1, weight=1),
    View("prominence", prominence, (64, 1), cosine=False, exponent=1, weight=1),
    View("power", power, (8, 1_000), cosine=False, exponent=1, weight=1),
    View(
        "power, one band",
        lambda s: power(s).reshape(1, -1),
        (1, 8_000),
        cosine=False,
        exponent=1,
        weight=1,
    ),
    View("peaks, 98 %", lambda s: loud(0.98, s), (128, 1), cosine=False, exponent=1, weight=1),
    View("median", lambda s: loud(0.5, s), (128, 1), cosine=False, exponent=1, weight=1),
    View(
        "unrest, one band",
        lambda s: unrest(s).reshape(1, -1),
        (1, 128),
        cosine=True,
        exponent=1,
        weight=1,
    ),
    View("modulation", modulation, (16, 156), cosine=False, exponent=1, weight=1),
)
