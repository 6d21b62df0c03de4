"""What became of a click, said once where the detectors are listed."""

from __future__ import annotations

import streamlit as st

from state import keys
from texts.formats import plain


def say(text: str) -> None:
    """It was done."""
    st.session_state[keys.MODELS_SAID] = True, text


def refuse(text: str) -> None:
    """It was not done, and why."""
    st.session_state[keys.MODELS_SAID] = False, text


def show() -> None:
    """What was said last."""
    if told := st.session_state.pop(keys.MODELS_SAID, None):
        done, text = told
        show = st.success if done else st.error
        show(plain(text), icon=":material/check:" if done else ":material/block:")
