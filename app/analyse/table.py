"""Several recordings: a sortable table, and the one whose details are shown."""

from __future__ import annotations

import streamlit as st

from mimimi.detector.verdict import Verdict
from state import keys, told
from state.clips import Clip
from state.waveforms import LONG
from texts import about_verdict, on_analyse, on_teach
from widgets import false_alarms


def choose(
    recordings: list[Clip], verdicts: list[Verdict], name: str, machine_id: str | None
) -> int:
    """The table; gives the row that was selected, at first the most unusual one.

    Args:
        recordings: two or more.
        verdicts: on each.
        name: of the detector that judged.
        machine_id: as which.
    """
    st.markdown(f"## {on_analyse.summary(verdicts)}")
    since_told = _since_told(recordings, verdicts, name, machine_id)
    states = [verdict.state for verdict in verdicts]
    chosen = st.dataframe(
        {
            "verdict": [about_verdict.in_a_word(verdict) for verdict in verdicts],
            "file": [verdict.file for verdict in verdicts],
            "score": [verdict.score for verdict in verdicts],
            "threshold": [verdict.threshold for verdict in verdicts],
            about_verdict.WHILE_WELL: [about_verdict.one_in(verdict) for verdict in verdicts],
            "machine": [about_verdict.machine_name(verdict) for verdict in verdicts],
            **({"state": states} if any(states) else {}),
            "length": [verdict.seconds for verdict in verdicts],
            "remark": [
                "; ".join(filter(None, (remark, verdict.error or verdict.warning)))
                for remark, verdict in zip(since_told, verdicts, strict=True)
            ],
        },
        column_config={
            "score": st.column_config.NumberColumn(
                format="%.3g", help=about_verdict.meaning_of_score()
            ),
            "threshold": st.column_config.NumberColumn(format="%.3g"),
            about_verdict.WHILE_WELL: st.column_config.NumberColumn(
                format="1 in %d", help=about_verdict.MEANING_OF_WHILE_WELL
            ),
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


def _since_told(
    recordings: list[Clip], verdicts: list[Verdict], name: str, machine_id: str | None
) -> list[str]:
    """What was said of each, or how it was judged before something was said of another one."""
    remarks, spoken_of, changed = [], 0, 0
    for clip, verdict in zip(recordings, verdicts, strict=True):
        remark = ""
        if said := told.find(clip, name):
            spoken_of += 1
            remark = on_teach.noted(said.text)
        elif before := told.unheeded(clip, name, machine_id):
            before = false_alarms.accepted(before)
            if about_verdict.in_a_word(before) != about_verdict.in_a_word(verdict):
                changed += 1
                remark = on_analyse.was_before(before)
        remarks.append(remark)
    if spoken_of:
        others = len(recordings) - spoken_of
        st.info(on_analyse.judged_anew(spoken_of, others, changed), icon=":material/school:")
    return remarks
