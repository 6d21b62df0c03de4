"""What `config.json` says of a detector, read from untrusted files with every field checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mimimi.audio.channels import Pair
from mimimi.config import LINE_SPECTRUM, AnyNetworkConfig, FrontEnd
from mimimi.detector import memories_config
from mimimi.detector.calibration import Calibration, Mode
from mimimi.detector.memories_config import MemoriesConfig
from mimimi.detector.network_limits import checked_front_end, checked_network
from mimimi.memory import occasion
from mimimi.memory.blocks import FEWEST
from mimimi.memory.memory import MOST_SEGMENTS
from mimimi.memory.occasion import Occasion
from mimimi.names import is_machine, is_name
from mimimi.networks.configs import CONFIGS, name_of

_MOST_IDS = 10_000
_MOST_MEMBERS = 32
_MOST_CHANNELS = 256
_MODES: tuple[Mode, ...] = ("given", "inferred")


@dataclass(frozen=True)
class MemberConfig:
    """All of one network of a detector but its weights.

    Args:
        name: of the member, such as "paper".
        front_end: from waveform to windows.
        network: the choices the network was built with; their kind says which network it is.
        machines: its classes, in their order, as `Recording.machine` names them. A network that
            knows the machines of several types has more of them than its detector has ids.
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
            "kind": "network",
            "name": self.name,
            "front_end": asdict(self.front_end),
            "network": name_of(self.network),
            "arguments": asdict(self.network),
            "machines": list(self.machines),
            "mean": self.mean,
            "deviation": self.deviation,
        }


@dataclass(frozen=True)
class MemoryConfig:
    """All of a memory of normal sound but what it holds.

    Args:
        name: of the member.
        machines: the one machine, as `Recording.machine` names it.
        segments: that it holds.
        mean: as of a network.
        deviation: as of a network.
        occasions: on which it heard them.
    """

    name: str
    machines: tuple[str, ...]
    segments: int
    mean: float = 0.0
    deviation: float = 1.0
    occasions: tuple[Occasion, ...] = (Occasion(kind="learnt"),)

    @property
    def front_end(self) -> FrontEnd:
        """One window is a whole segment."""
        return LINE_SPECTRUM

    def as_config(self) -> dict[str, Any]:
        """As `config.json` holds it: JSON types."""
        return {
            "kind": "memory",
            **asdict(self),
            "machines": list(self.machines),
            "occasions": [occasion.as_config() for occasion in self.occasions],
        }


AnyMemberConfig = MemberConfig | MemoryConfig | MemoriesConfig


@dataclass(frozen=True, kw_only=True)
class DetectorConfig:
    """All of a detector but what is saved as tensors.

    Args:
        machine_type: such as "fan".
        ids: machines it knows.
        calibration: scores of normal recordings and thresholds.
        novelty_limit: beyond this distance from the `SpectralBaseline` a recording is an unknown
            sound; None where there is none. Memories beside networks need no limit of their own.
        channels: of what it was made from, where a second microphone heard the hall; None: there
            was no such.
        about: origin and licence of the data, recipe, figures: what the card says.
        trained_on: fingerprints of the recordings it was trained on or stopped by.
        calibrated_on: fingerprints of the recordings behind its thresholds.
    """

    machine_type: str
    ids: tuple[str, ...]
    calibration: Calibration
    novelty_limit: float | None = None
    channels: Pair | None = None
    about: dict[str, Any] = field(default_factory=dict)
    trained_on: frozenset[str] = frozenset()
    calibrated_on: frozenset[str] = frozenset()

    def as_config(self) -> dict[str, Any]:
        """As `config.json` holds it: JSON types."""
        return {
            "machine_type": self.machine_type,
            "ids": list(self.ids),
            **self.calibration.as_dict(),
            "novelty_limit": self.novelty_limit,
            "channels": asdict(self.channels) if self.channels else None,
            "trained_on": sorted(self.trained_on),
            "calibrated_on": sorted(self.calibrated_on),
            "about": dict(self.about),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> DetectorConfig:
        """Back from `as_config`.

        Raises:
            KeyError, TypeError, ValueError, AttributeError, OverflowError: something is missing, of
                the wrong kind, or beyond what any training of ours writes; its text names the
                field.
        """
        ids = _names(config["ids"], is_name, "ids")
        machine_type = config["machine_type"]
        if not is_name(machine_type):
            raise ValueError("machine_type")
        calibration = Calibration.from_dict(config)
        for mode in _MODES:
            for machine_id in ids:
                if not _is_calibrated(calibration, mode, machine_id):
                    raise ValueError(f"thresholds: none for {machine_id}, id {mode}")
        return cls(
            machine_type=machine_type,
            ids=tuple(ids),
            calibration=calibration,
            novelty_limit=_novelty_limit(config["novelty_limit"]),
            channels=channels_of(config["channels"]),
            about=dict(config["about"]),
            trained_on=_fingerprints(config["trained_on"]),
            calibrated_on=_fingerprints(config["calibrated_on"]),
        )


def member_configs(config: Mapping[str, Any], of: DetectorConfig) -> list[AnyMemberConfig]:
    """The members in `config.json`.

    Args:
        config: all of it.
        of: the same, read: says which machines each member must know.

    Raises:
        KeyError, TypeError, ValueError: as for `DetectorConfig.from_config`.
    """
    found = config["members"]
    if not isinstance(found, list) or not 1 <= len(found) <= _MOST_MEMBERS:
        raise ValueError("members")
    own = [f"{of.machine_type} {machine_id}" for machine_id in of.ids]
    members = [_member(member, own) for member in found]
    _names([member.name for member in members], is_name, "members: names")
    kinds = [type(member) for member in members]
    if MemoriesConfig in kinds and (kinds.count(MemoriesConfig) > 1 or MemberConfig not in kinds):
        raise ValueError("members: memories judge beside networks")
    first = members[0].front_end
    for member in members:
        other = member.front_end
        if (other.segment_seconds, other.segment_hop_seconds) != (
            first.segment_seconds,
            first.segment_hop_seconds,
        ):
            raise ValueError("members: segments of different length")
    return members


def _novelty_limit(limit: Any) -> float | None:
    if limit is None:
        return None
    if not isinstance(limit, float) or not 0 < limit < 1e6:
        raise ValueError("novelty_limit")
    return limit


def channels_of(found: Any) -> Pair | None:
    """The channels in `config.json`.

    Raises:
        KeyError, TypeError, ValueError: as for `DetectorConfig.from_config`.
    """
    if found is None:
        return None
    near, far = found["near"], found["far"]
    if not all(type(k) is int and 0 <= k < _MOST_CHANNELS for k in (near, far)) or near == far:
        raise ValueError("channels")
    return Pair(near, far)


def _fingerprints(found: Any) -> frozenset[str]:
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise ValueError("fingerprints")
    return frozenset(found)


def _names(names: Any, allowed: Callable[[object], bool], what: str) -> list[str]:
    if not isinstance(names, list) or not 1 <= len(names) <= _MOST_IDS:
        raise ValueError(what)
    if not all(map(allowed, names)):
        raise ValueError(what)
    if len(set(names)) != len(names):
        raise ValueError(what)
    return list(names)


def _is_calibrated(calibration: Calibration, mode: Mode, machine_id: str) -> bool:
    try:
        return bool(calibration.normal_scores(mode, machine_id))
    except StopIteration:
        return False


def _member(member: Mapping[str, Any], own: list[str]) -> AnyMemberConfig:
    machines = _names(member["machines"], is_machine, "machines")
    if not set(own) <= set(machines):
        raise ValueError("machines")
    mean, deviation = float(member["mean"]), float(member["deviation"])
    if not math.isfinite(mean) or not 1e-6 <= deviation <= 1e6:
        raise ValueError("mean or deviation")
    if member["kind"] == "memory":
        segments = member["segments"]
        if (
            type(segments) is not int
            or not FEWEST <= segments <= MOST_SEGMENTS
            or len(machines) > 1
        ):
            raise ValueError("segments")
        occasions = occasion.checked(member["occasions"])
        return MemoryConfig(member["name"], tuple(machines), segments, mean, deviation, occasions)
    if member["kind"] == "memories":
        return memories_config.checked(member, own, mean, deviation)
    if member["kind"] != "network" or member["network"] not in CONFIGS:
        raise ValueError("members: one that this version does not know")
    front_end = checked_front_end(FrontEnd(**member["front_end"]))
    network = CONFIGS[member["network"]](**member["arguments"])
    return MemberConfig(
        member["name"],
        front_end,
        checked_network(network, front_end),
        tuple(machines),
        mean,
        deviation,
    )
