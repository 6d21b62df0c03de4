"""The member that is a memory of one machine's normal sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mimimi.detector.config import MemoryConfig
from mimimi.detector.member import MemberOutput
from mimimi.features.segment_spectra import SegmentSpectra
from mimimi.memory import Memory, MemoryBank
from mimimi.memory.views import HELD


@dataclass(frozen=True)
class MemoryMember:
    """A memory of normal sound: one machine, one window a segment.

    Args:
        config: all of it but what it holds.
        memory: all that it heard.

    Example:
        >>> bank = MemoryBank.learn([torch.randn(160_000).numpy() for _ in range(3)])
        >>> member = MemoryMember.of("compressor 2", bank)
        >>> heard = member.forward(SegmentSpectra(torch.randn(2, 160_000)))
        >>> heard.scores.shape, heard.margins.shape
        (torch.Size([2, 1, 1]), torch.Size([2, 3]))
    """

    config: MemoryConfig
    memory: Memory

    @classmethod
    def of(cls, machine: str, bank: MemoryBank) -> MemoryMember:
        """The member of a bank.

        Args:
            machine: type and id.
            bank: what it sounds like.
        """
        return cls.remembering(machine, Memory.of(bank))

    @classmethod
    def remembering(cls, machine: str, memory: Memory) -> MemoryMember:
        """The member of a memory."""
        segments, occasions = len(memory.recordings), memory.occasions
        return cls(MemoryConfig("memory", (machine,), segments, occasions=occasions), memory)

    @property
    def bank(self) -> MemoryBank:
        """The normal sound."""
        return self.memory.bank

    @classmethod
    def from_tensors(cls, config: MemoryConfig, tensors: Mapping[str, Tensor]) -> MemoryMember:
        """Back from `as_tensors`.

        Raises:
            DetectorError: what it holds makes no sense.
        """
        arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
        return cls(config, Memory.from_arrays(arrays, config.occasions))

    @staticmethod
    def layout(config: MemoryConfig) -> dict[str, Tensor]:
        """The tensors it is saved as, without memory of their own."""
        count = config.segments
        recordings = torch.empty(count, dtype=torch.int64, device="meta")
        views = {view.name: torch.empty(count, *view.shape, device="meta") for view in HELD}
        return {"recordings": recordings} | views

    @property
    def own(self) -> tuple[int, ...]:
        """Its one class is the detector's one machine."""
        return (0,)

    def forward(self, spectra: SegmentSpectra) -> MemberOutput:
        """Scores of the bank, margins, and what each would score beside a fault.

        Raises:
            SilentError: a segment is silent.
        """
        heard = [self.bank.hear(samples) for samples in spectra.samples.cpu().numpy()]
        scores = torch.tensor([[[one.score]] for one in heard])
        margins = np.stack([self.bank.margins(one) for one in heard])
        faults = np.stack([self.memory.as_faults(one) for one in heard])
        return MemberOutput(
            scores,
            -scores,
            margins=torch.from_numpy(margins).float(),
            faults=torch.from_numpy(faults).float(),
        )

    def as_tensors(self) -> dict[str, Tensor]:
        """What the memory holds."""
        return {name: torch.from_numpy(of) for name, of in self.memory.as_arrays().items()}
