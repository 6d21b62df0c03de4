"""What `config.json` says of a detector, read from strangers' files with every field checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mimimi.calibration import Calibration, Mode
from mimimi.config import SAMPLE_RATE, FrontEnd, NetworkConfig

MEMBER = "paper"
"""Name of the only member; ensembles will have several."""

_NAME = re.compile(r"\w[\w .+-]{0,63}")
_MOST_IDS = 10_000
_MODES: tuple[Mode, ...] = ("given", "guessed")


@dataclass(kw_only=True)
class DetectorConfig:
    """All of a detector but its weights.

    Args:
        machine_type: such as "fan".
        ids: machines it knows, in the order of the network's classes.
        front_end: from waveform to windows.
        network_config: the choices the network was built with.
        calibration: scores of normal recordings and thresholds.
        about: origin and licence of the data, recipe, figures: what the card says.
        learnt: SHA-256 of the recordings it was trained on or stopped by.
        calibrated: SHA-256 of the recordings behind its thresholds.
    """

    machine_type: str
    ids: list[str]
    front_end: FrontEnd
    network_config: NetworkConfig
    calibration: Calibration
    about: dict[str, Any] = field(default_factory=dict)
    learnt: set[str] = field(default_factory=set)
    calibrated: set[str] = field(default_factory=set)

    def as_config(self) -> dict[str, Any]:
        """As `config.json` holds it: JSON types."""
        member = {
            "name": MEMBER,
            "view": "complex_spectrum",
            "front_end": asdict(self.front_end),
            "network": "DetectorNetwork",
            "arguments": asdict(self.network_config),
            "score": "cross_entropy",
        }
        return {
            "machine_type": self.machine_type,
            "ids": self.ids,
            "members": [member],
            "fusion": "single",
            **self.calibration.as_dict(),
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
    ids = config["ids"]
    if not isinstance(ids, list) or not 1 <= len(ids) <= _MOST_IDS or len(set(ids)) != len(ids):
        raise ValueError("ids")
    for name in (config["machine_type"], *ids):
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError("machine_type or ids")
    (member,) = config["members"]
    if member["network"] != "DetectorNetwork" or member["score"] != "cross_entropy":
        raise ValueError("members: a network that this version does not know")
    calibration = Calibration.from_dict(config)
    for mode in _MODES:
        for machine_id in ids:
            if not _is_calibrated(calibration, mode, machine_id):
                raise ValueError(f"thresholds: none for {machine_id}, id {mode}")
    return {
        "machine_type": config["machine_type"],
        "ids": list(ids),
        "front_end": _checked_front_end(FrontEnd(**member["front_end"])),
        "network_config": _checked_network(NetworkConfig(**member["arguments"])),
        "calibration": calibration,
        "about": dict(config["about"]),
        "learnt": set(config["learnt"]),
        "calibrated": set(config["calibrated"]),
    }


def _is_calibrated(calibration: Calibration, mode: Mode, machine_id: str) -> bool:
    try:
        return bool(calibration.normal_scores(mode, machine_id))
    except StopIteration:
        return False


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
    )
    if not possible:
        raise ValueError("front_end")
    return front_end


def _checked_network(network: NetworkConfig) -> NetworkConfig:
    possible = (
        network.norm in ("split", "modulus")
        and network.attention in ("softmax", "sigmoid")
        and 0 < network.width <= 8
    )
    if not possible:
        raise ValueError("arguments")
    return network
