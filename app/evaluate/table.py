"""AUC and pAUC, machine by machine, beside what was published."""

from __future__ import annotations

from typing import Any

import streamlit as st

from evaluate.trial import Tried
from mimimi.estimate import Estimate
from mimimi.evaluation.figures import Figures, MachineFigures, Summary
from mimimi.evaluation.metrics import enough_for_interval
from mimimi.evaluation.published import NOT_LIKE_WITH_LIKE, PUBLISHED, Published
from mimimi.evaluation.table import notes
from mimimi.names import called
from texts.formats import plain
from texts.on_evaluate import HELP_OF_COLUMNS, TOO_FEW, rate


def show(tried: Tried, *, inferred: bool) -> None:
    """A table for each corpus, and what must be known to read it.

    Args:
        tried: what was found.
        inferred: whether a detector could take a machine for another one.
    """
    summaries = iter(tried.evaluation.summaries)
    for given, guessed in zip(summaries, summaries, strict=True):  # they come in pairs
        if given.corpus != tried.data:
            st.markdown(f"### {plain(given.corpus)}")
        rows = [*zip(_rows(given), _rows(guessed), strict=True)]
        if not inferred:
            rows = rows[:1]  # the one machine; its mean is the same
        systems = [s for s in PUBLISHED if any(s.beside(row.machine) for row, _ in rows)]
        st.dataframe(
            [_row(one, other if inferred else None, systems) for one, other in rows],
            column_config={
                name: st.column_config.Column(help=text) for name, text in HELP_OF_COLUMNS.items()
            }
            | {
                _head(system): st.column_config.Column(help=f"{system.system}: {system.source}.")
                for system in systems
            },
            hide_index=True,
            height="content",
        )
        if systems:
            st.caption(NOT_LIKE_WITH_LIKE)
    st.caption("  \n".join(map(plain, notes(tried.evaluation.as_dict()))))


def _rows(summary: Summary) -> list[Figures]:
    groups = [*summary.types, summary.overall] if len(summary.types) > 1 else summary.types
    return [*summary.machines, *groups]


def _row(given: Figures, inferred: Figures | None, systems: list[Published]) -> dict[str, Any]:
    counts = given.at_threshold.confusion
    return {
        "machine": _name(given),
        "found": rate(given.at_threshold.recall, counts.detected, counts.anomalous),
        "false alarms": rate(
            given.at_threshold.false_alarm_rate, counts.false_alarms, counts.normal
        ),
        "AUC": _area(given.auc, given),
        **{_head(system): _number(system.beside(given.machine)) for system in systems},
        **({"AUC, id inferred": _area(inferred.auc, inferred)} if inferred else {}),
        "pAUC": _area(given.pauc, given),
        "normal": given.normal,
        "anomalous": given.anomalous,
    }


def _name(of: Figures) -> str:
    if isinstance(of, MachineFigures) and of.machine_type:
        return called(of.machine_type, of.machine_id)
    return of.machine


def _head(system: Published) -> str:
    return f"AUC, {system.word}"


def _area(estimate: Estimate | None, of: Figures) -> str:
    if estimate is None:
        return "n/a"
    if not enough_for_interval(of.normal, of.anomalous):
        return TOO_FEW
    return str(estimate)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
