"""The product's name, and the way from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_LOGO = Path(__file__).parents[1] / "logo.svg"


def run(pages: Sequence[st.Page], *, at_the_bottom: bool) -> None:
    """Show the chosen page.

    Args:
        pages: in their order.
        at_the_bottom: as on a telephone, where Streamlit would hide them behind an icon.
    """
    st.logo(str(_LOGO), size="large")
    if not at_the_bottom:
        st.navigation(list(pages), position="top").run()
        return
    chosen = st.navigation(list(pages), position="hidden")
    with st.container(key="pages", horizontal=True, horizontal_alignment="distribute", gap=None):
        for page in pages:
            st.page_link(page, width="content")
    chosen.run()
