"""A member of an ensemble: what every kind must do, and the kind that is a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi.detector.checkpoint import Layout
from mimimi.detector.config import AnyMemberConfig, MemberConfig
from mimimi.features.segment_spectra import SegmentSpectra
from mimimi.networks.build import Network, build
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork


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
    2 classes)`, None where the member has none; `levels` is `(segment, ids)`, how far the mean
    spectrum is from each machine's nearest normal one in nats², None where it remembers none.
    """

    scores: Tensor
    logits: Tensor
    attention: Tensor | None = None
    levels: Tensor | None = None


class Member(Protocol):
    """What an ensemble needs of a member, of whatever kind."""

    @property
    def config(self) -> AnyMemberConfig:
        """Name, front end, classes and scale."""

    @property
    def own(self) -> tuple[int, ...]:
        """The classes that are the detector's machines, in the detector's order."""

    def forward(self, spectra: SegmentSpectra) -> MemberOutput:
        """Score the windows of segments under each machine id of the detector."""

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """What is saved of it, by name."""


@dataclass(frozen=True)
class NetworkMember:
    """A network that tells machines apart.

    Args:
        config: all of it but its weights.
        network: in evaluation mode.
        own: the classes that are the detector's machines, in the detector's order.

    Example:
        >>> from mimimi.config import FrontEnd, NetworkConfig
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

    @classmethod
    def from_arrays(
        cls,
        machine_type: str,
        ids: Sequence[str],
        config: MemberConfig,
        arrays: Mapping[str, NDArray[Any]],
    ) -> NetworkMember:
        """Back from `as_arrays`."""
        with torch.device("meta"):  # laid out without memory of its own
            network = build(len(config.machines), config.network)
        weights = {name: torch.from_numpy(array) for name, array in arrays.items()}
        network.load_state_dict(weights, assign=True)
        return cls.of(machine_type, ids, config, network)

    @staticmethod
    def layout(config: MemberConfig) -> Layout:
        """The arrays it is saved as."""
        with torch.device("meta"):
            weights = build(len(config.machines), config.network).state_dict()
        return {
            name: (tuple(of.shape), torch.empty(0, dtype=of.dtype).numpy().dtype)
            for name, of in weights.items()
        }

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

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """The network's weights."""
        return {name: value.cpu().numpy() for name, value in self.network.state_dict().items()}


def odds_of_others(own: Sequence[int], logits: Tensor) -> Tensor | None:
    """Logarithm of the odds that a window is of a machine of another type.

    Args:
        own: classes of the network that are machines of the type.
        logits: `(..., classes)`.

    Returns:
        `(...)`, in nats; None where there are no others.

    Example:
        >>> odds_of_others([1], torch.tensor([[2.0, 0.0]])), odds_of_others([0], torch.ones(1, 1))
        (tensor([2.]), None)
    """
    others = [k for k in range(logits.shape[-1]) if k not in own]
    if not others:
        return None
    return logits[..., others].logsumexp(-1) - logits[..., list(own)].logsumexp(-1)


def attention_of(own: Sequence[int], weights: Tensor) -> Tensor:
    """The attention on the machines of one type, that on all others summed up.

    Args:
        own: classes of the network that are machines of the type.
        weights: `(..., 2 classes)`, complex first.

    Returns:
        `(n, 2, own)`, a column wider if there are others.

    Example:
        >>> attention_of([1], torch.tensor([[0.1, 0.2, 0.3, 0.4]]))
        tensor([[[0.2000, 0.1000],
                 [0.4000, 0.3000]]])
    """
    classes = weights.shape[-1] // 2
    weights = weights.reshape(-1, 2, classes)
    others = [k for k in range(classes) if k not in own]
    rest = weights[..., others].sum(-1, keepdim=True)
    return torch.cat((weights[..., list(own)], *((rest,) if others else ())), dim=-1)
