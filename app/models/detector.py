"""One detector: what it is, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from evaluate import outcome
from mimimi.errors import UserError
from models import one_file, own, publish
from state import detectors, ownership
from state.detectors import Known
from texts import about_detector, on_models
from texts.formats import plain
from widgets import machine


def show(chosen: Known) -> None:
    """One detector: what it is, and what can be done with it."""
    with st.container(border=True):
        st.markdown(f"## :material/graphic_eq: {chosen.label}")
        about = detectors.about(chosen)
        st.markdown(
            about_detector.at_a_glance(chosen.ids, chosen.origin, about, learnt=chosen.learnt)
        )
        if said := outcome.last(chosen.name):
            st.markdown(f":material/fact_check: {plain(said)}.")
        row = st.container(horizontal=True)
        if row.button(
            "Use it",
            key=f"use_{chosen.name}",
            icon=":material/play_arrow:",
            on_click=machine.pick,
            args=(chosen.name,),
        ):
            st.switch_page("analyse/page.py")
        with row:
            one_file.download(chosen)
        with st.expander(on_models.MORE, icon=":material/more_horiz:"):
            _more(chosen)


def _more(chosen: Known) -> None:
    """What is done now and then."""
    row = st.container(horizontal=True)
    with row.popover("Card", icon=":material/description:"):
        # One of somebody else's is written anew, for which it has to be loaded.
        if chosen.trusted or st.toggle("Show its card", key=f"card_{chosen.name}"):
            try:
                st.markdown(detectors.card(chosen.name))
            except (UserError, OSError) as error:
                st.error(plain(str(error)), icon=":material/block:")
    if ownership.may_publish(chosen.name):
        with row.popover("Publish", icon=":material/publish:"):
            publish.form(chosen)
    with row:
        own.offer(chosen)
