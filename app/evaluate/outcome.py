"""What came of it, in a sentence and a picture: faults found, and normal ones called unusual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from charts.outcome import outcome
from mimimi.evaluation import Evaluation
from mimimi.evaluation.decisions import Confusion
from mimimi.evaluation.table import left_out
from mimimi.names import called
from state import detectors, keys
from texts import on_evaluate
from texts.formats import plain
from widgets import figures

if TYPE_CHECKING:
    from evaluate.trial import Tried
    from mimimi.evaluation.paired import Compared


def show(tried: Tried) -> None:
    """Of all recordings together; below, where there are several, of each machine."""
    counts = counted(tried)
    with st.container(border=True, key="outcome"):
        for place, (name, confusion) in zip(st.columns(len(counts)), counts.items(), strict=True):
            with place:
                st.caption(plain(f"{name}: {tried.data}"))
                st.markdown(f"## {on_evaluate.found(confusion)}")
                if confusion.normal or confusion.anomalous:
                    figures.show(outcome(confusion), keys.of("outcome", name), "none")
                if sure := on_evaluate.how_sure(confusion):
                    st.markdown(sure)
        remarks = [*tried.notes, *left_out(tried.evaluation.as_dict())]
        if remarks:
            st.caption("  \n".join(map(plain, remarks)))
    rows = _of_each_machine(tried.evaluation)
    if len(rows) > 1:
        st.dataframe(rows, hide_index=True, height="content", key="each_machine")


def counted(tried: Tried) -> dict[str, Confusion]:
    """What was found by each detector that was tried, by its label.

    Of two only recordings count that neither was trained on.
    """
    known = detectors.known()
    label = ", ".join(known[name].label if name in known else name for name in tried.detectors)
    if tried.beside is None:
        return {label: _all(tried.evaluation)}
    from mimimi.evaluation.paired import compare

    name, other = tried.beside
    rows = compare(tried.evaluation, other)
    return {
        label: _of_pairs(rows, 0),
        known[name].label if name in known else name: _of_pairs(rows, 1),
    }


def last(name: str) -> str | None:
    """What came of it when a detector was last tried in this visit; None: it was not."""
    tried: Tried | None = st.session_state.get(keys.TRIED)
    known = detectors.known()
    if tried is None or name not in known:
        return None
    if tried.beside and tried.beside[0] == name:
        evaluation = tried.beside[1]
    elif name in tried.detectors:
        evaluation = tried.evaluation
    else:
        return None
    said = on_evaluate.found(_all(evaluation, known[name].machine_type))
    return on_evaluate.last(tried.data, said)


def _all(evaluation: Evaluation, machine_type: str | None = None) -> Confusion:
    """Over all machines, or those of a type."""
    of_each = [
        group.at_threshold.confusion
        for summary in evaluation.summaries
        if summary.machine_id_given
        for group in summary.types
        if machine_type in (None, group.machine_type)
    ]
    return sum(of_each, start=Confusion(0, 0, 0, 0))


def _of_pairs(rows: Sequence[Compared], which: Literal[0, 1]) -> Confusion:
    if not rows:
        return Confusion(0, 0, 0, 0)
    every = rows[-1]  # of all machines, or of the one
    found, false_alarms = every.found[which], every.false_alarms[which]
    passed, missed = every.told_by - false_alarms, every.anomalous - found
    return Confusion(passed, false_alarms, missed, found)


def _of_each_machine(evaluation: Evaluation) -> list[dict[str, str]]:
    rows = []
    for summary in evaluation.summaries:
        for one in summary.machines if summary.machine_id_given else []:
            counts = one.at_threshold.confusion
            rows.append(
                {
                    "machine": called(one.machine_type or "", one.machine_id),
                    "faulty, found": on_evaluate.of_all(counts.detected, counts.anomalous),
                    "normal, called unusual": on_evaluate.of_all(
                        counts.false_alarms, counts.normal
                    ),
                }
            )
    return rows
