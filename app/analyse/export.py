"""What was found, as files."""

from __future__ import annotations

import streamlit as st


def offer(name: str, *, json: str, csv: str) -> None:
    """The same as JSON and as CSV.

    Args:
        name: of the files.
        json: content of one.
        csv: content of the other.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Download:", width="content")
        for kind, text, mime in (("JSON", json, "application/json"), ("CSV", csv, "text/csv")):
            st.download_button(
                kind,
                text,
                f"{name}.{kind.lower()}",
                mime,
                icon=":material/download:",
                on_click="ignore",
            )
