"""How strong the tones of a machine usually are, a hertz apart, and how far that varies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.config import LINE_SPECTRUM
from mimimi.detector.checkpoint import Layout
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.spectrum import Real


@dataclass(frozen=True)
class LineBaseline:
    """The lines of the known machines: `middle` and `spread`, each `(ids, 8001)` in nats of power.

    The spread is the deviation between normal segments.
    """

    middle: Real
    spread: Real

    @staticmethod
    def layout(n_ids: int) -> Layout:
        """The arrays it is saved as."""
        form = ((n_ids, LINE_SPECTRUM.n_frequencies), np.dtype(np.float32))
        return {"line_baseline.middle": form, "line_baseline.spread": form}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> LineBaseline:
        """Back from `as_arrays`."""
        names = ("line_baseline.middle", "line_baseline.spread")
        return cls(*(arrays[name] for name in names))

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """As a detector's weights hold it."""
        return {
            "line_baseline.middle": self.middle,
            "line_baseline.spread": self.spread,
        }

    def excess(self, samples: Real, which: int) -> Real:
        """How far the lines of a segment lie beyond their usual range, `(8001,)` in nats of power.

        Args:
            samples: `(time,)`.
            which: of the known machines, in the detector's order.
        """
        difference = lines(ArraySpectra(samples[None]))[0] - self.middle[which]
        beyond = np.maximum(np.abs(difference) - self.spread[which], 0)
        signed: Real = np.copysign(beyond, difference)
        return signed


def lines(spectra: ArraySpectra) -> Real:
    """How strong each hertz of segments is against those within 50 Hz, `(segment, 8001)`."""
    return spectra.lines(LINE_SPECTRUM)[:, 0]


def fit(trained_on: Mapping[str, Iterable[Real]]) -> LineBaseline:
    """From normal recordings to their usual lines, rounded to the half precision of a saved one.

    Args:
        trained_on: of each machine its recordings, one by one, as their `lines`.

    Raises:
        ValueError: a machine has none.
    """
    middles, spreads = [], []
    for recordings in trained_on.values():
        count, total, squares = 0, np.zeros(LINE_SPECTRUM.n_frequencies), np.zeros(1)
        for found in recordings:
            count += len(found)
            total = total + found.sum(axis=0)
            squares = squares + np.square(found).sum(axis=0)
        if not count:
            raise ValueError("a machine without recordings")
        middles.append(total / count)
        spreads.append(np.sqrt(np.maximum(squares / count - np.square(middles[-1]), 0)))
    return LineBaseline(
        *(
            np.stack(of).astype(np.float16, order="C").astype(np.float32)
            for of in (middles, spreads)
        )
    )
