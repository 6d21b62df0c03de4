"""Bands even in mel, as the ear hears: their filters over a spectrum's bins, and their edges."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mimimi.config import FrontEnd

Scale = Literal["htk", "slaney"]


@cache
def mel_filters(front_end: FrontEnd, bands: int, scale: Scale = "htk") -> NDArray[np.float32]:
    """How much each bin counts in each band: triangles of equal area.

    Args:
        front_end: whose bins.
        bands: number of bands from 0 Hz to the Nyquist frequency.
        scale: HTK's formula, or Slaney's, which is linear below 1 kHz.

    Returns:
        `(frequency, bands)`.

    Example:
        >>> mel_filters(FrontEnd(), 16).shape
        (513, 16)
    """
    points = mel_points(front_end, bands + 2, scale)
    bins = np.linspace(0, front_end.sample_rate / 2, front_end.n_frequencies)[:, None]
    rise = (bins - points[:-2]) / np.diff(points)[:-1]
    fall = (points[2:] - bins) / np.diff(points)[1:]
    triangles = np.maximum(0, np.minimum(rise, fall)) * 2 / (points[2:] - points[:-2])
    return triangles.astype(np.float32)


def mel_points(front_end: FrontEnd, count: int, scale: Scale = "htk") -> NDArray[np.floating[Any]]:
    """Frequencies even in mel from 0 Hz to the Nyquist frequency, `(count,)` in Hz.

    Example:
        >>> mel_points(FrontEnd(), 3).round().tolist()
        [0.0, 1768.0, 8000.0]
    """
    top = front_end.sample_rate / 2
    if scale == "htk":
        highest = 2595 * np.log10(1 + top / 700)
        return np.asarray(700 * (10 ** (np.linspace(0, highest, count) / 2595) - 1))
    # Slaney's: 15 mel at 1 kHz, evenly below it; above it each of 27 mel is as much more in ratio.
    step = np.log(6.4) / 27
    mel = np.linspace(0, 15 + np.log(top / 1000) / step, count)
    return np.where(mel < 15, mel * 1000 / 15, 1000 * np.exp((mel - 15) * step))
