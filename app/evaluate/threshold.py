"""Drag the threshold: what it finds and what it costs move along."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts import evaluation
from mimimi.evaluation import ScoredClip
from mimimi.evaluation.clips import by_id
from mimimi.evaluation.operating_point import (
    SEGMENTS_A_DAY,
    false_alarms_a_day,
    operating_point,
    thresholds,
)
from texts.formats import share
from widgets.figure import draw


@st.fragment
def show(clips: Sequence[ScoredClip]) -> None:
    """Slider, score distributions, rates and confusion matrix of one machine type's clips.

    Args:
        clips: that count, of one type and corpus.
    """
    if len({clip.is_normal for clip in clips}) < 2:
        st.caption("A threshold can be tried where there are normal and anomalous clips.")
        return
    own = sorted({clip.judgement(True).threshold for clip in clips})
    chosen = st.select_slider(
        "Threshold",
        thresholds(clips),
        value=own[0],
        format_func=lambda value: f"{value:.3g}",
    )
    if len(own) > 1:
        st.caption(
            f"These machines have thresholds of their own, {own[0]:.3g} to {own[-1]:.3g}; here one "
            "is tried for all of them."
        )
    machines = by_id(clips, clips[0].recording.machine_type)
    draw(evaluation.score_distributions(machines, chosen), "scores")
    point = operating_point(clips, chosen)
    confusion = point.decisions.confusion
    daily = false_alarms_a_day(confusion, SEGMENTS_A_DAY)
    rates, matrix = st.columns([3, 2])
    with rates:
        cells = [*st.columns(2), *st.columns(2)]
        cells[0].metric("Faults found (recall)", share(point.decisions.recall))
        cells[1].metric(
            "Precision",
            share(point.decisions.precision),
            help="Of the clips called unusual, the share that is anomalous. It hangs on how many "
            "normal clips there are for an anomalous one.",
        )
        cells[2].metric("False alarms", share(point.decisions.false_alarm_rate))
        cells[3].metric(
            "False alarms a day",
            "n/a" if daily is None else f"{daily.value:,.0f}",
            help="If every 10 s of a day were judged, and none sounded like its neighbour.",
        )
        if daily:
            st.caption(
                f"{confusion.normal} normal clips leave open between {daily.low:,.0f} and "
                f"{daily.high:,.0f} false alarms a day."
            )
    with matrix:
        draw(evaluation.decisions(confusion), "decisions")
    if point.fitted:
        st.caption("The normal clips are those behind the threshold: new ones alarm more often.")
    elif left_out := sum(not clip.counts_at_threshold for clip in clips):
        st.caption(f"{left_out} normal clips are behind the threshold and not counted here.")
