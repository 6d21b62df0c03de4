"""Saved detectors of earlier formats, turned into today's.

Format 2 knew recordings by the SHA-256 of their files, which stand in the place of fingerprints and
are compared as they are; its words for things were others. In format 3 a memory of normal sound had
been learnt, whenever that was, and was told nothing else. Up to format 4 all heard one microphone.
Up to format 5 the first block of every network of the paper's kind strode by two, as one does still
of which nothing else is said. Up to format 6 nobody could say that a machine has one state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.config import LINE_SPECTRUM

OLDEST = 2

_NEVER = 1e4  # nats: no line lies so far beyond
_ARRAYS = {"familiar": "spectral_baseline", "usual_lines": "line_baseline"}


def todays_config(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration in today's words; what is malformed stays so, and is refused later.

    Args:
        config: as it was saved; its `format` is kept.
    """
    if config["format"] < 5:
        config = config | {"channels": None}
    if config["format"] == 3:
        members = [_occasions(config, member) for member in _list(config.get("members"))]
        return config | {"members": members}
    if config["format"] != 2:
        return config
    told = dict(config)
    for old, new in (("learnt", "trained_on"), ("calibrated", "calibrated_on")):
        if old in told:
            told[new] = told.pop(old)
    told["novelty_limit"] = told.pop("known_limit", None)
    told["references"] = [_reference(entry) for entry in _list(told.get("references", []))]
    told["members"] = [_member(member) for member in _list(told.get("members"))]
    told["thresholds"] = [_threshold(entry) for entry in _list(told.get("thresholds"))]
    if isinstance(scores := told.get("calibration"), dict):
        told["calibration"] = {_mode(mode): found for mode, found in scores.items()}
    return told


def todays_arrays(
    config: Mapping[str, Any], arrays: dict[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Arrays by today's names.

    Args:
        config: as `todays_config` gives it.
        arrays: by the names they were saved under.
    """
    if config["format"] != 2:
        return arrays
    named = {}
    for name, array in arrays.items():
        room, dot, rest = name.partition(".")
        named[f"{_ARRAYS.get(room, room)}{dot}{rest}"] = array
    means = named.get("spectral_baseline.means")
    if means is not None and "line_baseline.middle" not in named:  # older still: bands alone
        middle = np.zeros((len(means), LINE_SPECTRUM.n_frequencies), np.float32)
        named |= {"line_baseline.middle": middle, "line_baseline.spread": middle + _NEVER}
    return named


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _reference(entry: Any) -> Any:
    if not isinstance(entry, dict) or "sha256" not in entry:
        return entry
    return {("fingerprint" if key == "sha256" else key): value for key, value in entry.items()}


def _member(member: Any) -> Any:
    return {"kind": "network", **member} if isinstance(member, dict) else member


def _occasions(config: Mapping[str, Any], member: Any) -> Any:
    if not isinstance(member, dict) or member.get("kind") != "memory":
        return member
    about = config.get("about")
    learnt = {
        "kind": "learnt",
        "first": 0,
        "when": None,
        "fault": None,
        "seconds": about.get("seconds", 0.0) if isinstance(about, dict) else 0.0,
        "fingerprints": config.get("trained_on"),
    }
    return {**member, "occasions": [learnt]}


def _threshold(entry: Any) -> Any:
    return {**entry, "mode": _mode(entry.get("mode"))} if isinstance(entry, dict) else entry


def _mode(mode: Any) -> Any:
    return "inferred" if mode == "guessed" else mode
