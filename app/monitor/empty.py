"""What there is to see before anything was heard: what this is for, and how to begin."""

from __future__ import annotations

import streamlit as st

from mimimi.names import slug
from state import detectors
from texts import on_monitor


def show() -> None:
    """The way to the first machine."""
    with st.container(border=True):
        st.markdown(on_monitor.WHAT_IT_IS_FOR)
        with st.container(horizontal=True):
            st.page_link("analyse/page.py", label="Analyse", icon=":material/graphic_eq:")
            st.page_link("live/page.py", label="Live", icon=":material/mic:")
        with st.expander(on_monitor.IN_A_TERMINAL, icon=":material/terminal:"):
            st.markdown(on_monitor.FROM_A_TERMINAL)
            st.code(on_monitor.command(_own()), language="bash", wrap_lines=True)
            st.markdown(on_monitor.OTHER_SOURCES)


def _own() -> str | None:
    """A machine that the visitor has taught already, by a name that the command line knows."""
    own = (one for one in detectors.known().values() if one.group == "mine")
    return next((one.label if slug(one.label) == one.name else one.name for one in own), None)
