"""Where a recording is unusual, and its pictures: made when it is first shown, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from charts.spectrogram import Picture, draw
from mimimi.config import FrontEnd
from mimimi.detector.verdict import Verdict
from mimimi.errors import UserError
from state import detectors
from state.clips import Clip
from state.measurements import measure, turn
from state.waveforms import length, waveform

if TYPE_CHECKING:
    from mimimi.explain.evidence import Explanation

LONGEST = 60.0  # s; a visitor would wait too long for more


def find(clip: Clip, verdict: Verdict, name: str) -> Explanation | None:
    """What raised the score; None where it is not unusual, too long, or the detector cannot tell.

    Args:
        clip: the recording.
        verdict: of it.
        name: of the detector that judged.
    """
    if not verdict.is_anomalous or not verdict.machine_id or (verdict.seconds or 0) > LONGEST:
        return None
    stamp = detectors.known()[name].stamp
    return _find(clip.key, stamp, verdict.machine_id, clip, name)


@st.cache_data(max_entries=32, show_spinner="Looking for what is unusual in it …")
def _find(key: str, stamp: str, machine_id: str, _clip: Clip, _name: str) -> Explanation | None:
    from mimimi.explain.explanation import explain

    detector = detectors.load(_name)
    try:
        measured = measure(_clip, _name)
        with turn(length(_clip)):
            return explain(detector, waveform(_clip), machine_id, measured=measured)
    except UserError:
        return None  # an older detector, whose verdict stands all the same


def picture(clip: Clip) -> Picture:
    """The pictures of its spectrum."""
    return _picture(clip.key, clip)


@st.cache_data(max_entries=8, show_spinner="Drawing the spectrum …")
def _picture(key: str, _clip: Clip) -> Picture:
    return draw(waveform(_clip).in_place, FrontEnd())
