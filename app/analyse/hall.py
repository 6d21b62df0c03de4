"""What the second microphone took out: in a sentence, a picture, and to be heard in turn."""

from __future__ import annotations

import streamlit as st

import player
from charts.two_spectra import side_by_side
from mimimi.detector.references import edges
from state import keys
from state.clips import Clip
from state.waveforms import as_heard, taken_out, waveform
from texts import on_microphones
from texts.formats import sentence
from widgets import figures


def show(clip: Clip) -> None:
    """Nothing where one microphone was heard."""
    cleaned = waveform(clip)
    if cleaned.reference is None:
        return
    found = taken_out(clip)
    with st.container(border=True, key=keys.TAKEN_OUT):
        st.markdown(f"### {on_microphones.TAKEN_OUT}")
        st.markdown(f"**{sentence(found.sentence)}**")
        levels = {
            on_microphones.AS_HEARD: found.as_heard,
            on_microphones.WITHOUT: found.without,
        }
        figures.show(side_by_side(levels, edges()), "hall_spectra", "none")
        sounds = {
            on_microphones.AS_HEARD: as_heard(clip).in_place,
            on_microphones.WITHOUT: cleaned.in_place,
        }
        player.play(sounds, "hall_player")
        st.caption(on_microphones.EQUALLY_LOUD)
