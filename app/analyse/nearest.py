"""The normal recording of the machine that a clip is most like, to compare by ear and by eye."""

from __future__ import annotations

import streamlit as st

from charts.two_spectra import two_spectra
from mimimi.config import SAMPLE_RATE
from mimimi.detector.verdict import Verdict
from mimimi.terminal import one_line
from state import nearest_recordings
from state.clips import Clip
from texts import about_pictures
from texts.formats import sentence
from widgets import figures


def show(clip: Clip, verdict: Verdict, name: str) -> None:
    """Say which one it is, draw both spectra, and play it where it is at hand.

    Args:
        clip: the recording.
        verdict: on it.
        name: of the detector that judged.
    """
    found = nearest_recordings.find(clip, verdict, name)
    if not found:
        return
    with st.container(border=True):
        st.markdown("##### Nearest normal recording")
        file = found.reference.name
        shown = one_line(file).replace("`", "'")  # as code, in which nothing else acts
        st.markdown(sentence(found.sentence.replace(file, f"`{shown}`", 1)))
        if sound := nearest_recordings.sound(found.reference, name):
            st.audio(sound.samples, sample_rate=SAMPLE_RATE)
        else:
            st.caption(about_pictures.NEAREST_NOT_AT_HAND)
        figures.show(two_spectra(found), "neighbour")
        with st.expander("What does this show?", icon=":material/help:"):
            st.markdown(about_pictures.NEAREST)
