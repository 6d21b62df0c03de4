"""Which detector is tried on which recordings, and the trying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

import detectors
from mimimi import deployment
from mimimi.errors import UserError

if TYPE_CHECKING:
    from mimimi.evaluation import Evaluation

CLIPS = 20  # of a simulated machine to be thought of: a quarter as many normal ones are judged


@dataclass(frozen=True)
class Tried:
    """A finished evaluation, and of what."""

    detector: str
    data: str  # in words
    evaluation: Evaluation
    clips: TemporaryDirectory[str] | None = None  # simulated ones, gone with the visit


def choose() -> Tried | None:
    """Ask what to try; the last evaluation of this visit stays until there is another."""
    known = detectors.known()
    names = list(known)
    name = (
        st.selectbox(
            "Detector", names, format_func=lambda name: known[name].label, key="tried_detector"
        )
        or names[0]
    )
    ways = ["Simulated clips"] if deployment.shared() else ["Simulated clips", "A folder"]
    way = st.segmented_control(
        "Labelled recordings", ways, default=ways[0], key="tried_on", required=True
    )
    folder = ""
    if way == "A folder":
        folder = st.text_input(
            "Folder on this computer",
            key="tried_folder",
            placeholder="/data/fans",
            help="In MIMII's layout, that of DCASE 2020, or with a table index.csv. What the "
            "detector has learnt from is left out.",
        ).strip()
    lacking = way == "A folder" and not folder
    if st.button("Evaluate", type="primary", icon=":material/fact_check:", disabled=lacking):
        try:
            st.session_state["tried"] = _try(name, Path(folder).expanduser() if folder else None)
        except UserError as error:
            st.error(str(error), icon=":material/block:")
            return None
    tried: Tried | None = st.session_state.get("tried")
    return tried


def _try(name: str, folder: Path | None) -> Tried:
    if folder:
        return Tried(name, str(folder), _evaluate(name, [folder]))
    from mimimi.corpus.simulate import MACHINE_TYPES, write_corpus

    machine_type = detectors.load(name).machine_type
    if machine_type not in MACHINE_TYPES:
        raise UserError(f"No {machine_type} can be simulated; choose a folder of recordings.")
    place = TemporaryDirectory()  # to be listened to afterwards
    with st.spinner("Simulating machines …"):
        write_corpus(Path(place.name), types=[machine_type], clips=CLIPS)
    return Tried(name, "simulated clips", _evaluate(name, [Path(place.name)]), place)


def _evaluate(name: str, roots: Sequence[Path]) -> Evaluation:
    from mimimi.corpus.index import index
    from mimimi.evaluation import ScoredClip, evaluate

    detector = detectors.load(name)
    bar = st.progress(0.0, "Judging …")

    def show(clip: ScoredClip, done: int, of: int) -> None:
        bar.progress(done / of, f"Judged {done} of {of} recordings")

    recordings = index(roots, detector.machine_type, lambda line: None)
    found = evaluate(detector, recordings, on_clip=show)
    bar.empty()
    return found
