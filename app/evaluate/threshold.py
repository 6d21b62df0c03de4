"""Drag the threshold: what it finds and what it costs move along."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts import evaluation
from mimimi.evaluation import ScoredClip
from mimimi.evaluation.clips import by_id
from mimimi.evaluation.metrics import enough_for_interval
from mimimi.evaluation.operating_point import (
    SEGMENTS_A_DAY,
    false_alarms_a_day,
    operating_point,
    thresholds,
)
from texts import on_evaluate
from widgets import figures


@st.fragment
def show(clips: Sequence[ScoredClip]) -> None:
    """Slider, score distributions, rates and confusion matrix of one machine type's clips.

    Args:
        clips: that count, of one type and corpus.
    """
    if len({clip.is_normal for clip in clips}) < 2:
        st.caption(on_evaluate.NO_THRESHOLD)
        return
    set_before = sorted({clip.judgement(True).threshold for clip in clips})
    chosen = st.select_slider(
        "Threshold",
        thresholds(clips),
        value=set_before[0],
        format_func=lambda value: f"{value:.3g}",
    )
    machines = by_id(clips, clips[0].recording.machine_type)
    if len(set_before) > 1:
        st.caption(on_evaluate.several_thresholds(len(machines), set_before[0], set_before[-1]))
    figures.show(evaluation.score_distributions(machines, chosen), "evaluation_scores")
    point = operating_point(clips, chosen)
    decided = point.decisions
    confusion = decided.confusion
    few = not enough_for_interval(confusion.normal)
    daily = None if few else false_alarms_a_day(confusion, SEGMENTS_A_DAY)
    rates, matrix = st.columns([3, 2])
    with rates:
        cells = [*st.columns(2), *st.columns(2)]
        called = confusion.detected + confusion.false_alarms
        cells[0].metric(
            "Faults found (recall)",
            on_evaluate.rate(decided.recall, confusion.detected, confusion.anomalous),
        )
        cells[1].metric(
            "Precision",
            on_evaluate.rate(decided.precision, confusion.detected, called),
            help=on_evaluate.HELP_OF_PRECISION,
        )
        cells[2].metric(
            "False alarms",
            on_evaluate.rate(decided.false_alarm_rate, confusion.false_alarms, confusion.normal),
        )
        cells[3].metric(
            "False alarms a day",
            on_evaluate.TOO_FEW if daily is None else f"{daily.value:,.0f}",
            help=on_evaluate.HELP_OF_FALSE_ALARMS_A_DAY,
        )
        if daily:
            st.caption(on_evaluate.false_alarms_a_day(confusion.normal, daily.low, daily.high))
    with matrix:
        figures.show(evaluation.decisions(confusion), "evaluation_decisions")
    if point.fitted:
        st.caption(on_evaluate.FITTED)
    elif left_out := sum(not clip.counts_at_threshold for clip in clips):
        st.caption(on_evaluate.behind_the_threshold(left_out))
