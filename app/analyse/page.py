"""The Analyse page: from a recording to a verdict."""

from __future__ import annotations

import streamlit as st

from analyse import export, inputs, long_recording, origin, result, table
from mimimi.detector.verdict import as_csv, as_json
from mimimi.errors import UserError
from state import detectors, waveforms
from state.verdicts import judge
from texts import on_analyse
from widgets import false_alarms, machine

st.title("Is this machine all right?", anchor=False)
st.markdown(on_analyse.INTRODUCTION)

if not detectors.known():
    st.error(on_analyse.NO_DETECTOR)
    st.stop()

chosen = machine.choose()
clips = inputs.choose(chosen)

if not clips:
    inputs.welcome()
    st.stop()
if chosen.choice is None:
    inputs.refuse(clips)
    machine.ask(chosen)
    st.stop()

if long_recording.asked_for(clips):
    long_recording.show(clips, chosen)
    origin.show(chosen.detector.name)
    st.stop()

with st.container(key="status"):  # its height is reserved: nothing below it moves
    status = st.empty()
    try:
        with status.container():
            verdicts = judge(
                clips, chosen.detector.name, chosen.machine_id, progress=st.empty().progress
            )
    except UserError as error:
        status.error(str(error), icon=":material/block:")
        st.stop()
    status.caption(origin.in_short(chosen.detector.name))

if (accepted := false_alarms.asked()) is not None:
    verdicts = [verdict.at(accepted) for verdict in verdicts]
row = table.choose(verdicts) if len(clips) > 1 else 0
if waveforms.is_long(clips[row]):
    long_recording.show([clips[row]], chosen)
else:
    inputs.note_missed_fault(verdicts[row])
    verdicts[row] = result.show(clips[row], verdicts[row], chosen.detector.name)
export.offer("verdicts", json=as_json(verdicts), csv=as_csv(verdicts))
origin.show(chosen.detector.name)
