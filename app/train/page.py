"""The Train page: from recordings of machines running well to a detector of one's own."""

from __future__ import annotations

import streamlit as st

from mimimi import deployment, extras
from mimimi.errors import UserError
from state import keys, ownership
from texts import on_train
from texts.formats import plain
from train import checks, recordings, runs, start

NEW, RUNS = "New training", "Runs"

st.title("Train it on your machines", anchor=False)
st.markdown(on_train.INTRODUCTION)

try:
    may_train = deployment.training()
    deployment.limits()
except UserError as error:
    st.error(plain(str(error)), icon=":material/block:")
    st.stop()
if not may_train:
    st.info(on_train.NOT_HERE, icon=":material/info:")
    st.stop()

ownership.show_mark()
state = st.session_state
if keys.JOB not in state and "job" in st.query_params:
    state[keys.JOB], state[keys.TRAIN_VIEW] = st.query_params["job"], RUNS
state.setdefault(keys.TRAIN_VIEW, NEW)
view = st.segmented_control(
    "What", [NEW, RUNS], key=keys.TRAIN_VIEW, required=True, label_visibility="collapsed"
)
if view == RUNS:
    runs.show()
else:
    st.query_params.clear()
    st.info(on_train.WHEN_IT_IS_WORTH_IT, icon=":material/schedule:")
    if not extras.installed("torch"):  # said before minutes are recorded for it
        st.warning(on_train.NO_TORCH, icon=":material/extension:")
        st.stop()
    if chosen := recordings.choose():
        checked = checks.show(chosen.recordings)
        start.offer(chosen, checked)
