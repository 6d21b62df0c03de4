"""Detectors that differ from another in what a test is about, and what is inside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.detector.detector import Detector
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.member import Member, NetworkMember


def with_config(detector: Detector, **fields: Any) -> Detector:
    """The same but for fields of its config."""
    return replace(detector, config=replace(detector.config, **fields))


def with_members(detector: Detector, *members: Member) -> Detector:
    """The same with other members."""
    return replace(detector, ensemble=Ensemble(members))


def member(detector: Detector, name: str = "paper") -> NetworkMember:
    """One of its networks."""
    (found,) = (m for m in detector.ensemble.networks if m.config.name == name)
    return found


def weights(detector: Detector, name: str = "paper") -> Mapping[str, NDArray[np.generic]]:
    """The weights of one of its networks."""
    return member(detector, name).weights
