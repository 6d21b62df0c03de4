"""The way from a recording that no machine here has made to a machine that is one's own."""

from __future__ import annotations

import streamlit as st

from state import clips, keys
from texts import on_teach


def offer() -> None:
    """The button, which takes the recording along."""
    pressed = st.button(
        on_teach.TEACH_IT_MINE,
        key="teach_it",
        type="primary",
        icon=":material/school:",
        on_click=_begin,
    )
    if pressed:
        st.switch_page("analyse/page.py")


def is_on() -> bool:
    """Whether the page shows nothing else."""
    return bool(st.session_state.get(keys.TEACHING))


def leave() -> None:
    """Back to what was shown before."""
    st.session_state[keys.TEACHING] = False
    st.session_state.pop(keys.CARRIED, None)


def _begin() -> None:
    st.session_state[keys.TEACHING] = True
    if st.session_state.get(keys.SOURCE) in clips.OWN and (current := clips.current()):
        st.session_state[keys.CARRIED] = current[0]
