"""The member that is a memory of one machine's normal sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.audio import Waveform
from mimimi.config import FrontEnd
from mimimi.detector.calibration import ENOUGH
from mimimi.detector.checkpoint import Layout
from mimimi.detector.config import MemoryConfig
from mimimi.detector.measurement import Measurement
from mimimi.detector.member import MemberOutput
from mimimi.detector.references import band_levels
from mimimi.errors import SilentError
from mimimi.features.fingerprint import fingerprint
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.segments import split
from mimimi.memory import Memory, MemoryBank, States
from mimimi.memory.spectra import mean_power
from mimimi.memory.states import common
from mimimi.memory.views import HELD


@dataclass(frozen=True)
class MemoryMember:
    """A memory of normal sound: one machine, one window a segment.

    Args:
        config: all of it but what it holds.
        memory: all that it heard.

    Example:
        >>> from mimimi import audio
        >>> rng = np.random.default_rng(0)
        >>> bank = MemoryBank.learn([rng.normal(size=160_000) for _ in range(3)])
        >>> member = MemoryMember.of("compressor 2", bank)
        >>> measured = member.measure(audio.from_array(0.1 * rng.normal(size=320_000), 16_000))
        >>> measured.windows.shape, measured.margins.shape
        ((3, 1, 1), (3,))
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

    @classmethod
    def from_arrays(cls, config: MemoryConfig, arrays: Mapping[str, NDArray[Any]]) -> MemoryMember:
        """Back from `as_arrays`.

        Raises:
            DetectorError: what it holds makes no sense.
        """
        return cls(config, Memory.from_arrays(arrays, config.occasions))

    @staticmethod
    def layout(config: MemoryConfig) -> Layout:
        """The arrays it is saved as."""
        count = config.segments
        views = {view.name: ((count, *view.shape), np.dtype(np.float32)) for view in HELD}
        return {"recordings": ((count,), np.dtype(np.int64)), **views}

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """What the memory holds."""
        return self.memory.as_arrays()

    @property
    def bank(self) -> MemoryBank:
        """The normal sound."""
        return self.memory.bank

    @property
    def states(self) -> States | None:
        """Those that are judged within: each has recordings enough for a promise of its own."""
        found = self.bank.states
        return found if found and min(found.recordings.values()) >= ENOUGH else None

    @property
    def own(self) -> tuple[int, ...]:
        """Its one class is the detector's one machine."""
        return (0,)

    def forward(self, spectra: ArraySpectra) -> MemberOutput:
        """Scores of the bank.

        Raises:
            SilentError: a segment is silent.
        """
        found = self.bank.scores(spectra.samples)
        scores = found.astype(np.float32)[:, None, None]
        return MemberOutput(scores, -scores)

    def measure(self, waveform: Waveform) -> Measurement:
        """All that is asked of a recording where the memory judges alone.

        Args:
            waveform: the recording.

        Raises:
            AudioError: it is too short, or 10 s of it are silent.
        """
        segments = split(waveform, self.config.front_end)
        try:
            heard = [self.bank.hear(segment.samples) for segment in segments]
        except SilentError as error:
            raise SilentError(
                f"{waveform.name}: 10 s of it are silent; cut them out, or use watch."
            ) from error
        scores = np.array([one.score for one in heard], np.float32)
        score = scores.mean(keepdims=True)
        margins = np.mean([self.bank.margins(one) for one in heard], axis=0)
        states, state = self.states, None
        if states and (state := common([states.of(one.distances) for one in heard])):
            margins = margins[states.counts(state)]
        power = np.mean([mean_power(segment.samples, FrontEnd()) for segment in segments], axis=0)
        return Measurement(
            name=waveform.name,
            seconds=waveform.seconds,
            problems=waveform.problems,
            windows=scores[:, None, None],
            starts=np.array([[segment.start] for segment in segments]),
            ids=score,
            likeness=-score,
            by_member={self.config.name: score},
            embedding=-np.ones(1, np.float32),  # it makes the same of all recordings
            spectrum=band_levels(power),
            fingerprint=fingerprint(waveform.samples),
            cuts=waveform.cuts,
            margins=margins,
            state=state,
            faults=np.mean([self.memory.beyond_normal(one) for one in heard], axis=0),
        )
