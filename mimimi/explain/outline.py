"""A line around what raised a score most, to be drawn over a spectrogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mimimi.explain.evidence import Explanation

Array = NDArray[np.floating[Any]]

WORTH_IT = 1 / 3
"""The share of a score that a map must have raised."""
_HELD = 2 / 3


def outline(where: Explanation, cells: Array) -> tuple[Array, Array, Array]:
    """The cells that hold two thirds of a map, as a grid whose contour at 0.5 is their outline.

    Args:
        where: what raised the score.
        cells: `where.magnitude` or `where.phase`, `(frequency, time)`.

    Returns:
        Times `(2 time + 2,)` in s, frequencies `(2 frequency + 2,)` in kHz, and 0 or 1 at each,
        `(2 frequency + 2, 2 time + 2)`: twice as many as cells, so that lines are upright.
    """
    density = cells / np.diff(where.frequencies)[:, None]
    order = density.ravel().argsort()[::-1]
    held = cells.ravel()[order].cumsum()
    level = density.ravel()[order[int(np.searchsorted(held, _HELD * held[-1]))]]
    inside = (density >= level).astype(np.float32)
    half = (where.times[1] - where.times[0]) / 2
    ends = np.append(where.times - half, where.times[-1] + half)
    grid = np.pad(inside.repeat(2, axis=0).repeat(2, axis=1), 1)
    return _both_sides(ends), _both_sides(where.frequencies), grid


def _both_sides(edges: Array) -> Array:
    """Just before and just after each edge."""
    little = 1e-3 * np.diff(edges).min()
    return np.stack((edges - little, edges + little), axis=1).ravel()
