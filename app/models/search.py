"""Detectors that others have published; asked for only on a click."""

from __future__ import annotations

import streamlit as st

from mimimi.errors import UserError
from state import keys
from texts import about_detector
from texts.formats import plain
from widgets import hub_form


def show() -> None:
    """The search, and what it found."""
    from mimimi import deployment
    from mimimi.detector.publishing.hub import search as ask_hub

    with (
        st.form("search", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        text = st.text_input("Search", key=keys.SEARCH_TEXT, placeholder="fan, or part of a name")
        if st.form_submit_button("Search the Hub", icon=":material/search:"):
            try:
                with st.spinner("Asking the Hugging Face Hub …"):
                    st.session_state[keys.SEARCH_RESULT] = ask_hub(
                        text, token=False if deployment.shared() else None
                    )
            except UserError as error:
                st.session_state[keys.SEARCH_RESULT] = str(error)
    listed = st.session_state.get(keys.SEARCH_RESULT)
    if isinstance(listed, str):
        st.error(plain(listed), icon=":material/cloud_off:")
    elif listed is not None and not listed:
        st.info("The Hub knows no such detector.", icon=":material/info:")
    for found in listed if isinstance(listed, list) else []:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(about_detector.listed(found))
            st.button(
                "Download",
                key=f"fetch_{found.repo}",
                icon=":material/cloud_download:",
                on_click=hub_form.ask,
                args=("models", found.repo),
            )
