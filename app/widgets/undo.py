"""A button that takes back what was told last of a machine of one's own."""

from __future__ import annotations

import streamlit as st

from state import told
from texts import on_teach


def undo(name: str, *, key: str) -> None:
    """The button, for the machine of that name."""
    st.button(on_teach.UNDO, key=key, icon=":material/undo:", on_click=told.undo, args=(name,))
