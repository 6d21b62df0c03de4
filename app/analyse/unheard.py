"""A recording of one's own beside demo machines: what such a verdict is worth, and the way out."""

from __future__ import annotations

import streamlit as st

from state import clips, keys
from state.clips import Clip
from texts import on_teach
from texts.headline import Headline
from widgets import machine, teach_offer


def is_own(chosen: machine.Machine) -> bool:
    """Whether a recording of the visitor's own is judged as a demo machine."""
    return chosen.detector.group == "demo" and st.session_state.get(keys.SOURCE) in clips.OWN


def instead(clip: Clip) -> None:
    """In the place of a verdict, where nobody said that it is this very machine."""
    with st.container(border=True, key="verdict"):
        st.caption(clip.name)
        st.markdown(f"### {Headline('help', 'grey', on_teach.NEVER_HEARD).markdown}")
        st.markdown(on_teach.NEVER_HEARD_TEXT)
        teach_offer.offer()


def beside(chosen: machine.Machine) -> None:
    """Under a verdict, where somebody did."""
    with st.container(border=True):
        st.markdown(f":material/info: {on_teach.as_demo(chosen.name)}")
        teach_offer.offer()
