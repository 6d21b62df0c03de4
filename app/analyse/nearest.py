"""The spectrum of a recording beside that of the normal one that it is most like."""

from __future__ import annotations

import streamlit as st

from charts.two_spectra import two_spectra
from mimimi.explain.account import Account
from texts import about_pictures
from texts.formats import plain
from widgets import figures


def show(account: Account) -> None:
    """Draw both, and say where they differ."""
    if not (found := account.beside):
        return
    with st.container(border=True):
        st.markdown(f"### {about_pictures.TWO_SPECTRA}")
        if account.about_spectra:
            st.markdown(account.about_spectra)
        figures.show(two_spectra(found), "neighbour")
        st.caption(about_pictures.nearest_is(plain(found.reference.name)))
        with st.expander("What does this show?", icon=":material/help:"):
            st.markdown(about_pictures.NEAREST)
