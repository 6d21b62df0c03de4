"""Which detector a verdict comes from."""

from __future__ import annotations

import streamlit as st

from state import detectors
from texts import about_detector, formats


def in_short(name: str) -> str:
    """Which detector judged, in one line."""
    detector, chosen = detectors.load(name), detectors.known()[name]
    if chosen.learnt:
        machine = formats.machine(chosen.machine_type, chosen.ids[0])
        return about_detector.learnt(machine, detector.config.about)
    return about_detector.origin(detector.machine_type, detector.origin, detector.config.about)


def show(name: str) -> None:
    """The detector's own account of itself: its model card."""
    with st.expander("Where this verdict comes from", icon=":material/info:"):
        st.markdown(detectors.card(name))
