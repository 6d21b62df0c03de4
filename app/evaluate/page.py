"""The Evaluate page: how good a detector is on recordings whose labels are known."""

from __future__ import annotations

import streamlit as st

from evaluate import clips, export, pictures, selection, table, threshold, trial
from texts.formats import plain

st.title("How good is a detector?", anchor=False)
st.markdown("Let it judge recordings of which you know whether the machine was all right.")

tried = trial.choose()
if tried is None:
    st.caption("Simulated clips of the detector's kind of machine are at hand at once.")
    st.stop()

st.markdown(f"#### {plain(', '.join(tried.detectors))} on {plain(tried.data)}")
table.show(tried)
shown = selection.choose(tried.evaluation)
if shown is None:
    st.stop()
st.markdown("#### What a threshold finds, and what it costs")
threshold.show(shown.clips)
st.markdown("#### Pictures")
pictures.show(shown.clips, shown.given, shown.found)
st.markdown("#### Which clips sound alike")
clips.from_map(shown.clips)
st.markdown("#### Every clip, the strangest first")
clips.from_list(shown.clips)
st.markdown("#### Take away")
export.offer(tried)
