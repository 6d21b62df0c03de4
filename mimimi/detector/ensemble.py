"""Members that judge together: each hears the same segments, their scores are put on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from mimimi.audio import Waveform
from mimimi.config import FrontEnd
from mimimi.detector.config import MemberConfig
from mimimi.detector.measurement import Measurement, attention_of
from mimimi.detector.references import band_levels
from mimimi.detector.spectral_baseline import band_statistics
from mimimi.features.fingerprint import fingerprint
from mimimi.features.segment_spectra import SegmentSpectra
from mimimi.features.segments import split
from mimimi.features.spectrum import window_starts
from mimimi.networks.build import Network
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork

_SEGMENTS_AT_ONCE = 2  # bounds the memory of a long recording; more is slower on a CPU


def window_scores(logits: Tensor) -> Tensor:
    """Cross-entropy of each class, in nats: how little a window sounds like that machine.

    Args:
        logits: of the total branch, `(..., classes)`.

    Returns:
        The same shape; column k is the score if the recording is said to be of class k.

    Source: Kim et al. 2021, section on inference: only the total branch is used.

    Example:
        >>> window_scores(torch.tensor([[0.0, 0.0]]))
        tensor([[0.6931, 0.6931]])
    """
    return -logits.log_softmax(dim=-1)


class MemberOutput(NamedTuple):
    """What a member makes of segments.

    `scores` is `(segment, window, ids)`, how little a window sounds like each machine, on a scale
    of the member's own; `logits` is `(segment, window, classes)`; `attention` is `(segment, window,
    2 classes)`, None where the member has none.
    """

    scores: Tensor
    logits: Tensor
    attention: Tensor | None


class Member(Protocol):
    """What an ensemble needs of a member, of whatever kind."""

    @property
    def config(self) -> MemberConfig:
        """Name, front end, classes and scale."""

    @property
    def own(self) -> tuple[int, ...]:
        """The classes that are the detector's machines, in the detector's order."""

    def forward(self, spectra: SegmentSpectra) -> MemberOutput:
        """Score the windows of segments under each machine id of the detector."""

    def as_tensors(self) -> dict[str, Tensor]:
        """What is saved of it, by name."""


@dataclass(frozen=True)
class NetworkMember:
    """A network that tells machines apart.

    Args:
        config: all of it but its weights.
        network: in evaluation mode.
        own: the classes that are the detector's machines, in the detector's order.

    Example:
        >>> from mimimi.config import NetworkConfig
        >>> from mimimi.networks.build import build
        >>> config = MemberConfig("paper", FrontEnd(), NetworkConfig(width=0.1), ("fan a", "fan b"))
        >>> member = NetworkMember(config, build(2, config.network).eval(), (0, 1))
        >>> member.forward(SegmentSpectra(torch.randn(2, 160_000))).scores.shape
        torch.Size([2, 5, 2])
    """

    config: MemberConfig
    network: Network
    own: tuple[int, ...]

    @classmethod
    def of(
        cls, machine_type: str, ids: Sequence[str], config: MemberConfig, network: Network
    ) -> NetworkMember:
        """A member of the detector of a machine type."""
        own = tuple(config.machines.index(f"{machine_type} {i}") for i in ids)
        return cls(config, network.eval(), own)

    def forward(self, spectra: SegmentSpectra) -> MemberOutput:
        """Cross-entropy of each id, in nats."""
        if isinstance(self.network, LineSpectrumNetwork):
            heard = spectra.lines(self.config.front_end)
            output = self.network.classify(heard.flatten(0, 1)[:, None])
        else:
            heard = spectra.windows(self.config.front_end)
            output = self.network(heard.flatten(0, 1))
        shape = (*heard.shape[:2], -1)
        logits = output.total.reshape(shape)
        return MemberOutput(
            scores=window_scores(logits)[..., list(self.own)],
            logits=logits,
            attention=None if output.attention is None else output.attention.reshape(shape),
        )

    def as_tensors(self) -> dict[str, Tensor]:
        """The network's weights, on the CPU."""
        return {name: value.cpu() for name, value in self.network.state_dict().items()}


class Ensemble:
    """The members of a detector, and the machines that they tell apart.

    Args:
        members: at least one; the first one's windows are those that are shown.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = tuple(members)

    @property
    def configs(self) -> tuple[MemberConfig, ...]:
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
            outputs.append([_on_cpu(output) for output in self.forward(spectra)])
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
        return Measurement(
            name=waveform.name,
            seconds=waveform.seconds,
            warning=waveform.warning,
            windows=windows,
            starts=self._starts([segment.start for segment in segments]),
            ids=windows.mean(dim=1).mean(dim=0),
            likeness=-torch.stack(of_recording).mean(dim=0),
            attention=torch.cat(attention).mean(dim=0) if attention else None,
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
    attention = None if output.attention is None else output.attention.cpu()
    return MemberOutput(output.scores.cpu(), output.logits.cpu(), attention)


def _joined(outputs: Sequence[MemberOutput]) -> MemberOutput:
    """Of one member, over the segments of a recording."""
    attention = [output.attention for output in outputs if output.attention is not None]
    return MemberOutput(
        torch.cat([output.scores for output in outputs]),
        torch.cat([output.logits for output in outputs]),
        torch.cat(attention) if attention else None,
    )
