"""Several recordings: a sortable table, and the one whose details are shown."""

from __future__ import annotations

import streamlit as st

from mimimi.detector.verdict import Verdict
from state import keys
from state.waveforms import LONG
from texts import about_verdict, on_analyse


def choose(verdicts: list[Verdict]) -> int:
    """The table; gives the row that was selected, at first the most unusual one."""
    unusual = sum(bool(verdict.is_anomalous) for verdict in verdicts)
    failed = sum(verdict.error is not None for verdict in verdicts)
    unknown = sum(verdict.recognised is False for verdict in verdicts)
    machine_type = verdicts[0].machine_type
    summary = on_analyse.summary(machine_type, len(verdicts), unusual, unknown, failed)
    st.markdown(f"## {summary}")
    chosen = st.dataframe(
        {
            "verdict": [about_verdict.in_a_word(verdict) for verdict in verdicts],
            "file": [verdict.file for verdict in verdicts],
            "score": [verdict.score for verdict in verdicts],
            "threshold": [verdict.threshold for verdict in verdicts],
            "p-value": [verdict.p_value for verdict in verdicts],
            "machine": [about_verdict.machine_name(verdict) for verdict in verdicts],
            "length": [verdict.seconds for verdict in verdicts],
            "remark": [verdict.error or verdict.warning or "" for verdict in verdicts],
        },
        column_config={
            "score": st.column_config.NumberColumn(
                format="%.3g", help=about_verdict.meaning_of_score()
            ),
            "threshold": st.column_config.NumberColumn(format="%.3g"),
            "p-value": st.column_config.NumberColumn(format="%.2g"),
            "length": st.column_config.NumberColumn(format="%.1f s"),
        },
        hide_index=True,
        key=keys.TABLE,
        on_select="rerun",
        selection_mode="single-row",
    )
    hint = on_analyse.HOW_TO_USE_TABLE
    if any((verdict.seconds or 0) > LONG for verdict in verdicts):
        hint += on_analyse.LONG_IN_TABLE
    st.caption(hint)
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(verdicts):
        return int(rows[0])
    return max(range(len(verdicts)), key=lambda row: verdicts[row].score or float("-inf"))
