"""The Evaluate page: how good a detector is on recordings whose labels are known."""

from __future__ import annotations

import streamlit as st

from panels.evaluation import figures, run

st.title("How good is a detector?", anchor=False)
st.markdown("Let it judge recordings of which you know whether the machine was all right.")

tried = run.choose()
if tried is None:
    st.caption("Simulated clips of the detector's kind of machine are at hand at once.")
    st.stop()

st.markdown(f"#### {tried.detector} on {tried.data}")
figures.table(tried)
st.markdown("#### What a threshold finds, and what it costs")
figures.threshold(tried)
st.markdown("#### Pictures")
figures.pictures(tried)
st.markdown("#### Every clip, the strangest first")
figures.listen(tried)
st.markdown("#### Take away")
figures.take_away(tried)
