"""The Models page: the detectors at hand and on the Hub, how good they are, and publishing them."""

from __future__ import annotations

import streamlit as st

from models import compare, detector, one_file, place, search
from state import detectors, keys, ownership
from texts import on_models
from widgets import hub_form, machine

st.title("Detectors", anchor=False)
ownership.show_mark()
st.markdown(on_models.INTRODUCTION)
hub_form.fetch("models")
known = list(detectors.known().values())
if (fetched := hub_form.just_fetched()) and fetched[0] in detectors.known():
    machine.pick(*fetched)
    st.session_state[keys.MODELS_TYPE] = detectors.known()[fetched[0]].machine_type
place.show()
if following := st.session_state.pop(keys.NEXT_MODELS_TYPE, None):
    st.session_state[keys.MODELS_TYPE] = following
types = list(dict.fromkeys(chosen.machine_type for chosen in known))
if st.session_state.get(keys.MODELS_TYPE) not in types:
    st.session_state[keys.MODELS_TYPE] = types[0] if types else None
kind = st.segmented_control(
    "Kind of machine",
    types,
    key=keys.MODELS_TYPE,
    required=True,
    format_func=lambda kind: on_models.KINDS.get(kind, kind),
)
for chosen in (several := [chosen for chosen in known if chosen.machine_type == kind]):
    detector.show(chosen)
compare.show(several)
st.subheader("From a file", anchor=False)
one_file.take_in()
st.subheader("On the Hugging Face Hub", anchor=False)
search.show()
with st.expander("Download one by its name", icon=":material/cloud_download:"):
    hub_form.form("models")
