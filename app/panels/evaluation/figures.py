"""What an evaluation found: figures, pictures, a threshold to try, and files to take away."""

from __future__ import annotations

import streamlit as st

import charts
import detectors
from mimimi.evaluation import ScoredClip
from mimimi.evaluation.operating_point import (
    SEGMENTS_A_DAY,
    false_alarms_a_day,
    operating_point,
    thresholds,
)
from mimimi.metrics import Estimate
from panels.evaluation.run import Tried


def table(tried: Tried) -> None:
    """AUC and pAUC, machine by machine, against what was published."""
    from mimimi.evaluation.published import NOT_LIKE_WITH_LIKE, of_type

    for summary in tried.evaluation.summaries:
        way = "id given" if summary.machine_id_given else "id found by the detector"
        st.markdown(f"##### {summary.corpus}, {way}")
        rows = [*summary.machines, *summary.types]
        st.dataframe(
            [
                {
                    "machine": row.machine,
                    "normal": row.normal,
                    "anomalous": row.anomalous,
                    "AUC": _percent(row.auc),
                    "pAUC": _percent(row.pauc),
                    "found": _percent(row.at_threshold.recall),
                    "false alarms": _percent(row.at_threshold.false_alarm_rate),
                }
                for row in rows
            ],
            hide_index=True,
        )
    published = of_type(detectors.load(tried.detector).machine_type)
    if published:
        said = "; ".join(f"{found.system}: {100 * auc:.1f} %" for found, auc in published)
        st.caption(f"AUC as published: {said}. {NOT_LIKE_WITH_LIKE}")


@st.fragment
def threshold(tried: Tried) -> None:
    """Drag the threshold; what it finds and what it costs move along."""
    clips = [clip for clip in tried.evaluation.clips if clip.counts]
    normal, anomalous = _scores(clips, True), _scores(clips, False)
    if not normal or not anomalous:
        st.caption("A threshold can be tried where there are normal and anomalous clips.")
        return
    stops = thresholds(clips)
    own = clips[0].judgement(True).threshold
    chosen = st.select_slider(
        "Threshold", stops, value=own, format_func=lambda value: f"{value:.3g}"
    )
    st.plotly_chart(charts.score_strips(normal, anomalous, chosen), key="strips")
    point = operating_point(clips, chosen)
    daily = false_alarms_a_day(point.decisions.confusion, SEGMENTS_A_DAY)
    places = st.columns(4)
    places[0].metric("Faults found", _percent(point.decisions.recall))
    places[1].metric("Precision", _percent(point.decisions.precision))
    places[2].metric("False alarms", _percent(point.decisions.false_alarm_rate))
    places[3].metric(
        "False alarms a day",
        "n/a" if daily is None else f"{daily.value:,.0f}",
        help="If every 10 s of a day were judged, and none sounded like its neighbour."
        + ("" if daily is None else f" Between {daily.low:,.0f} and {daily.high:,.0f}."),
    )
    if point.fitted:
        st.caption("The normal clips are those behind the threshold: new ones alarm more often.")


def pictures(tried: Tried) -> None:
    """ROC curves with the pAUC region, score distributions, confusion matrices, map of clips."""
    from mimimi.evaluation.clip_map import WHAT_IT_IS
    from mimimi.evaluation.pictures import pictures as drawn

    for name, png in drawn(tried.evaluation).items():
        st.image(png, caption=WHAT_IT_IS if "map" in name else None)


def listen(tried: Tried) -> None:
    """Every clip, the strangest first, to be heard."""
    clips = sorted(
        (clip for clip in tried.evaluation.clips if clip.counts),
        key=lambda clip: -clip.judgement(True).score,
    )
    chosen = st.dataframe(
        [
            {
                "clip": clip.recording.path.name,
                "machine": clip.machine,
                "label": clip.recording.label,
                "score": clip.judgement(True).score,
                "called": "unusual" if clip.judgement(True).is_anomalous else "normal",
            }
            for clip in clips
        ],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="evaluated_clips",
    )
    for row in chosen["selection"]["rows"]:
        st.audio(str(clips[row].recording.path))


def take_away(tried: Tried) -> None:
    """Everything as CSV, JSON and one HTML file."""
    from mimimi.evaluation.files import as_csv, as_json
    from mimimi.report import report

    row = st.container(horizontal=True)
    asked = {"detector": tried.detector, "data": [tried.data]}
    row.download_button("CSV", as_csv(tried.evaluation), "clips.csv", "text/csv")
    row.download_button(
        "JSON", as_json(tried.evaluation, asked), "evaluation.json", "application/json"
    )
    row.download_button(
        "Report (HTML)",
        lambda: report(tried.evaluation, [detectors.load(tried.detector)], [tried.data]).encode(),
        "report.html",
        "text/html",
    )


def _scores(clips: list[ScoredClip], normal: bool) -> list[float]:
    return [clip.judgement(True).score for clip in clips if clip.is_normal == normal]


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return "n/a"
    return f"{100 * estimate.value:.0f} % ({100 * estimate.low:.0f} to {100 * estimate.high:.0f})"
