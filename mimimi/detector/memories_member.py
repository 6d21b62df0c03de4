"""The member that remembers the normal sound of every machine of a detector, beside networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.detector.checkpoint import Layout
from mimimi.detector.member import MemberOutput
from mimimi.detector.memories_config import MemoriesConfig
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.memory import Memory, MemoryBank, Occasion
from mimimi.memory.views import HELD, LEVEL, describe_all

_SMALLEST_DEVIATION = 0.1  # recordings all alike are no scale


@dataclass(frozen=True)
class MemoriesMember:
    """A memory of each machine, one window a segment.

    Networks know *which* machine they hear; a memory knows how loud, how restless and how sharp its
    machine usually is.

    Args:
        config: all of it but what it holds.
        banks: the normal sound of each machine, in the order of the configuration.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> def noise(n):
        ...     return rng.standard_normal((n, 160_000), np.float32)
        >>> banks = {"fan a": MemoryBank.learn(noise(3)), "fan b": MemoryBank.learn(noise(4))}
        >>> member = MemoriesMember.of(banks)
        >>> heard = member.forward(ArraySpectra(noise(2)))
        >>> member.config.segments, heard.scores.shape
        ((3, 4), (2, 1, 2))
    """

    config: MemoriesConfig
    banks: tuple[MemoryBank, ...]

    @classmethod
    def of(cls, banks: Mapping[str, MemoryBank]) -> MemoriesMember:
        """The member of banks, on the scale of what they score recordings left out in turn.

        Over the machines together: the few recordings of one have a deviation by accident.

        Args:
            banks: by machine, type and id.
        """
        scores = np.concatenate([bank.leave_one_out_scores() for bank in banks.values()])
        config = MemoriesConfig(
            "memories",
            tuple(banks),
            tuple(len(bank.recordings) for bank in banks.values()),
            float(scores.mean()),
            max(float(scores.std(ddof=1)), _SMALLEST_DEVIATION),
        )
        return cls(config, tuple(banks.values()))

    @classmethod
    def from_arrays(
        cls, config: MemoriesConfig, arrays: Mapping[str, NDArray[Any]]
    ) -> MemoriesMember:
        """Back from `as_arrays`.

        Raises:
            DetectorError: what it holds makes no sense.
        """
        banks = []
        for count, end in zip(config.segments, accumulate(config.segments), strict=True):
            own = {name: of[end - count : end] for name, of in arrays.items()}
            banks.append(Memory.from_arrays(own, (Occasion(kind="learnt"),)).bank)
        return cls(config, tuple(banks))

    @staticmethod
    def layout(config: MemoriesConfig) -> Layout:
        """The arrays it is saved as."""
        count = sum(config.segments)
        views = {view.name: ((count, *view.shape), np.dtype(np.float32)) for view in HELD}
        return {"recordings": ((count,), np.dtype(np.int64)), **views}

    @property
    def own(self) -> tuple[int, ...]:
        """Its classes are the detector's machines."""
        return tuple(range(len(self.banks)))

    def forward(self, spectra: ArraySpectra) -> MemberOutput:
        """Score of each machine's memory.

        Raises:
            SilentError: a segment is silent.
        """
        segments = describe_all(spectra)
        heard = [[bank.compare(segment) for bank in self.banks] for segment in segments]
        scores = np.array([[one.score for one in row] for row in heard], np.float32)[:, None]
        levels = np.array([[one.distance(LEVEL) for one in row] for row in heard], np.float32)
        return MemberOutput(scores, -scores, levels=levels)

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """What the memories hold, one machine's after another's; 25 kB a segment once saved."""
        held = [Memory.of(bank).as_arrays() for bank in self.banks]
        return {name: np.concatenate([arrays[name] for arrays in held]) for name in held[0]}
