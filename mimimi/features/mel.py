"""Bands even in mel, as the ear hears: their filters over a spectrum's bins, and their edges."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from mimimi.config import FrontEnd

Scale = Literal["htk", "slaney"]


@cache
def mel_filters(front_end: FrontEnd, bands: int, scale: Scale = "htk") -> Tensor:
    """How much each bin counts in each band: triangles of equal area.

    Args:
        front_end: whose bins.
        bands: number of bands from 0 Hz to the Nyquist frequency.
        scale: HTK's formula, or Slaney's, which is linear below 1 kHz.

    Returns:
        `(frequency, bands)`.

    Example:
        >>> mel_filters(FrontEnd(), 16).shape
        torch.Size([513, 16])
    """
    from torchaudio.functional import melscale_fbanks

    filters: Tensor = melscale_fbanks(
        front_end.n_frequencies,
        0.0,
        front_end.sample_rate / 2,
        bands,
        front_end.sample_rate,
        norm="slaney",
        mel_scale=scale,
    )
    return filters


def mel_points(front_end: FrontEnd, count: int) -> NDArray[np.floating[Any]]:
    """Frequencies even in HTK's mel from 0 Hz to the Nyquist frequency, `(count,)` in Hz.

    Example:
        >>> mel_points(FrontEnd(), 3).round().tolist()
        [0.0, 1768.0, 8000.0]
    """
    highest = 2595 * np.log10(1 + front_end.sample_rate / 2 / 700)
    return np.asarray(700 * (10 ** (np.linspace(0, highest, count) / 2595) - 1))
