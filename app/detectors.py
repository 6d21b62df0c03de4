"""The detectors: loaded when first needed, once for all visitors; a verdict is found only once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from clips import Clip
from mimimi.config import MACHINE_TYPES
from mimimi.errors import UserError
from mimimi.locate import bundled
from mimimi.verdict import Verdict

if TYPE_CHECKING:
    from mimimi.detector import Detector

Judged = dict[tuple[str, str, str | None], Verdict]


def known_types() -> list[str]:
    """The machine types there is a bundled detector for."""
    return [name for name in MACHINE_TYPES if name in bundled()]


@st.cache_data(show_spinner=False)
def known_ids(machine_type: str) -> list[str]:
    """The ids a bundled detector knows, read without loading it; none where it is damaged."""
    config = bundled()[machine_type] / "config.json"
    try:
        return list(json.loads(config.read_text(encoding="utf-8"))["ids"])
    except (OSError, ValueError, LookupError, TypeError):
        return []  # `load` will say what is wrong


def card(machine_type: str) -> str:
    """The model card of a bundled detector, as Markdown for the foot of a page."""
    text = (bundled()[machine_type] / "README.md").read_text(encoding="utf-8")
    _, _, text = text.rpartition("\n---\n")  # what stands before is for the Hub
    return text.replace("\n# ", "\n#### ").replace("\n## ", "\n##### ")


@st.cache_resource(show_spinner="Loading the detector; the first time takes some seconds …")
def load(machine_type: str) -> Detector:
    """The bundled detector of a machine type.

    Raises:
        DetectorError: it is missing or damaged.
    """
    from mimimi.detector import Detector  # brings torch along

    return Detector.from_pretrained(machine_type)


def judge(
    clips: list[Clip],
    machine_type: str,
    machine_id: str | None,
    progress: Callable[[float, str], object],
) -> list[Verdict]:
    """A verdict for each clip, those of earlier reruns included.

    Each is stored as soon as it is found, so that a click in the middle goes on from there.

    Args:
        clips: the recordings.
        machine_type: whose detector judges.
        machine_id: the machine they are said to be; None: the most similar one.
        progress: told the share that is done, and what is being done.

    Raises:
        DetectorError: the detector is missing or damaged.
    """
    judged: Judged = st.session_state.setdefault("verdicts", {})
    waiting = {
        clip.key: clip for clip in clips if (clip.key, machine_type, machine_id) not in judged
    }
    if waiting:
        detector = load(machine_type)
        for n, clip in enumerate(waiting.values()):
            progress(n / len(waiting), f"Listening to {clip.name} ({n + 1} of {len(waiting)}) …")
            judged[clip.key, machine_type, machine_id] = _one(detector, clip, machine_id)
    return [replace(judged[clip.key, machine_type, machine_id], file=clip.name) for clip in clips]


def _one(detector: Detector, clip: Clip, machine_id: str | None) -> Verdict:
    try:
        return detector.analyse(clip.content, machine_id, name=clip.name)
    except UserError as error:
        return Verdict(clip.name, detector.machine_type, machine_id, error=str(error))
