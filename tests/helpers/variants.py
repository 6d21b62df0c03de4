"""Detectors that differ from another in what a test is about, and what is inside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from mimimi.detector.detector import Detector
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.member import NetworkMember
from mimimi.networks.build import Network


def with_config(detector: Detector, **fields: Any) -> Detector:
    """The same but for fields of its config."""
    return replace(detector, config=replace(detector.config, **fields))


def with_members(detector: Detector, *members: NetworkMember) -> Detector:
    """The same with other members."""
    return replace(detector, ensemble=Ensemble(members))


def network(detector: Detector, name: str = "paper") -> Network:
    """The network of one of its members."""
    (found,) = (m for m in detector.ensemble.members if m.config.name == name)
    return found.network


def weights(detector: Detector, name: str = "paper") -> dict[str, torch.Tensor]:
    """Its weights."""
    return network(detector, name).state_dict()
