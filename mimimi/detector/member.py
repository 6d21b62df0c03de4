"""A member of an ensemble: what every kind must do, and the kind that is a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from mimimi.detector.checkpoint import Layout
from mimimi.detector.config import AnyMemberConfig, MemberConfig
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.networks.architecture import forms, reads_lines
from mimimi.networks.session import Session

if TYPE_CHECKING:
    from mimimi.networks.build import Network

Array = NDArray[np.float32]


def window_scores(logits: Array) -> Array:
    """Cross-entropy of each class, in nats: how little a window sounds like that machine.

    Args:
        logits: of the total branch, `(..., classes)`.

    Returns:
        The same shape; column k is the score if the recording is said to be of class k.

    Source: Kim et al. 2021, section on inference: only the total branch is used.

    Example:
        >>> window_scores(np.zeros((1, 2), np.float32)).round(4)
        array([[0.6931, 0.6931]], dtype=float32)
    """
    below = logits - logits.max(axis=-1, keepdims=True)
    scores: Array = np.log(np.exp(below).sum(axis=-1, keepdims=True)) - below
    return scores


class MemberOutput(NamedTuple):
    """What a member makes of segments.

    `scores` is `(segment, window, ids)`, how little a window sounds like each machine, on a scale
    of the member's own; `logits` is `(segment, window, classes)`; `attention` is `(segment, window,
    2 classes)`, None where the member has none; `levels` is `(segment, ids)`, how far the mean
    spectrum is from each machine's nearest normal one in nats², None where it remembers none.
    """

    scores: Array
    logits: Array
    attention: Array | None = None
    levels: Array | None = None


class Member(Protocol):
    """What an ensemble needs of a member, of whatever kind."""

    @property
    def config(self) -> AnyMemberConfig:
        """Name, front end, classes and scale."""

    @property
    def own(self) -> tuple[int, ...]:
        """The classes that are the detector's machines, in the detector's order."""

    def forward(self, spectra: ArraySpectra) -> MemberOutput:
        """Score the windows of segments under each machine id of the detector."""

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """What is saved of it, by name."""


@dataclass(frozen=True)
class NetworkMember:
    """A network that tells machines apart: by ONNX Runtime, or by torch on another device.

    Args:
        config: all of it but its weights.
        weights: by the names of `mimimi.networks.architecture.forms`.
        own: the classes that are the detector's machines, in the detector's order.
        device: where it judges, as torch names it.

    Example:
        >>> from mimimi.config import FrontEnd, NetworkConfig
        >>> config = MemberConfig("paper", FrontEnd(), NetworkConfig(width=0.1), ("fan a", "fan b"))
        >>> weights = {n: np.ones(*form) for n, form in NetworkMember.layout(config).items()}
        >>> member = NetworkMember(config, weights, (0, 1))
        >>> member.forward(ArraySpectra(np.ones((2, 160_000), np.float32))).scores.shape
        (2, 5, 2)
    """

    config: MemberConfig
    weights: Mapping[str, NDArray[Any]]
    own: tuple[int, ...]
    device: str = "cpu"

    @classmethod
    def of(
        cls, machine_type: str, ids: Sequence[str], config: MemberConfig, network: Network
    ) -> NetworkMember:
        """A member of the detector of a machine type, on the device of its network."""
        return replace(cls.of_all(config, network), own=_own(machine_type, ids, config))

    @classmethod
    def of_all(cls, config: MemberConfig, network: Network) -> NetworkMember:
        """A member that judges each of its machines, on the device of its network."""
        state = network.state_dict()
        weights = {name: value.cpu().numpy().copy() for name, value in state.items()}
        device = str(next(network.parameters()).device)
        return cls(config, weights, tuple(range(len(config.machines))), device)

    @classmethod
    def from_arrays(
        cls,
        machine_type: str,
        ids: Sequence[str],
        config: MemberConfig,
        arrays: Mapping[str, NDArray[Any]],
    ) -> NetworkMember:
        """Back from `as_arrays`."""
        return cls(config, arrays, _own(machine_type, ids, config))

    @staticmethod
    def layout(config: MemberConfig) -> Layout:
        """The arrays it is saved as."""
        return forms(len(config.machines), config.network)

    @cached_property
    def session(self) -> Session:
        """The network in ONNX Runtime."""
        return Session(self.weights, self.config.network, self.config.front_end)

    @cached_property
    def network(self) -> Network:
        """The network in torch, on its device and in evaluation mode: for gradients too."""
        from mimimi.networks.build import restored

        return restored(self.weights, len(self.config.machines), self.config.network, self.device)

    def forward(self, spectra: ArraySpectra) -> MemberOutput:
        """Cross-entropy of each id, in nats."""
        front_end = self.config.front_end
        if reads_lines(self.config.network):
            heard = spectra.lines(front_end)[:, :, None]
        else:
            heard = spectra.windows(front_end)
        windows = heard.reshape(-1, *heard.shape[2:])
        if self.device == "cpu":
            outputs = self.session.run(windows)
        else:
            from mimimi.networks.build import outputs_of

            outputs = outputs_of(self.network, windows)
        logits, *attention = (of.reshape(*heard.shape[:2], -1) for of in outputs)
        return MemberOutput(
            window_scores(logits)[..., list(self.own)], logits, attention[0] if attention else None
        )

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """The network's weights."""
        return dict(self.weights)

    def __getstate__(self) -> dict[str, Any]:
        made_anew = ("session", "network")  # where it is sent to
        return {name: of for name, of in self.__dict__.items() if name not in made_anew}


def _own(machine_type: str, ids: Sequence[str], config: MemberConfig) -> tuple[int, ...]:
    return tuple(config.machines.index(f"{machine_type} {i}") for i in ids)


def odds_of_others(own: Sequence[int], logits: Array) -> Array | None:
    """Logarithm of the odds that a window is of a machine of another type.

    Args:
        own: classes of the network that are machines of the type.
        logits: `(..., classes)`.

    Returns:
        `(...)`, in nats; None where there are no others.

    Example:
        >>> odds_of_others([1], np.array([[2.0, 0.0]])), odds_of_others([0], np.ones((1, 1)))
        (array([2.]), None)
    """
    others = [k for k in range(logits.shape[-1]) if k not in own]
    if not others:
        return None
    among_others, among_own = (
        np.logaddexp.reduce(logits[..., list(of)], axis=-1) for of in (others, own)
    )
    odds: Array = among_others - among_own
    return odds


def attention_of(own: Sequence[int], weights: Array) -> Array:
    """The attention on the machines of one type, that on all others summed up.

    Args:
        own: classes of the network that are machines of the type.
        weights: `(..., 2 classes)`, complex first.

    Returns:
        `(n, 2, own)`, a column wider if there are others.

    Example:
        >>> attention_of([1], np.array([[0.1, 0.2, 0.3, 0.4]])).tolist()
        [[[0.2, 0.1], [0.4, 0.3]]]
    """
    classes = weights.shape[-1] // 2
    weights = weights.reshape(-1, 2, classes)
    others = [k for k in range(classes) if k not in own]
    rest = weights[..., others].sum(axis=-1, keepdims=True)
    return np.concatenate((weights[..., list(own)], *((rest,) if others else ())), axis=-1)
