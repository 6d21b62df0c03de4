"""Where a filter has cut a segment off: what lies above cannot be compared.

Resampling, the codecs of telephones and cheap converters end a spectrum as with a knife. A machine
recorded so would be far from its own memory in every band above, whatever its health.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mimimi.memory.spectra import MEL_BANDS, Array, envelope_edges, mel_edges

_FALL = 4.1  # nats, 18 dB, within some mel bands; rooms and machines fall less steeply
_BELOW = 9  # mel bands whose median counts, so that a tone makes no edge
_BEGUN = 0.25  # nats, 1 dB, by which the sound has fallen where a filter begins
_LOWEST = 1_000.0  # Hz; below that mel bands are too narrow for a filter's edge


def cutoff(level: Array) -> float:
    """The frequency in Hz above which a segment was cut off; infinite where it was not.

    Args:
        level: mean over time of each mel band in nats, `(128, 1)`, as the view *level*.

    Example:
        >>> flat = np.zeros((128, 1), np.float32)
        >>> cutoff(flat), round(cutoff(np.where(np.arange(128)[:, None] < 100, flat, -9.0)))
        (inf, 4237)
    """
    levels = level[:, 0]
    bands = np.arange(int(np.searchsorted(mel_edges(), _LOWEST)), MEL_BANDS - 1)
    below = np.median(np.lib.stride_tricks.sliding_window_view(levels, _BELOW), axis=1)
    # Beyond an edge the loudest counts: something up there, and nothing was cut off.
    beyond = np.maximum.accumulate(levels[::-1])[::-1]
    falls = below[bands - _BELOW] - beyond[bands + 1]
    if falls.max() < _FALL:
        return float("inf")
    edge = int(bands[falls.argmax()])
    fallen = levels[edge - 3 :] < below[edge - _BELOW] - _BEGUN
    return float(mel_edges()[edge - 3 + int(fallen.argmax())])


def within(hertz: float) -> dict[str, NDArray[np.bool_]]:
    """Which bands of each view lie below a frequency, by its name: `(band,)`."""
    return {name: tops <= hertz for name, tops in _tops().items()}


@lru_cache
def _tops() -> dict[str, Array]:
    """Where the bands of each view end, in Hz."""
    mel, lines = mel_edges()[2:], np.arange(1, 65, dtype=np.float32) * 125
    return {
        "lines": lines,
        "unrest": mel[15::16],
        "peaks": mel,
        "coherence": mel[3::4],
        "rhythm": envelope_edges()[1:],
        "level": mel,
    }
