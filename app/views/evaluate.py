"""The Evaluate page: how good a detector is on recordings whose labels are known."""

from __future__ import annotations

import streamlit as st

import words
from panels.evaluation import hear, pictures, run, table, take_away, threshold, which

st.title("How good is a detector?", anchor=False)
st.markdown("Let it judge recordings of which you know whether the machine was all right.")

tried = run.choose()
if tried is None:
    st.caption("Simulated clips of the detector's kind of machine are at hand at once.")
    st.stop()

st.markdown(f"#### {words.plain(', '.join(tried.detectors))} on {words.plain(tried.data)}")
table.show(tried)
shown = which.choose(tried.evaluation)
if shown is None:
    st.stop()
st.markdown("#### What a threshold finds, and what it costs")
threshold.show(shown.clips)
st.markdown("#### Pictures")
pictures.show(shown.clips, shown.given, shown.found)
st.markdown("#### Which clips sound alike")
hear.from_map(shown.clips)
st.markdown("#### Every clip, the strangest first")
hear.from_list(shown.clips)
st.markdown("#### Take away")
take_away.offer(tried)
