"""The detectors: loaded when first needed, once for all visitors; a verdict is found only once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clips import Clip
from mimimi.config import MACHINE_TYPES
from mimimi.errors import UserError
from mimimi.locate import bundled, trained
from mimimi.verdict import Verdict

if TYPE_CHECKING:
    from mimimi.detector import Detector

Judged = dict[tuple[str, str, str | None], Verdict]

# One recording at a time, of all visitors': torch has all processors for one, and twenty at once
# hinder each other in twenty times the memory. Long ones queue apart: nobody waits minutes for one.
_TURN, _TURN_OF_LONG = threading.Lock(), threading.Lock()
_LONG = 3 << 20  # bytes; a clip of MIMII with its eight channels has fewer


@dataclass(frozen=True)
class Known:
    """A detector that can be chosen, as far as it is known without loading it."""

    name: str  # as `Detector.from_pretrained` takes it
    label: str
    folder: Path
    machine_type: str
    ids: list[str]

    @property
    def stamp(self) -> str:
        """Another one where another detector has taken this one's name."""
        config = self.folder / "config.json"
        return f"{self.name} {config.stat().st_mtime_ns if config.is_file() else 0}"


def known() -> dict[str, Known]:
    """Every detector that can be chosen, by name: the bundled ones, then those of finished runs."""
    shipped = {name: folder for name, folder in bundled().items() if name in MACHINE_TYPES}
    found = {
        name: Known(name, name, shipped[name], name, _account(shipped[name])[1])
        for name in MACHINE_TYPES
        if name in shipped
    }
    for name, folder in trained().items():
        machine_type, ids = _account(folder)
        if name not in found and ids:
            found[name] = Known(name, f"{name} (my run, {machine_type})", folder, machine_type, ids)
    return found


def _account(folder: Path) -> tuple[str, list[str]]:
    """Machine type and ids, read without loading the detector; none where it is damaged."""
    try:
        return _read_account(folder, (folder / "config.json").stat().st_mtime_ns)
    except (OSError, ValueError, LookupError, TypeError):
        return "", []  # `load` will say what is wrong


@st.cache_data(show_spinner=False)
def _read_account(folder: Path, changed: int) -> tuple[str, list[str]]:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return str(config["machine_type"]), [str(name) for name in config["ids"]]


def card(name: str) -> str:
    """The model card of a detector, as Markdown for the foot of a page."""
    text = (known()[name].folder / "README.md").read_text(encoding="utf-8")
    _, _, text = text.rpartition("\n---\n")  # what stands before is for the Hub
    return text.replace("\n# ", "\n#### ").replace("\n## ", "\n##### ")


def load(name: str) -> Detector:
    """A detector that is known.

    Raises:
        DetectorError: it is missing or damaged.
    """
    return _load(name, known()[name].stamp)


@st.cache_resource(
    max_entries=8, show_spinner="Loading the detector; the first time takes some seconds …"
)
def _load(name: str, stamp: str) -> Detector:
    from mimimi.detector import Detector  # brings torch along

    return Detector.from_pretrained(name)


def judge(
    clips: list[Clip],
    name: str,
    machine_id: str | None,
    progress: Callable[[float, str], object],
) -> list[Verdict]:
    """A verdict for each clip, those of earlier reruns included.

    Each is stored as soon as it is found, so that a click in the middle goes on from there.

    Args:
        clips: the recordings.
        name: of the detector.
        machine_id: the machine they are said to be; None: the most similar one.
        progress: told the share that is done, and what is being done.

    Raises:
        DetectorError: the detector is missing or damaged.
    """
    judged: Judged = st.session_state.setdefault("verdicts", {})
    stamp = known()[name].stamp
    waiting = {clip.key: clip for clip in clips if (clip.key, stamp, machine_id) not in judged}
    if waiting:
        detector = load(name)
        for n, clip in enumerate(waiting.values()):
            progress(n / len(waiting), f"Listening to {clip.name} ({n + 1} of {len(waiting)}) …")
            judged[clip.key, stamp, machine_id] = _one(detector, clip, machine_id)
    return [replace(judged[clip.key, stamp, machine_id], file=clip.name) for clip in clips]


def _one(detector: Detector, clip: Clip, machine_id: str | None) -> Verdict:
    try:
        with _TURN_OF_LONG if len(clip.content) > _LONG else _TURN:
            return detector.analyse(clip.content, machine_id, name=clip.name)
    except UserError as error:
        return Verdict(clip.name, detector.machine_type, machine_id, error=str(error))
