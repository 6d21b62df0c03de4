"""Which detectors are tried on which recordings, and the trying.

It goes clip by clip, and what is found stays with the visit: after a click in the middle, or on
another page and back, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from evaluate import one_machine, recordings
from evaluate.source import Source
from mimimi.audio import length
from mimimi.errors import UserError
from mimimi.names import meant
from state import detectors, keys
from state.measurements import turn
from state.turns import telling
from texts import on_evaluate
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
    asked: Hashable  # all that it depends on, see `_asked`
    evaluation: Evaluation
    notes: list[str]  # what was decided and left out on the way
    beside: tuple[str, Evaluation] | None = None  # another detector on the same recordings
    place: TemporaryDirectory[str] | None = None  # of uploaded clips, gone with the visit


@dataclass
class _Trying:
    """An evaluation that was asked for."""

    detectors: tuple[str, ...]
    source: Source
    beside: str | None
    trials: list[Trial] = field(default_factory=list)  # none until the recordings are there
    notes: list[str] = field(default_factory=list)
    place: TemporaryDirectory[str] | None = None


def choose() -> Tried | None:
    """Ask what to try; the last evaluation of this visit stays until there is another."""
    names = _detectors()
    beside = _beside(names)
    one = detectors.known()[names[0]] if len(names) == 1 else None
    source = one_machine.choose(one) if one and one.learnt else recordings.choose(one)
    if st.session_state.pop(keys.TRYING_ASKED, False) and source:
        st.session_state[keys.TRYING] = _Trying(names, source, beside)
    trying: _Trying | None = st.session_state.get(keys.TRYING)
    row = st.container(horizontal=True)
    row.button(
        "Evaluate",
        type="primary",
        icon=":material/fact_check:",
        disabled=source is None or trying is not None,
        on_click=_ask,
    )
    if trying:
        row.button("Stop", icon=":material/stop_circle:", on_click=_stop)
        _go_on(trying)
    if refused := st.session_state.pop(keys.TRYING_REFUSED, None):
        st.error(plain(refused), icon=":material/block:")
    tried: Tried | None = st.session_state.get(keys.TRIED)
    if tried and source and tried.asked != _asked(names, source, beside):
        st.info(on_evaluate.since_then(source.name), icon=":material/update:")
    return tried


def _detectors() -> tuple[str, ...]:
    known = detectors.known()
    of_each_type = tuple(name for name in known if name == known[name].machine_type)
    names = [*known, *([ALL] if len(of_each_type) > 1 else [])]
    state = st.session_state
    in_use = meant(st.query_params.get("detector", ""), names) or state.get(keys.DETECTOR)
    if in_use in names and in_use != state.get(keys.TRIED_FOR):
        state[keys.TRIED_FOR] = state[keys.TRIED_DETECTOR] = in_use
    if state.get(keys.TRIED_DETECTOR) not in names:  # it was deleted in the meantime
        state.pop(keys.TRIED_DETECTOR, None)
    name = st.selectbox(
        "Detector",
        names,
        format_func=lambda name: known[name].label if name in known else _EVERY_TYPE,
        key=keys.TRIED_DETECTOR,
    )
    return of_each_type if name == ALL else (name or names[0],)


def _beside(names: tuple[str, ...]) -> str | None:
    """Another detector of the same machines, to be tried on the same recordings."""
    known = detectors.known()
    if len(names) > 1:
        return None
    ids = set(known[names[0]].ids)
    others = [
        name
        for name, one in known.items()
        if name != names[0]
        and one.machine_type == known[names[0]].machine_type
        and ids & set(one.ids)
    ]
    if not others:
        return None
    return st.selectbox(
        "Beside it",
        others,
        index=None,
        placeholder="No other",
        format_func=lambda name: known[name].label,
        key=keys.of(keys.TRIED_BESIDE, names[0]),
        help=on_evaluate.HELP_OF_BESIDE,
    )


def _asked(names: tuple[str, ...], source: Source, beside: str | None) -> Hashable:
    """By what to know whether a result is of what is chosen now."""
    return names, source.identity, beside


def _ask() -> None:
    """What is tried is what is chosen now: a file may have come since the button was drawn."""
    st.session_state[keys.TRYING_ASKED] = True


def _stop() -> None:
    st.session_state.pop(keys.TRYING, None)


def _go_on(trying: _Trying) -> None:
    """Judge what waits; between two clips a click may end this run of the page, and none is lost.

    Detectors hear one recording at a time, of all visitors'.
    """
    bar = st.progress(0.0, "Getting the recordings ready …")
    try:
        trials = trying.trials or _begin(trying)
    except UserError as error:
        st.session_state[keys.TRYING_REFUSED] = str(error)
        _stop()
        st.rerun()
    total = sum(trial.total for trial in trials)
    for trial in trials:
        while trial.waiting:
            done = sum(len(trial.clips) for trial in trials)
            bar.progress(done / total, f"Judged {done} of {total} recordings")
            seconds = _seconds(trial.waiting[0][1].path)
            with turn(seconds, telling(bar.progress, done / total)):
                if trial.waiting:
                    trial.step()
    evaluations = [trial.evaluation for trial in trials]
    st.session_state[keys.TRIED] = Tried(
        trying.detectors,
        trying.source.name,
        _asked(trying.detectors, trying.source, trying.beside),
        evaluations[0],
        trying.notes,
        (trying.beside, evaluations[1]) if trying.beside else None,
        trying.place,
    )
    _stop()
    st.rerun()


def _seconds(path: Path) -> float:
    try:
        return length(path)
    except UserError:
        return 0.0  # what is wrong with it is said when it is judged


def _begin(trying: _Trying) -> list[Trial]:
    from mimimi.data.index import index
    from mimimi.evaluation.several import Trial

    loaded = [detectors.load(name) for name in trying.detectors]
    types = [detector.machine_type for detector in loaded]
    ready = recordings.fetch(trying.source, types)
    only_type = types[0] if len(types) == 1 else None
    judges = [loaded, *([[detectors.load(trying.beside)]] if trying.beside else [])]
    try:
        found = ready.recordings or index(ready.roots, only_type, trying.notes.append, splits=False)
        trials = [Trial.begin(some, found) for some in judges]
        waiting = [recording for trial in trials for _, recording in trial.waiting]
        seconds = sum(_seconds(recording.path) for recording in waiting)
        recordings.require_allowed(len(waiting), seconds)
    except UserError as error:
        raise UserError(ready.shown(str(error))) from error
    trying.notes[:] = map(ready.shown, [*trying.notes, *trials[0].passed_over])
    trying.place = ready.place
    trying.trials = trials
    return trials
