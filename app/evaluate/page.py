"""The Evaluate page: how good a detector is on recordings whose labels are known."""

from __future__ import annotations

import streamlit as st

from evaluate import (
    clips,
    export,
    outcome,
    pictures,
    selection,
    side_by_side,
    table,
    threshold,
    trial,
)
from state import detectors, keys
from texts import on_evaluate

st.title("How good is a detector?", anchor=False)
st.markdown(on_evaluate.INTRODUCTION)

tried = trial.choose()
if tried is None:
    st.stop()

outcome.show(tried)
shown = selection.choose(tried.evaluation)
if shown is not None:
    st.markdown(f"### {on_evaluate.EVERY_CLIP}")
    clips.from_list(shown.clips)
expander = st.expander(
    on_evaluate.FOR_EXPERTS, key=keys.EXPERTS, on_change="rerun", icon=":material/science:"
)
if expander.open:
    known = detectors.known()
    judges = [known[name] for name in tried.detectors if name in known]
    several = any(len(judge.ids) > 1 for judge in judges)  # one could be taken for another
    with expander:
        side_by_side.show(tried)
        table.show(tried, inferred=several)
        if shown is not None:
            st.markdown("### What a threshold finds, and at what cost")
            threshold.show(shown.clips)
            st.markdown("### Pictures")
            pictures.show(shown.clips, shown.given, shown.inferred if several else None)
            if several:
                st.markdown("### Which clips sound alike")
                clips.from_map(shown.clips)
st.markdown("### Download")
export.offer(tried)
