"""The Live page: the microphone, and how the machine sounds while it runs."""

from __future__ import annotations

import streamlit as st

from live import hand_over, listening
from mimimi.errors import UserError
from state import detectors, keys
from texts import on_live, on_teach
from texts.formats import plain
from texts.on_analyse import NO_DETECTOR
from widgets import machine

st.title("How does it sound right now?", anchor=False)
st.markdown(on_live.INTRODUCTION)

if not detectors.known():
    st.error(NO_DETECTOR)
    st.stop()

chosen = machine.choose()
machine.note_dead_link()
is_demo = chosen.detector.group == "demo"
if chosen.choice is None or (is_demo and chosen.machine_id is None):
    machine.ask(chosen, on_teach.NEVER_HEARD if chosen.choice else on_live.WHICH_ONE)
    st.stop()

if reason := st.session_state.get(keys.NO_RECORDER):
    st.error(on_live.no_microphone(plain(reason)), icon=":material/block:")
    hand_over.offer(chosen)
    st.stop()

try:  # before there is sound, which would not wait for it
    detectors.load(chosen.detector.name)
except UserError as error:
    st.error(plain(str(error)), icon=":material/block:")
    st.stop()

with st.container(key="live_page"):
    listening.listen(chosen)
hand_over.offer(chosen)
with st.expander("How does this work?", icon=":material/help:"):
    st.markdown(on_live.HOW_IT_WORKS)
