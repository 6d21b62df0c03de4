"""What is new on the screen: nothing old below it, and its beginning in view."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from state import keys

_SCRIPT = """
let shown;
export default function ({ data }) {
  if (data.of !== shown) document.querySelector("[data-testid=stMain]").scrollTo({ top: 0 });
  shown = data.of;
}
"""


def title(text: str) -> None:
    """The page's title where the answer has its place: for those who are read to."""
    st.html(f'<h1 class="read-out">{text}</h1>')


def begin(what: str) -> DeltaGenerator:
    """A place for all that follows; empty and scrolled to where it is of something else.

    Streamlit leaves what stood there, faded, for as long as the new is being made, which would put
    the evidence of one recording below the verdict on another. So there are two places, and each
    new thing empties the one and begins in the other.

    Args:
        what: it is of.
    """
    st.components.v2.component("mimimi_top", js=_SCRIPT)(key="top", data={"of": what})
    before, place = st.session_state.get(keys.SHOWN, ("", 0))
    place = place if before == what else 1 - place
    st.session_state[keys.SHOWN] = what, place
    if place:
        st.empty()
        return st.container()
    container = st.container()
    st.empty()
    return container
