"""What `config.json` says of a detector, read from strangers' files with every field checked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mimimi.config import (
    LINE_SPECTRUM,
    SAMPLE_RATE,
    AnyNetworkConfig,
    FrontEnd,
    LineSpectrumConfig,
)
from mimimi.detector.calibration import Calibration, Mode
from mimimi.detector.references import Reference, checked
from mimimi.networks.build import CONFIGS, name_of

_NAME = re.compile(r"\w[\w .+-]{0,63}")
_MACHINE = re.compile(r"\w[\w .+-]{0,128}")
_MOST_IDS = 10_000
_MOST_MEMBERS = 32
_MODES: tuple[Mode, ...] = ("given", "guessed")


@dataclass(frozen=True)
class MemberConfig:
    """All of one network of a detector but its weights.

    Args:
        name: of the member, such as "paper".
        front_end: from waveform to windows.
        network: the choices the network was built with; their kind says which network it is.
        machines: its classes, in their order, as `Recording.machine` names them. A network that
            learnt the machines of several types has more of them than its detector has ids.
        mean: of its scores of held-out normal recordings, nats.
        deviation: of the same; scores of several members are put on one scale by the two.
    """

    name: str
    front_end: FrontEnd
    network: AnyNetworkConfig
    machines: tuple[str, ...]
    mean: float = 0.0
    deviation: float = 1.0

    def as_config(self) -> dict[str, Any]:
        """As `config.json` holds it: JSON types."""
        return {
            "name": self.name,
            "front_end": asdict(self.front_end),
            "network": name_of(self.network),
            "arguments": asdict(self.network),
            "machines": list(self.machines),
            "score": "cross_entropy",
            "mean": self.mean,
            "deviation": self.deviation,
        }


@dataclass(kw_only=True)
class DetectorConfig:
    """All of a detector but its weights.

    Args:
        machine_type: such as "fan".
        ids: machines it knows.
        members: its networks; the first one's windows are those a verdict shows.
        calibration: scores of normal recordings and thresholds.
        about: origin and licence of the data, recipe, figures: what the card says.
        known_limit: beyond this distance a recording is no machine that is known; None where a
            detector cannot tell.
        holds_lines: whether it holds the usual lines of its machines.
        references: normal recordings it keeps the sound of, to compare with.
        learnt: SHA-256 of the recordings it was trained on or stopped by.
        calibrated: SHA-256 of the recordings behind its thresholds.
    """

    machine_type: str
    ids: list[str]
    members: list[MemberConfig]
    calibration: Calibration
    known_limit: float | None = None
    holds_lines: bool = False
    references: list[Reference] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    learnt: set[str] = field(default_factory=set)
    calibrated: set[str] = field(default_factory=set)

    @property
    def front_end(self) -> FrontEnd:
        """Of the first member: how recordings are cut into segments and windows."""
        return self.members[0].front_end

    def as_config(self) -> dict[str, Any]:
        """As `config.json` holds it: JSON types."""
        return {
            "machine_type": self.machine_type,
            "ids": self.ids,
            "members": [member.as_config() for member in self.members],
            "fusion": "mean",
            **self.calibration.as_dict(),
            "known_limit": self.known_limit,
            "holds_lines": self.holds_lines,
            "references": [reference.as_config() for reference in self.references],
            "learnt": sorted(self.learnt),
            "calibrated": sorted(self.calibrated),
            "about": self.about,
        }


def fields_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `DetectorConfig` from `as_config`.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, OverflowError: something is missing, of
            the wrong kind, or beyond what any training of ours writes; its text names the field.
    """
    ids = _names(config["ids"], _NAME, "ids")
    machine_type = config["machine_type"]
    if not isinstance(machine_type, str) or not _NAME.fullmatch(machine_type):
        raise ValueError("machine_type")
    members = config["members"]
    if not isinstance(members, list) or not 1 <= len(members) <= _MOST_MEMBERS:
        raise ValueError("members")
    if config["fusion"] != "mean":
        raise ValueError("fusion: one that this version does not know")
    calibration = Calibration.from_dict(config)
    for mode in _MODES:
        for machine_id in ids:
            if not _is_calibrated(calibration, mode, machine_id):
                raise ValueError(f"thresholds: none for {machine_id}, id {mode}")
    learnt = set(config["learnt"])
    own = [f"{machine_type} {machine_id}" for machine_id in ids]
    return {
        "machine_type": machine_type,
        "ids": ids,
        "members": _members(members, own),
        "calibration": calibration,
        "known_limit": _known_limit(config.get("known_limit")),
        "holds_lines": config.get("holds_lines", False) is True,
        "references": checked(config.get("references", []), ids, learnt),
        "about": dict(config["about"]),
        "learnt": learnt,
        "calibrated": set(config["calibrated"]),
    }


def _known_limit(limit: Any) -> float | None:
    if limit is None:
        return None
    if not isinstance(limit, float) or not 0 < limit < 1e6:
        raise ValueError("known_limit")
    return limit


def _names(names: Any, allowed: re.Pattern[str], what: str) -> list[str]:
    if not isinstance(names, list) or not 1 <= len(names) <= _MOST_IDS:
        raise ValueError(what)
    if not all(isinstance(name, str) and allowed.fullmatch(name) for name in names):
        raise ValueError(what)
    if len(set(names)) != len(names):
        raise ValueError(what)
    return list(names)


def _is_calibrated(calibration: Calibration, mode: Mode, machine_id: str) -> bool:
    try:
        return bool(calibration.normal_scores(mode, machine_id))
    except StopIteration:
        return False


def _members(found: list[Any], own: list[str]) -> list[MemberConfig]:
    members = [_member(member, own) for member in found]
    _names([member.name for member in members], _NAME, "members: names")
    first = members[0].front_end
    for member in members:
        other = member.front_end
        if (other.segment_seconds, other.segment_hop_seconds) != (
            first.segment_seconds,
            first.segment_hop_seconds,
        ):
            raise ValueError("members: segments of different length")
    return members


def _member(member: Mapping[str, Any], own: list[str]) -> MemberConfig:
    if member["network"] not in CONFIGS or member["score"] != "cross_entropy":
        raise ValueError("members: a network that this version does not know")
    machines = _names(member["machines"], _MACHINE, "machines")
    if not set(own) <= set(machines):
        raise ValueError("machines")
    mean, deviation = float(member["mean"]), float(member["deviation"])
    if not math.isfinite(mean) or not 1e-6 <= deviation <= 1e6:
        raise ValueError("mean or deviation")
    front_end = _checked_front_end(FrontEnd(**member["front_end"]))
    network = CONFIGS[member["network"]](**member["arguments"])
    return MemberConfig(
        member["name"],
        front_end,
        _checked_network(network, front_end),
        tuple(machines),
        mean,
        deviation,
    )


def _checked_front_end(front_end: FrontEnd) -> FrontEnd:
    counts = (front_end.n_fft, front_end.hop_length, front_end.window_frames)
    possible = (
        all(type(count) is int for count in counts)
        and front_end.sample_rate == SAMPLE_RATE
        and 64 <= front_end.n_fft <= 1 << 16
        and front_end.n_fft // 8 <= front_end.hop_length <= front_end.n_fft
        and 1 <= front_end.window_frames <= 4096
        and 0.1 <= front_end.segment_hop_seconds <= front_end.segment_seconds <= 60
        and front_end.window_samples <= front_end.segment_samples
        and type(front_end.centred) is bool
    )
    if not possible:
        raise ValueError("front_end")
    return front_end


def _checked_network(network: AnyNetworkConfig, front_end: FrontEnd) -> AnyNetworkConfig:
    if isinstance(network, LineSpectrumConfig):
        counts = (network.width, network.embedding)
        possible = (
            all(type(count) is int and 1 <= count <= 1024 for count in counts)
            and 0 <= network.margin <= math.pi
            and 0 < network.scale <= 1000
            and front_end.n_fft == LINE_SPECTRUM.n_fft
        )
    else:
        possible = (
            network.norm in ("split", "modulus")
            and network.attention in ("softmax", "sigmoid")
            and 0 < network.width <= 8
        )
    if not possible:
        raise ValueError("arguments")
    return network
