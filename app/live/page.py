"""The Live page: the microphone, and how the machine sounds while it runs."""

from __future__ import annotations

import streamlit as st

from live import listening
from state import detectors, keys
from texts import about_alarms
from widgets import machine

st.title("How does it sound right now?", anchor=False)
st.markdown("Put a microphone close to the machine and let the page listen while it runs.")

if not detectors.known():
    st.error("There is no detector in checkpoints/: fetch the whole repository.")
    st.stop()

chosen = machine.choose()
if chosen.choice is None:
    machine.ask(chosen)
    st.stop()

if reason := st.session_state.get(keys.NO_RECORDER):
    st.error(
        f"The microphone cannot be listened to here: {reason}. Record a file with another program "
        "and drop it in on the page Analyse.",
        icon=":material/block:",
    )
    st.stop()

with st.container(key="live_page"):
    listening.listen(chosen)
with st.expander("How does this work?", icon=":material/help:"):
    st.markdown(about_alarms.HOW_LIVE_WORKS)
