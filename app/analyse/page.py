"""The Analyse page: from a recording to a verdict."""

from __future__ import annotations

import streamlit as st

from analyse import export, inputs, long_recording, result, table
from mimimi.errors import UserError
from state import detectors, waveforms
from widgets import false_alarms, machine

st.title("Is this machine all right?", anchor=False)
st.markdown("Drop in or record the sound of a machine and read whether it runs as it should.")

if not detectors.known():
    st.error("There is no detector in checkpoints/: fetch the whole repository.")
    st.stop()

chosen = machine.choose()
clips = inputs.choose(chosen)

if not clips:
    inputs.welcome()
    st.stop()
if chosen.choice is None:
    machine.ask(chosen)
    st.stop()

if long_recording.asked_for(clips):
    long_recording.show(clips, chosen)
    export.say(chosen.detector.name)
    st.stop()

with st.container(key="status"):  # its height is reserved: nothing below it moves
    status = st.empty()
    try:
        with status.container():
            verdicts = detectors.judge(
                clips, chosen.detector.name, chosen.machine_id, progress=st.empty().progress
            )
    except UserError as error:
        status.error(str(error), icon=":material/block:")
        st.stop()
    status.caption(export.in_short(chosen.detector.name))

if (accepted := false_alarms.asked()) is not None:
    verdicts = [verdict.at(accepted) for verdict in verdicts]
row = table.choose(verdicts) if len(clips) > 1 else 0
if waveforms.is_long(clips[row]):
    long_recording.show([clips[row]], chosen)
else:
    inputs.own_up(verdicts[row])
    verdicts[row] = result.show(clips[row], verdicts[row], chosen.detector.name)
export.take_away(verdicts)
export.say(chosen.detector.name)
