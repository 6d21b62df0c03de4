"""The foot of the page: what to take away, and where the verdict came from."""

from __future__ import annotations

import streamlit as st

from mimimi.detector.verdict import Verdict, as_csv, as_json
from state import detectors
from texts import about_verdict


def take_away(verdicts: list[Verdict]) -> None:
    """All verdicts as JSON and as CSV."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Take away:", width="content")
        for name, text, kind in (
            ("JSON", as_json(verdicts), "application/json"),
            ("CSV", as_csv(verdicts), "text/csv"),
        ):
            st.download_button(
                name,
                text,
                f"verdicts.{name.lower()}",
                kind,
                icon=":material/download:",
                on_click="ignore",
            )


def in_short(name: str) -> str:
    """Which detector judged, in one line."""
    detector = detectors.load(name)
    return about_verdict.origin(detector.machine_type, detector.origin, detector.config.about)


def say(name: str) -> None:
    """The detector's own account of itself: its model card."""
    with st.expander("Where this verdict comes from", icon=":material/info:"):
        st.markdown(detectors.card(name))
