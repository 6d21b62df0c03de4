"""Members that judge together: each hears the same segments, their scores are put on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from mimimi.audio import Waveform
from mimimi.config import FrontEnd
from mimimi.detector.config import AnyMemberConfig, MemoryConfig
from mimimi.detector.measurement import Measurement, attention_of
from mimimi.detector.member import Member, MemberOutput, NetworkMember
from mimimi.detector.memory_member import MemoryMember
from mimimi.detector.references import band_levels
from mimimi.detector.spectral_baseline import band_statistics
from mimimi.errors import SilentError
from mimimi.features.fingerprint import fingerprint
from mimimi.features.segment_spectra import SegmentSpectra
from mimimi.features.segments import split
from mimimi.features.spectrum import window_starts

_SEGMENTS_AT_ONCE = 2  # bounds the memory of a long recording; more is slower on a CPU


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

    @property
    def device(self) -> torch.device:
        """Where the members listen."""
        return next((t.device for t in self.as_tensors().values()), torch.device("cpu"))

    @staticmethod
    def layout(configs: Sequence[AnyMemberConfig]) -> dict[str, Tensor]:
        """The tensors that members are saved as, without memory of their own."""
        found: dict[str, Tensor] = {}
        for config in configs:
            if isinstance(config, MemoryConfig):
                own = MemoryMember.layout(config)
            else:
                own = NetworkMember.layout(config)
            found |= {f"member.{config.name}.{name}": tensor for name, tensor in own.items()}
        return found

    @classmethod
    def from_tensors(
        cls,
        machine_type: str,
        ids: Sequence[str],
        configs: Sequence[AnyMemberConfig],
        tensors: Mapping[str, Tensor],
    ) -> Ensemble:
        """Back from `as_tensors`.

        Raises:
            DetectorError: what a memory holds makes no sense.
        """
        members: list[Member] = []
        for config in configs:
            prefix = f"member.{config.name}."
            own = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
            if isinstance(config, MemoryConfig):
                members.append(MemoryMember.from_tensors(config, own))
            else:
                members.append(NetworkMember.from_tensors(machine_type, ids, config, own))
        return cls(members)

    @property
    def memory(self) -> MemoryMember | None:
        """The memory of normal sound, where that judges alone."""
        first = self.members[0]
        return first if isinstance(first, MemoryMember) and len(self.members) == 1 else None

    def as_tensors(self) -> dict[str, Tensor]:
        """What is saved of all members."""
        return {
            f"member.{member.config.name}.{name}": tensor
            for member in self.members
            for name, tensor in member.as_tensors().items()
        }

    def forward(self, spectra: SegmentSpectra) -> list[MemberOutput]:
        """What each member makes of segments, in their order."""
        return [member.forward(spectra) for member in self.members]

    def fused(self, scores: Sequence[Tensor]) -> Tensor:
        """Mean of the members' scores on one scale, window by window.

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
            ((found if found.shape == shape else found.mean(1, True).expand(shape)) - config.mean)
            / config.deviation
            for found, config in zip(scores, self.configs, strict=True)
        ]
        return torch.stack(on_one_scale).mean(dim=0)

    def score(self, spectra: SegmentSpectra) -> Tensor:
        """Scores of segments under each id, `(segment, ids)`; gradients pass through."""
        return self.fused([output.scores for output in self.forward(spectra)]).mean(dim=1)

    @torch.inference_mode()
    def measure(self, waveform: Waveform) -> Measurement:
        """All that is ever asked of a recording, measured once.

        Args:
            waveform: the recording.

        Raises:
            AudioError: it is shorter than one window.
        """
        segments = split(waveform, self.front_end)
        outputs, statistics, power = [], [], torch.zeros(FrontEnd().n_frequencies)
        for first in range(0, len(segments), _SEGMENTS_AT_ONCE):
            samples = np.stack([s.samples for s in segments[first : first + _SEGMENTS_AT_ONCE]])
            spectra = SegmentSpectra(torch.from_numpy(samples).to(self.device))
            try:
                outputs.append([_on_cpu(output) for output in self.forward(spectra)])
            except SilentError as error:
                raise SilentError(
                    f"{waveform.name}: 10 s of it are silent; cut them out, or use watch."
                ) from error
            spectrum = spectra.complex(FrontEnd()).cpu()
            statistics.append(band_statistics(spectrum))
            power += spectrum.abs().square().mean(dim=-1).sum(dim=0) / len(segments)
        by_member = [_joined(found) for found in zip(*outputs, strict=True)]
        windows = self.fused([output.scores for output in by_member])
        of_recording = [output.scores.mean(dim=1).mean(dim=0) for output in by_member]
        attention = [
            attention_of(member.own, output.attention)
            for member, output in zip(self.members, by_member, strict=True)
            if output.attention is not None
        ]
        margins, faults = by_member[0].margins, by_member[0].faults
        return Measurement(
            name=waveform.name,
            seconds=waveform.seconds,
            problems=waveform.problems,
            windows=windows,
            starts=self._starts([segment.start for segment in segments]),
            ids=windows.mean(dim=1).mean(dim=0),
            likeness=-torch.stack(of_recording).mean(dim=0),
            attention=torch.cat(attention).mean(dim=0) if attention else None,
            margins=None if margins is None or len(by_member) > 1 else margins.mean(dim=0),
            faults=None if faults is None or len(by_member) > 1 else faults.mean(dim=0),
            by_member=dict(zip((c.name for c in self.configs), of_recording, strict=True)),
            statistics=torch.cat(statistics),
            embedding=torch.cat(
                [normalize(o.logits.mean(dim=1).mean(dim=0), dim=0) for o in by_member]
            ),
            spectrum=band_levels(power),
            fingerprint=fingerprint(waveform.samples),
        )

    def _starts(self, of_segments: Sequence[float]) -> Tensor:
        """Where the windows of the first member begin, `(segment, window)` in seconds."""
        front_end = self.front_end
        hop_seconds = front_end.hop_length / front_end.sample_rate
        in_segment = window_starts(front_end.segment_frames, front_end.window_frames)
        return torch.tensor(
            [[start + frame * hop_seconds for frame in in_segment] for start in of_segments]
        )


def _on_cpu(output: MemberOutput) -> MemberOutput:
    scores, logits, *others = output
    return MemberOutput(
        scores.cpu(), logits.cpu(), *(of if of is None else of.cpu() for of in others)
    )


def _joined(outputs: Sequence[MemberOutput]) -> MemberOutput:
    """Of one member, over the segments of a recording."""
    attention = [output.attention for output in outputs if output.attention is not None]
    margins = [output.margins for output in outputs if output.margins is not None]
    faults = [output.faults for output in outputs if output.faults is not None]
    return MemberOutput(
        torch.cat([output.scores for output in outputs]),
        torch.cat([output.logits for output in outputs]),
        torch.cat(attention) if attention else None,
        torch.cat(margins) if margins else None,
        torch.cat(faults) if faults else None,
    )
