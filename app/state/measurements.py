"""Recordings, measured once by each detector: verdict and nearest recording share it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from state import detectors
from state.clips import Clip
from state.waveforms import waveform

if TYPE_CHECKING:
    from mimimi.detector.measurement import Measurement

# One recording at a time, of all visitors': it has all processors, and twenty at once would take
# twenty times the memory. Long ones queue apart: nobody waits minutes for one.
_TURN, _TURN_OF_LONG = threading.Lock(), threading.Lock()
_LONG = 3 << 20  # bytes; a clip of MIMII with its eight channels has fewer


def turn(clip: Clip | None = None) -> threading.Lock:
    """To be held by whoever listens to a recording, or to a segment where none is named."""
    return _TURN_OF_LONG if clip and len(clip.content) > _LONG else _TURN


def measure(clip: Clip, name: str) -> Measurement:
    """What a detector measures of a clip, once, whoever asks.

    Args:
        clip: the recording.
        name: of the detector.

    Raises:
        DetectorError: it is missing or damaged.
        AudioError: the recording cannot be judged.
    """
    measured = _measured(clip.key, detectors.known()[name].stamp, clip, name)
    return replace(measured, name=clip.name)


# The very same arrays for all, so that none is copied: some 20 kB each.
@st.cache_resource(max_entries=64, show_spinner=False)
def _measured(key: str, stamp: str, _clip: Clip, _name: str) -> Measurement:
    detector = detectors.load(_name)
    with turn(_clip):
        return detector.measure(waveform(_clip))
