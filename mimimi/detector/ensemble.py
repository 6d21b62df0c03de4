"""Members that judge together: each hears the same segments, their scores are put on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.audio import Waveform
from mimimi.config import FrontEnd
from mimimi.detector.checkpoint import Layout
from mimimi.detector.config import AnyMemberConfig, MemberConfig, MemoryConfig
from mimimi.detector.measurement import Measurement
from mimimi.detector.member import Member, MemberOutput, NetworkMember, attention_of, odds_of_others
from mimimi.detector.memories_config import MemoriesConfig
from mimimi.detector.memories_member import MemoriesMember
from mimimi.detector.memory_member import MemoryMember
from mimimi.detector.novelty import Novelty
from mimimi.detector.references import band_levels
from mimimi.detector.spectral_baseline import band_statistics
from mimimi.errors import SilentError
from mimimi.features.fingerprint import fingerprint
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.segments import split
from mimimi.features.spectrum import window_starts

Array = NDArray[np.float32]

_SEGMENTS_AT_ONCE = 2  # bounds the memory of a long recording


class Ensemble:
    """The members of a detector, and the machines that they tell apart.

    Args:
        members: at least one; the first one's windows are those that are shown.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = tuple(members)

    @property
    def configs(self) -> tuple[AnyMemberConfig, ...]:
        """Of the members, in their order."""
        return tuple(member.config for member in self.members)

    @property
    def front_end(self) -> FrontEnd:
        """Of the first member: how recordings are cut into segments and windows."""
        return self.members[0].config.front_end

    @staticmethod
    def layout(configs: Sequence[AnyMemberConfig]) -> Layout:
        """The arrays that members are saved as."""
        found: Layout = {}
        for config in configs:
            if isinstance(config, MemoryConfig):
                own = MemoryMember.layout(config)
            elif isinstance(config, MemoriesConfig):
                own = MemoriesMember.layout(config)
            else:
                own = NetworkMember.layout(config)
            found |= {f"member.{config.name}.{name}": form for name, form in own.items()}
        return found

    @classmethod
    def from_arrays(
        cls,
        machine_type: str,
        ids: Sequence[str],
        configs: Sequence[AnyMemberConfig],
        arrays: Mapping[str, NDArray[Any]],
    ) -> Ensemble:
        """Back from `as_arrays`.

        Raises:
            DetectorError: what a memory holds makes no sense.
        """
        members: list[Member] = []
        for config in configs:
            prefix = f"member.{config.name}."
            own = {n.removeprefix(prefix): t for n, t in arrays.items() if n.startswith(prefix)}
            if isinstance(config, MemoryConfig):
                members.append(MemoryMember.from_arrays(config, own))
            elif isinstance(config, MemoriesConfig):
                members.append(MemoriesMember.from_arrays(config, own))
            else:
                members.append(NetworkMember.from_arrays(machine_type, ids, config, own))
        return cls(members)

    @property
    def memory(self) -> MemoryMember | None:
        """The memory of normal sound, where that judges alone."""
        first = self.members[0]
        return first if isinstance(first, MemoryMember) and len(self.members) == 1 else None

    @property
    def memories(self) -> MemoriesMember | None:
        """The memories of normal sound that judge beside networks."""
        return next((m for m in self.members if isinstance(m, MemoriesMember)), None)

    @property
    def networks(self) -> tuple[NetworkMember, ...]:
        """The members that are networks."""
        return tuple(member for member in self.members if isinstance(member, NetworkMember))

    def on(self, device: str) -> Ensemble:
        """The same, its networks judging on another device, by torch unless it is "cpu"."""
        return Ensemble(
            [
                replace(member, device=device) if isinstance(member, NetworkMember) else member
                for member in self.members
            ]
        )

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """What is saved of all members."""
        return {
            f"member.{member.config.name}.{name}": array
            for member in self.members
            for name, array in member.as_arrays().items()
        }

    def forward(self, spectra: ArraySpectra) -> list[MemberOutput]:
        """What each member makes of segments, in their order."""
        return [member.forward(spectra) for member in self.members]

    def fused(self, scores: Sequence[Array]) -> Array:
        """Mean of the members' scores on one scale, window by window.

        Where memories judge beside networks, the two ways of hearing count half each, and each
        score by its arcsinh: a cross-entropy knows no bound, and a single network at a loss in
        another place's noise would drown all that the memories hear.

        Members see a segment through windows of their own, some as a whole. The first one's windows
        are kept; one with other windows counts in all of a segment's with its mean over the
        segment. So a segment's score is the mean of its members' scores of it.

        Args:
            scores: of each member, `(segment, its windows, ids)`.

        Returns:
            `(segment, windows of the first, ids)`.
        """
        shape = scores[0].shape
        on_one_scale = [
            ((found if found.shape == shape else found.mean(axis=1, keepdims=True)) - config.mean)
            / config.deviation
            for found, config in zip(scores, self.configs, strict=True)
        ]
        if self.memories is None:
            return _mean(on_one_scale, shape)
        heard = [np.arcsinh(score) for score in on_one_scale]
        halves = [
            [of for of, c in zip(heard, self.configs, strict=True) if isinstance(c, kind)]
            for kind in (MemberConfig, MemoriesConfig)
        ]
        return _mean([_mean(half, shape) for half in halves], shape)

    def measure(self, waveform: Waveform) -> Measurement:
        """All that is ever asked of a recording, measured once.

        Args:
            waveform: the recording.

        Raises:
            AudioError: it is shorter than one window.
        """
        if memory := self.memory:
            return memory.measure(waveform)
        segments = split(waveform, self.front_end)
        outputs, statistics, mean_power = [], [], np.zeros(FrontEnd().n_frequencies, np.float32)
        for first in range(0, len(segments), _SEGMENTS_AT_ONCE):
            here = segments[first : first + _SEGMENTS_AT_ONCE]
            spectra = ArraySpectra(np.stack([segment.samples for segment in here]))
            try:
                outputs.append(self.forward(spectra))
            except SilentError as error:
                raise SilentError(
                    f"{waveform.name}: 10 s of it are silent; cut them out, or use watch."
                ) from error
            statistics.append(band_statistics(spectra.complex(FrontEnd())))
            mean_power += spectra.power(FrontEnd()).mean(axis=-1).sum(axis=0) / len(segments)
        by_member = [_joined(found) for found in zip(*outputs, strict=True)]
        windows = self.fused([output.scores for output in by_member])
        of_recording = [output.scores.mean(axis=1).mean(axis=0) for output in by_member]
        attention = [
            attention_of(member.own, output.attention)
            for member, output in zip(self.members, by_member, strict=True)
            if output.attention is not None
        ]
        return Measurement(
            name=waveform.name,
            seconds=waveform.seconds,
            problems=waveform.problems,
            windows=windows,
            starts=self._starts([segment.start for segment in segments]),
            ids=windows.mean(axis=1).mean(axis=0),
            likeness=-np.mean([of_recording[k] for k in self._telling_apart], axis=0),
            attention=np.concatenate(attention).mean(axis=0) if attention else None,
            by_member={
                config.name: scores
                for config, scores in zip(self.configs, of_recording, strict=True)
            },
            statistics=np.concatenate(statistics),
            embedding=np.concatenate([_direction(output.logits) for output in by_member]),
            spectrum=band_levels(mean_power),
            fingerprint=fingerprint(waveform.samples),
            novelty=self._novelty(by_member),
            cuts=waveform.cuts,
        )

    def _novelty(self, by_member: Sequence[MemberOutput]) -> Novelty | None:
        """What the outputs of all members for a recording say of its being known at all."""
        levels = [output.levels for output in by_member if output.levels is not None]
        if not levels:
            return None
        odds = [
            odds_of_others(self.members[k].own, by_member[k].logits) for k in self._telling_apart
        ]
        of_networks = [float(of.mean()) for of in odds if of is not None]
        nearest = float(levels[0].min(axis=1).mean())
        return Novelty(nearest, float(np.mean(of_networks)) if of_networks else None)

    @property
    def _telling_apart(self) -> list[int]:
        """The members whose scores are probabilities of a machine: the networks, if there are."""
        networks = [k for k, c in enumerate(self.configs) if isinstance(c, MemberConfig)]
        return networks or list(range(len(self.members)))

    def _starts(self, of_segments: Sequence[float]) -> NDArray[np.float64]:
        """Where the windows of the first member begin, `(segment, window)` in seconds."""
        front_end = self.front_end
        hop_seconds = front_end.hop_length / front_end.sample_rate
        in_segment = window_starts(front_end.segment_frames, front_end.window_frames)
        return np.array(
            [[start + frame * hop_seconds for frame in in_segment] for start in of_segments]
        )


def _mean(scores: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """Of scores that broadcast to a shape."""
    mean: Array = np.mean([np.broadcast_to(score, shape) for score in scores], axis=0)
    return mean


def _joined(outputs: Sequence[MemberOutput]) -> MemberOutput:
    """Of one member, over the segments of a recording."""
    return MemberOutput._make(
        None if parts[0] is None else np.concatenate(parts) for parts in zip(*outputs, strict=True)
    )


def _direction(logits: Array) -> Array:
    """Mean over a recording, at unit length."""
    mean = logits.mean(axis=1).mean(axis=0)
    unit: Array = mean / np.maximum(np.sqrt(np.square(mean).sum()), np.float32(1e-12))
    return unit
