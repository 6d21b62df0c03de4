"""When an alarm is raised, and the alarms there were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from mimimi.monitor.alarm import Event, Rule, clock
from state import keys
from texts import about_alarms, about_verdict

RULES = [Rule(1, 1), Rule(2, 3), Rule(3, 5), Rule(5, 6), Rule(8, 10)]


def choose() -> Rule:
    """The rule, a small setting."""
    st.session_state.setdefault(keys.ALARM_RULE, Rule())
    st.selectbox(
        "Raise an alarm when",
        RULES,
        key=keys.ALARM_RULE,
        format_func=about_alarms.condition,
        help=about_alarms.MEANING_OF_RULE,
        width=320,
    )
    rule: Rule = st.session_state[keys.ALARM_RULE]
    return rule


def choose_event(found: Sequence[Event]) -> int | None:
    """The table; gives the row that was selected, at first the most unusual one."""
    if not found:
        return None
    st.markdown(f"### {about_alarms.count(found)}")
    chosen = st.dataframe(
        columns(found) | {"file": [event.peak_file for event in found]},
        column_config=FORMATS,
        hide_index=True,
        key=keys.ALARMS,
        on_select="rerun",
        selection_mode="single-row",
    )
    st.caption("Click a row's box to hear that alarm and to see its most unusual segment.")
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(found):
        return int(rows[0])
    return max(range(len(found)), key=lambda row: found[row].peak_score)


def columns(found: Sequence[Event], at: Callable[[float], str] = clock) -> dict[str, list[Any]]:
    """A table of alarms; `at` writes a time in s."""
    return {
        "from": [at(event.start) for event in found],
        "to": [at(event.end) for event in found],
        "most unusual at": [at(event.peak) for event in found],
        "highest score": [event.peak_score for event in found],
        about_verdict.WHILE_WELL: [about_alarms.while_well(event) for event in found],
    }


FORMATS = {
    "highest score": st.column_config.NumberColumn(format="%.3g"),
    about_verdict.WHILE_WELL: st.column_config.TextColumn(help=about_alarms.MEANING_OF_WHILE_WELL),
}
