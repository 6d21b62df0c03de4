"""Which detectors are tried on which recordings, and the trying.

It goes clip by clip, and what is found stays with the visit: after a click in the middle, or on
another page and back, it goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from evaluate import recordings
from mimimi.audio import length
from mimimi.errors import UserError
from state import detectors, keys
from state.measurements import turn
from state.turns import telling
from texts.formats import plain

if TYPE_CHECKING:
    from mimimi.evaluation import Evaluation
    from mimimi.evaluation.several import Trial

ALL = "all"
_EVERY_TYPE = "all types, each by its own detector"


@dataclass(frozen=True)
class Tried:
    """A finished evaluation, and of what."""

    detectors: tuple[str, ...]
    data: str  # in words
    evaluation: Evaluation
    notes: list[str]  # what was decided and left out on the way
    place: TemporaryDirectory[str] | None = None  # of uploaded clips, gone with the visit


@dataclass
class _Trying:
    """An evaluation that was asked for."""

    detectors: tuple[str, ...]
    source: recordings.Source
    trial: Trial | None = None  # None until its recordings are there
    notes: list[str] = field(default_factory=list)
    place: TemporaryDirectory[str] | None = None


def choose() -> Tried | None:
    """Ask what to try; the last evaluation of this visit stays until there is another."""
    names = _detectors()
    source = recordings.choose()
    trying: _Trying | None = st.session_state.get(keys.TRYING)
    row = st.container(horizontal=True)
    row.button(
        "Evaluate",
        type="primary",
        icon=":material/fact_check:",
        disabled=source is None or trying is not None,
        on_click=_start,
        args=(names, source),
    )
    if trying:
        row.button("Stop", icon=":material/stop_circle:", on_click=_stop)
        _go_on(trying)
    if refused := st.session_state.pop(keys.TRYING_REFUSED, None):
        st.error(plain(refused), icon=":material/block:")
    tried: Tried | None = st.session_state.get(keys.TRIED)
    return tried


def _detectors() -> tuple[str, ...]:
    known = detectors.known()
    of_each_type = tuple(name for name in known if name == known[name].machine_type)
    names = [*known, *([ALL] if len(of_each_type) > 1 else [])]
    if st.session_state.get(keys.TRIED_DETECTOR) not in names:  # it was deleted in the meantime
        st.session_state.pop(keys.TRIED_DETECTOR, None)
    name = st.selectbox(
        "Detector",
        names,
        format_func=lambda name: known[name].label if name in known else _EVERY_TYPE,
        key=keys.TRIED_DETECTOR,
    )
    return of_each_type if name == ALL else (name or names[0],)


def _start(names: tuple[str, ...], source: recordings.Source) -> None:
    st.session_state[keys.TRYING] = _Trying(names, source)


def _stop() -> None:
    st.session_state.pop(keys.TRYING, None)


def _go_on(trying: _Trying) -> None:
    """Judge what waits; between two clips a click may end this run of the page, and none is lost.

    Detectors hear one recording at a time, of all visitors'.
    """
    bar = st.progress(0.0, "Getting the recordings ready …")
    try:
        trial = trying.trial or _begin(trying)
    except UserError as error:
        st.session_state[keys.TRYING_REFUSED] = str(error)
        _stop()
        st.rerun()
    while trial.waiting:
        done = len(trial.clips)
        share = done / trial.total
        bar.progress(share, f"Judged {done} of {trial.total} recordings")
        seconds = _seconds(trial.waiting[0][1].path)
        with turn(seconds, telling(bar.progress, share)):
            if trial.waiting:
                trial.step()
    st.session_state[keys.TRIED] = Tried(
        trying.detectors, trying.source.name, trial.evaluation, trying.notes, trying.place
    )
    _stop()
    st.rerun()


def _seconds(path: Path) -> float:
    try:
        return length(path)
    except UserError:
        return 0.0  # what is wrong with it is said when it is judged


def _begin(trying: _Trying) -> Trial:
    from mimimi.data.index import index
    from mimimi.evaluation.several import Trial

    loaded = [detectors.load(name) for name in trying.detectors]
    types = [detector.machine_type for detector in loaded]
    ready = recordings.fetch(trying.source, types)
    only_type = types[0] if len(types) == 1 else None
    try:
        found = index(ready.roots, only_type, trying.notes.append)
        trial = Trial.begin(loaded, found)
        recordings.require_allowed(trial.total)
    except UserError as error:
        raise UserError(ready.shown(str(error))) from error
    trying.notes[:] = map(ready.shown, [*trying.notes, *trial.passed_over])
    trying.place = ready.place
    trying.trial = trial
    return trial
