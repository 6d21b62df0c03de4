"""Every clip, to be heard: from a map on which like lies by like, or from a list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts import evaluation
from mimimi.audio import read
from mimimi.config import SAMPLE_RATE
from mimimi.errors import UserError
from mimimi.evaluation import ScoredClip
from mimimi.evaluation.clips import names
from mimimi.evaluation.pictures.clip_map import WHAT_IT_IS
from mimimi.evaluation.pictures.clip_map import clip_map as lay_out
from mimimi.names import called
from texts import on_evaluate
from texts.formats import plain
from widgets import figures


@st.fragment
def from_map(clips: Sequence[ScoredClip]) -> None:
    """The map of one machine type's clips; the one that is clicked is heard."""
    found = lay_out(clips)
    if found is None:
        st.caption(on_evaluate.NO_MAP)
        return
    chosen = figures.select(evaluation.clip_map(found), "map")
    points = [point for point in chosen["selection"]["points"] if "customdata" in point]
    if points:
        place = points[0]["customdata"][0]
        _play(found.clips[place], names(found.clips)[place])
    else:
        st.caption(on_evaluate.CLICK_A_POINT)
    st.caption(WHAT_IT_IS)


@st.fragment
def from_list(clips: Sequence[ScoredClip]) -> None:
    """The clips as a table, the most unusual first; the one that is selected is heard."""
    ordered = sorted(clips, key=lambda clip: -clip.judgement(True).score)
    called_so = names(ordered)
    table = {
        "it was": [_label(clip) for clip in ordered],
        "called": [_called(clip) for clip in ordered],
        "clip": called_so,
        "score": [clip.judgement(True).score for clip in ordered],
    }
    of_several: dict[str, Sequence[str | None]] = {
        "machine": [_name(clip) for clip in ordered],
        "state": [clip.judgement(True).state for clip in ordered],
        "fault": [clip.recording.fault for clip in ordered],
    }
    chosen = st.dataframe(
        table | {name: column for name, column in of_several.items() if len(set(column)) > 1},
        column_config={"score": st.column_config.NumberColumn(format="%.3g")},
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
    )
    if rows := [row for row in chosen["selection"]["rows"] if row < len(ordered)]:
        _play(ordered[rows[0]], called_so[rows[0]])
    else:
        st.caption(on_evaluate.CLICK_A_ROW)


def _play(clip: ScoredClip, name: str) -> None:
    judged = clip.judgement(True)
    st.markdown(
        f"**{plain(name)}**, {plain(_name(clip))}: it was "
        f"**{_label(clip)}**, and is called **{_called(clip)}** (score {judged.score:.3g}, "
        f"threshold {judged.threshold:.3g})"
    )
    try:
        heard = read(clip.recording.path)  # the channel that was judged, whatever the file is
    except UserError as error:
        st.error(plain(str(error)), icon=":material/block:")
    else:
        st.audio(heard.samples, sample_rate=SAMPLE_RATE)


def _name(clip: ScoredClip) -> str:
    return called(clip.recording.machine_type, clip.recording.machine_id)


def _label(clip: ScoredClip) -> str:
    return "normal" if clip.is_normal else "faulty"


def _called(clip: ScoredClip) -> str:
    return "▲ unusual" if clip.judgement(True).is_anomalous else "✓ normal"
