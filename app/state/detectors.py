"""The detectors: loaded when first needed, once for all visitors."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import streamlit as st

from mimimi import deployment
from mimimi.audio import Pair
from mimimi.config import MACHINE_TYPES
from mimimi.detector.config import channels_of
from mimimi.detector.locate import bundled, trained
from mimimi.detector.publishing.hub import forget
from mimimi.errors import UserError
from mimimi.names import is_name
from state import hub_detectors, keys

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector

Group = Literal["mine", "trained", "demo", "hub"]


@dataclass(frozen=True)
class Known:
    """A detector that can be chosen, as far as it is known without loading it."""

    name: str
    label: str
    folder: Path
    machine_type: str
    ids: tuple[str, ...]
    origin: str  # where it comes from, in words
    group: Group  # mine: learnt by this visitor, who may tell it more
    learnt: bool = False  # remembers one machine; was not trained
    trusted: bool = True  # bundled or trained here, not fetched
    channels: Pair | None = None  # where it was made with a second microphone

    @property
    def stamp(self) -> str:
        """Another one where another detector has taken this one's name."""
        return _stamp(self.folder)


def _stamp(folder: Path) -> str:
    config = folder / "config.json"
    return f"{folder} {config.stat().st_mtime_ns if config.is_file() else 0}"


class _Account(NamedTuple):
    """What a detector's folder says of it."""

    machine_type: str = ""
    ids: tuple[str, ...] = ()  # none where it is damaged
    learnt: bool = False
    channels: Pair | None = None


def known() -> dict[str, Known]:
    """Every detector that can be chosen, by name: machines of one's own come first."""
    shipped = bundled()
    demos = {name: _default(name, shipped[name]) for name in MACHINE_TYPES if name in shipped}
    here = {name: _here(name, folder) for name, folder in (trained() | of_this_visit()).items()}
    own = [chosen for name, chosen in here.items() if name not in demos and chosen.ids]
    own.sort(key=lambda chosen: chosen.group != "mine")
    fetched = {
        name: Known(
            name,
            f"{name} (Hub, {account.machine_type})",
            fetched.folder,
            account.machine_type,
            account.ids,
            fetched.origin,
            "hub",
            account.learnt,
            trusted=False,
            channels=account.channels,
        )
        for name, fetched in hub_detectors.fetched().items()
        if (account := _account(fetched.folder)).ids
    }
    return {chosen.name: chosen for chosen in own} | demos | fetched


def of_this_visit() -> dict[str, Path]:
    """Machines that were learnt on a shared installation; they go with the visit."""
    folders = st.session_state.get(keys.LEARNT, {})
    return {name: Path(folder.name) for name, folder in folders.items()}


def _here(name: str, folder: Path) -> Known:
    """A machine that was learnt, or a run."""
    machine_type, ids, learnt, channels = _account(folder)
    if not learnt:
        label, origin = f"{name} (my run, {machine_type})", f"run {name}"
        return Known(name, label, folder, machine_type, ids, origin, "trained", channels=channels)
    mine = not deployment.shared() or name in of_this_visit()
    group: Group = "mine" if mine else "trained"
    return Known(
        name,
        ids[0],
        folder,
        machine_type,
        ids,
        "learnt here",
        group,
        learnt=True,
        channels=channels,
    )


def _default(machine_type: str, shipped: Path) -> Known:
    """The bundled detector of a type, or the one of the Hub's namespace in its place."""
    instead, why = hub_detectors.default(machine_type), "bundled"
    if isinstance(instead, str):
        why = f"the bundled one, since {instead}"
    elif instead:
        kind, ids, _, channels = _account(instead.folder)
        if kind == machine_type and ids:
            return Known(
                kind,
                kind,
                instead.folder,
                kind,
                ids,
                instead.origin,
                "demo",
                trusted=False,
                channels=channels,
            )
        why = f"the bundled one, since {instead.origin} is for no {machine_type}"
    ids = _account(shipped).ids
    return Known(machine_type, machine_type, shipped, machine_type, ids, why, "demo")


def _account(folder: Path) -> _Account:
    """What it is, read without loading the detector; nothing where it is damaged."""
    try:
        return _read_account(folder, (folder / "config.json").stat().st_mtime_ns)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return _Account()  # `load` will say what is wrong


@lru_cache(maxsize=256)  # asked for dozens of times a page
def _read_account(folder: Path, changed: int) -> _Account:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    machine_type, ids = config["machine_type"], tuple(config["ids"])
    if not all(map(is_name, (machine_type, *ids))):
        raise ValueError("names that would act on the page")
    kinds = [member.get("kind") for member in config.get("members", [])]
    channels = channels_of(config.get("channels"))
    return _Account(machine_type, ids, kinds == ["memory"] and len(ids) == 1, channels)


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
    return text.replace("\n## ", "\n#### ").replace("\n# ", "\n### ")


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
    from mimimi.detector.detector import Detector

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
        forget(fetched.folder)
        raise
