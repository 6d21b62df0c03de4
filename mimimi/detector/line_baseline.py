"""How strong the tones of a machine usually are, a hertz apart, and how far that varies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi.config import LINE_SPECTRUM
from mimimi.detector.checkpoint import Layout
from mimimi.features.segment_spectra import SegmentSpectra


@dataclass(frozen=True)
class LineBaseline:
    """The lines of the known machines: `middle` and `spread`, each `(ids, 8001)` in nats of power.

    The spread is the deviation between normal segments.
    """

    middle: Tensor
    spread: Tensor

    @staticmethod
    def layout(n_ids: int) -> Layout:
        """The arrays it is saved as."""
        form = ((n_ids, LINE_SPECTRUM.n_frequencies), np.dtype(np.float32))
        return {"line_baseline.middle": form, "line_baseline.spread": form}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> LineBaseline:
        """Back from `as_arrays`."""
        names = ("line_baseline.middle", "line_baseline.spread")
        return cls(*(torch.from_numpy(arrays[name]) for name in names))

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """As a detector's weights hold it."""
        return {
            "line_baseline.middle": self.middle.numpy(),
            "line_baseline.spread": self.spread.numpy(),
        }

    def excess(self, samples: Tensor, which: int) -> Tensor:
        """How far the lines of a segment lie beyond their usual range, `(8001,)` in nats of power.

        Args:
            samples: `(time,)`.
            which: of the known machines, in the detector's order.
        """
        difference = lines(SegmentSpectra(samples[None]))[0] - self.middle[which]
        return difference.sign() * (difference.abs() - self.spread[which]).clamp_min(0)


def lines(spectra: SegmentSpectra) -> Tensor:
    """How strong each hertz of segments is against those within 50 Hz, `(segment, 8001)`."""
    return spectra.lines(LINE_SPECTRUM)[:, 0]


def fit(trained_on: Mapping[str, Iterable[Tensor]]) -> LineBaseline:
    """From normal recordings to their usual lines, rounded to the half precision of a saved one.

    Args:
        trained_on: of each machine its recordings, one by one, as their `lines`.

    Raises:
        ValueError: a machine has none.
    """
    middles, spreads = [], []
    for recordings in trained_on.values():
        count, total, squares = 0, torch.zeros(LINE_SPECTRUM.n_frequencies), torch.zeros(1)
        for found in recordings:
            count += len(found)
            total = total + found.sum(dim=0)
            squares = squares + found.square().sum(dim=0)
        if not count:
            raise ValueError("a machine without recordings")
        middles.append(total / count)
        spreads.append((squares / count - middles[-1].square()).clamp_min(0).sqrt())
    return LineBaseline(torch.stack(middles).half().float(), torch.stack(spreads).half().float())
