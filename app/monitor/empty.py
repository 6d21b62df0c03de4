"""What there is to see before anything was heard: what this is for, and how to begin."""

from __future__ import annotations

import streamlit as st

from texts import on_monitor


def show() -> None:
    """The way to the first machine."""
    with st.container(border=True):
        st.markdown(on_monitor.WHAT_IT_IS_FOR)
        st.code(on_monitor.COMMAND, language="bash")
        st.markdown(on_monitor.OTHER_SOURCES)
        with st.container(horizontal=True):
            st.page_link("analyse/page.py", label="Analyse", icon=":material/graphic_eq:")
            st.page_link("live/page.py", label="Live", icon=":material/mic:")
