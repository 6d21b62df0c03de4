"""The detectors: loaded when first needed, once for all visitors."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from mimimi.config import MACHINE_TYPES
from mimimi.detector.locate import bundled, trained
from mimimi.detector.publishing.about import PLAIN
from mimimi.errors import UserError
from state import hub_detectors

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector


@dataclass(frozen=True)
class Known:
    """A detector that can be chosen, as far as it is known without loading it."""

    name: str
    label: str
    folder: Path
    machine_type: str
    ids: list[str]
    origin: str  # where it comes from, in words
    trusted: bool = True  # bundled or trained here, not fetched

    @property
    def stamp(self) -> str:
        """Another one where another detector has taken this one's name."""
        return _stamp(self.folder)


def _stamp(folder: Path) -> str:
    config = folder / "config.json"
    return f"{folder} {config.stat().st_mtime_ns if config.is_file() else 0}"


def known() -> dict[str, Known]:
    """Every detector that can be chosen, by name: one of each type, runs, and what was fetched."""
    shipped = bundled()
    found = {name: _default(name, shipped[name]) for name in MACHINE_TYPES if name in shipped}
    for name, folder in trained().items():
        machine_type, ids = _account(folder)
        if name not in found and ids:
            label = f"{name} (my run, {machine_type})"
            found[name] = Known(name, label, folder, machine_type, ids, f"run {name}")
    for name, fetched in hub_detectors.fetched().items():
        machine_type, ids = _account(fetched.folder)
        if ids:
            label = f"{name} (Hub, {machine_type})"
            found[name] = Known(
                name, label, fetched.folder, machine_type, ids, fetched.origin, trusted=False
            )
    return found


def _default(machine_type: str, shipped: Path) -> Known:
    """The bundled detector of a type, or the one of the Hub's namespace in its place."""
    instead, why = hub_detectors.default(machine_type), "bundled"
    if isinstance(instead, str):
        why = f"the bundled one, since {instead}"
    elif instead:
        kind, ids = _account(instead.folder)
        if kind == machine_type and ids:
            return Known(kind, kind, instead.folder, kind, ids, instead.origin, trusted=False)
        why = f"the bundled one, since {instead.origin} is for no {machine_type}"
    return Known(machine_type, machine_type, shipped, machine_type, _account(shipped)[1], why)


def _account(folder: Path) -> tuple[str, list[str]]:
    """Machine type and ids, read without loading the detector; none where it is damaged."""
    try:
        return _read_account(folder, (folder / "config.json").stat().st_mtime_ns)
    except (OSError, ValueError, LookupError, TypeError):
        return "", []  # `load` will say what is wrong


@st.cache_data(show_spinner=False)
def _read_account(folder: Path, changed: int) -> tuple[str, list[str]]:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    machine_type, ids = config["machine_type"], list(config["ids"])
    if not all(PLAIN.fullmatch(name) for name in (machine_type, *ids)):
        raise ValueError("names that would act on the page")
    return machine_type, ids


@st.cache_data(show_spinner=False)
def _read_about(folder: Path, stamp: str) -> dict[str, Any]:
    about = json.loads((folder / "config.json").read_text(encoding="utf-8"))["about"]
    return about if isinstance(about, dict) else {}


def about(chosen: Known) -> dict[str, Any]:
    """What a detector says of itself, unchecked, for `publishing.about` to read; {} if damaged."""
    try:
        return _read_about(chosen.folder, chosen.stamp)
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def card(name: str) -> str:
    """The model card of a detector, as Markdown for the foot of a page.

    That of one that was fetched is written anew from what was checked: Markdown may fetch pictures
    from afar.

    Raises:
        DetectorError: it is missing or damaged.
    """
    chosen = known()[name]
    if chosen.trusted:
        text = (chosen.folder / "README.md").read_text(encoding="utf-8")
    else:
        text = load(name).card()
    _, _, text = text.rpartition("\n---\n")  # what stands before is for the Hub
    return text.replace("\n# ", "\n#### ").replace("\n## ", "\n##### ")


def load(name: str) -> Detector:
    """A detector that is known.

    Raises:
        DetectorError: it is missing or damaged.
    """
    chosen = known()[name]
    return _load(chosen.folder, chosen.origin, chosen.stamp)


@st.cache_resource(
    max_entries=8, show_spinner="Loading the detector; the first time takes some seconds …"
)
def _load(folder: Path, origin: str, stamp: str) -> Detector:
    from mimimi.detector.detector import Detector  # brings torch along

    return replace(Detector.from_pretrained(folder), origin=origin)


def check(name: str) -> None:
    """Load a detector that has just been fetched, or forget it.

    Raises:
        DetectorError: it cannot be used.
    """
    fetched = hub_detectors.fetched()[name]
    try:
        _load(fetched.folder, fetched.origin, _stamp(fetched.folder))
    except UserError:
        del hub_detectors.fetched()[name]
        raise
