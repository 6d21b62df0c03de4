"""What raised the score of a recording, on one coarse grid of time and frequency."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.audio import Waveform
from mimimi.config import FrontEnd
from mimimi.explain.finding import Finding
from mimimi.explain.region import Region
from mimimi.features.mel import mel_points

Array = NDArray[np.floating[Any]]
FRAMES = FrontEnd()
BANDS = 40
_FRAMES_A_CELL = 8
_CELL_SAMPLES = _FRAMES_A_CELL * FRAMES.hop_length
CELL_SECONDS = _CELL_SAMPLES / FRAMES.sample_rate  # 0.26 s
_MOSTLY = 2 / 3


@dataclass(frozen=True)
class Explanation:
    """What raised the score of a recording.

    `magnitude` and `phase` are `(frequency, time)`, never negative, in units of the score; each
    adds up to its part of what the score lies above that of normal recordings. The shares add up to
    1, or are both 0 where the score is no higher than usual; `region` is None there.
    """

    times: Array  # s, centre of each cell
    frequencies: Array  # kHz, edges of the bands: one more than there are bands
    magnitude: Array
    phase: Array
    magnitude_share: float
    phase_share: float
    region: Region | None
    findings: tuple[Finding, ...]  # the most important first; none contradicts another
    when: str = ""  # all of them are, where they do not say it themselves
    of_phase: bool = True  # whether phase was looked at

    @property
    def reason(self) -> str | None:
        """What is unusual, in words; None where nothing can be said that says anything."""
        return ", ".join(finding.text for finding in self.findings) + self.when or None

    @property
    def share(self) -> str | None:
        """Whether it lies in magnitude or in phase, where both were looked at."""
        if not self.of_phase:
            return None
        if 1 - _MOSTLY < self.magnitude_share < _MOSTLY:
            return "magnitude and phase alike"
        return f"mostly {'magnitude' if self.magnitude_share >= 0.5 else 'phase'}"

    @property
    def sentence(self) -> str | None:
        """Both, for one line; None where there is no reason to be given."""
        if self.reason is None or self.share is None:
            return self.reason
        return f"{self.reason}; {self.share}"


def cells_of(waveform: Waveform) -> int:
    """How many cells the sound that is weighed has; 0 where it is shorter than one."""
    return (1 + len(waveform.samples) // FRAMES.hop_length) // _FRAMES_A_CELL


def frequencies() -> Array:
    """Edges of the grid's bands in kHz."""
    return _edges() * FRAMES.sample_rate / FRAMES.n_fft / 1000


def coarse(cells: Array) -> Array:
    """Sums of `(513, frame)` over the cells of the grid, `(BANDS, frame // 8)`."""
    whole = cells[:, : cells.shape[1] // _FRAMES_A_CELL * _FRAMES_A_CELL]
    by_band: Array = np.add.reduceat(whole, _edges()[:-1], axis=0)
    by_cell: Array = by_band.reshape(BANDS, -1, _FRAMES_A_CELL).sum(axis=2)
    return by_cell


def scaled(cells: Array, total: float) -> Array:
    """What raised the score, adding up to `total`."""
    raised: Array = np.maximum(cells, 0)
    return raised * (total / max(float(raised.sum()), 1e-30))


def in_place(waveform: Waveform, *maps: Array) -> tuple[Array, list[Array]]:
    """Maps of what is weighed where it stands in the recording, with the centres of their cells."""
    cells = maps[0].shape[1]
    where = np.arange(cells)
    if waveform.cuts:
        centres = (where + 0.5) * CELL_SECONDS
        where = np.array([int(waveform.position(t) / CELL_SECONDS) for t in centres])
        cells = max(int(where.max()) + 1, len(waveform.in_place) // _CELL_SAMPLES)
    spread: list[Array] = [np.zeros((BANDS, cells)) for _ in maps]
    for old, new in zip(maps, spread, strict=True):
        for cell, place in enumerate(where):
            new[:, place] += old[:, cell]
    return (np.arange(cells) + 0.5) * CELL_SECONDS, spread


@cache
def _edges() -> NDArray[np.intp]:
    """First bins of bands even in mel, and the end of the last one."""
    hertz = mel_points(FRAMES, BANDS + 1)
    edges = np.round(hertz * FRAMES.n_fft / FRAMES.sample_rate).astype(np.intp)
    edges[-1] = FRAMES.n_frequencies
    return edges
