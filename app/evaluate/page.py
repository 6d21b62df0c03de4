"""The Evaluate page: how good a detector is on recordings whose labels are known."""

from __future__ import annotations

import streamlit as st

from evaluate import (
    clips,
    export,
    pictures,
    selection,
    side_by_side,
    table,
    threshold,
    trial,
)
from state import detectors
from texts import on_evaluate
from texts.formats import plain

st.title("How good is a detector?", anchor=False)
st.markdown(on_evaluate.INTRODUCTION)

tried = trial.choose()
if tried is None:
    st.stop()

known = detectors.known()
judges = [known[name] for name in tried.detectors if name in known]
several = any(len(judge.ids) > 1 for judge in judges)  # machines that could be taken for another
st.markdown(f"## {plain(', '.join(judge.label for judge in judges))}: {plain(tried.data)}")
side_by_side.show(tried)
table.show(tried, inferred=several)
shown = selection.choose(tried.evaluation)
if shown is None:
    st.stop()
st.markdown("### What a threshold finds, and at what cost")
threshold.show(shown.clips)
st.markdown("### Pictures")
pictures.show(shown.clips, shown.given, shown.inferred if several else None)
if several:
    st.markdown("### Which clips sound alike")
    clips.from_map(shown.clips)
st.markdown("### Every clip, the most unusual first")
clips.from_list(shown.clips)
st.markdown("### Download")
export.offer(tried)
