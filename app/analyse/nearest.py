"""The normal recording of the machine that a clip is most like, to compare by ear and by eye."""

from __future__ import annotations

import streamlit as st

from charts.two_spectra import two_spectra
from mimimi.config import SAMPLE_RATE
from mimimi.detector.verdict import Verdict
from state import nearest_recordings
from state.clips import Clip
from texts.formats import sentence

_NOT_AT_HAND = (
    "Its sound is not at hand (MIMII's recordings, for one, are not shipped): its stored spectrum "
    "is shown."
)
_WHAT_IT_SHOWS = (
    "Of the normal recordings of this machine that the detector has learnt from, the one that its "
    "networks make the most similar things of. The lines show how loud both are, frequency by "
    "frequency, mean over the recording. How loud they are as a whole is left out: that is the "
    "microphone's affair. Grey is as far as normal recordings of this machine may differ; "
    "what lies beyond is filled. Where nothing does, the colour of the sound is not what is "
    "strange: look for the moment above."
)


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
        st.markdown("##### The normal recording it is most like")
        file = found.reference.name
        st.markdown(sentence(found.sentence.replace(file, f"`{file}`", 1)))
        if sound := nearest_recordings.sound(found.reference, name):
            st.audio(sound.samples, sample_rate=SAMPLE_RATE)
        else:
            st.caption(_NOT_AT_HAND)
        st.plotly_chart(
            two_spectra(found),
            key="neighbour",
            config={
                "displaylogo": False,
                "modeBarButtons": [["toImage"]],
                "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "mimimi nearest"},
            },
        )
        with st.expander("What does this show?", icon=":material/help:"):
            st.markdown(_WHAT_IT_SHOWS)
