"""How strong the tones of a machine usually are, a hertz apart, and how far that varies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from mimimi.config import LINE_SPECTRUM
from mimimi.features.spectrum import as_real, complex_spectrum
from mimimi.networks.line_spectrum_network import fine_structure


def lines(samples: Tensor) -> Tensor:
    """How strong each hertz of segments is against those within 50 Hz.

    Args:
        samples: `(segment, time)` at 16 kHz.

    Returns:
        `(segment, 8001)`, in nats of power.

    Example:
        >>> hum = torch.sin(2 * torch.pi * 120 * torch.arange(160_000) / 16_000)
        >>> int(lines(hum[None] + 0.1 * torch.randn(1, 160_000)).argmax())
        120
    """
    return fine_structure(as_real(complex_spectrum(samples, LINE_SPECTRUM)))[:, 0]


@dataclass(frozen=True)
class LineBaseline:
    """The lines of the known machines: `middle` and `spread`, each `(ids, 8001)` in nats of power.

    The spread is the deviation between normal segments.
    """

    middle: Tensor
    spread: Tensor

    @staticmethod
    def layout(n_ids: int) -> dict[str, Tensor]:
        """The tensors it is saved as, without memory of their own."""
        shape = (n_ids, LINE_SPECTRUM.n_frequencies)
        return {
            "usual_lines.middle": torch.empty(shape, device="meta"),
            "usual_lines.spread": torch.empty(shape, device="meta"),
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> LineBaseline | None:
        """Back from `as_tensors`; None where there are none."""
        if "usual_lines.middle" not in tensors:
            return None
        return cls(tensors["usual_lines.middle"], tensors["usual_lines.spread"])

    def as_tensors(self) -> dict[str, Tensor]:
        """As a detector's weights hold it."""
        return {"usual_lines.middle": self.middle, "usual_lines.spread": self.spread}

    def excess(self, samples: Tensor, which: int) -> Tensor:
        """How far the lines of a segment lie beyond their usual range, `(8001,)` in nats of power.

        Args:
            samples: `(time,)`.
            which: of the known machines, in the detector's order.
        """
        difference = lines(samples[None])[0] - self.middle[which]
        return difference.sign() * (difference.abs() - self.spread[which]).clamp_min(0)


def fit(learnt: Mapping[str, Iterable[Tensor]]) -> LineBaseline:
    """From normal recordings to their usual lines, rounded to the half precision of a saved one.

    Args:
        learnt: of each machine its recordings, one by one, each as segments `(segment, time)`.

    Raises:
        ValueError: a machine has none.
    """
    middles, spreads = [], []
    for recordings in learnt.values():
        count, total, squares = 0, torch.zeros(LINE_SPECTRUM.n_frequencies), torch.zeros(1)
        for segments in recordings:
            heard = lines(segments)
            count += len(heard)
            total = total + heard.sum(dim=0)
            squares = squares + heard.square().sum(dim=0)
        if not count:
            raise ValueError("a machine without recordings")
        middles.append(total / count)
        spreads.append((squares / count - middles[-1].square()).clamp_min(0).sqrt())
    return LineBaseline(torch.stack(middles).half().float(), torch.stack(spreads).half().float())
