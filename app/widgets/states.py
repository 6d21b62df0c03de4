"""The states that a machine of one's own was found to have, and what to say if that is wrong."""

from __future__ import annotations

import streamlit as st

from mimimi.errors import UserError
from state import detectors, keys, learnt
from texts import on_teach
from texts.formats import plain


def show(name: str) -> None:
    """The sentence and the button; nothing where it has one state and nobody said so."""
    try:
        said = on_teach.of_states(learnt.states_of(detectors.load(name)))
        is_one = learnt.has_one_state(name)
    except UserError:  # the page Analyse says what is wrong with it
        return
    if not said:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=keys.of(keys.STATES, name)):
        st.markdown(said)
        st.button(
            on_teach.LOOK_FOR_STATES if is_one else on_teach.ONE_STATE,
            key=keys.of(keys.STATES, name, "otherwise"),
            icon=":material/call_split:" if is_one else ":material/merge:",
            help=on_teach.HELP_OF_STATES if is_one else on_teach.HELP_OF_ONE_STATE,
            on_click=_say,
            args=(name, not is_one),
        )
    if refused := st.session_state.pop(keys.STATES_REFUSED, None):
        st.error(plain(refused), icon=":material/block:")


def _say(name: str, one: bool) -> None:
    try:
        learnt.say_states(name, one=one)
    except UserError as error:
        st.session_state[keys.STATES_REFUSED] = str(error)
