"""Recordings, measured once by each detector: verdict and nearest recording share it."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import AbstractContextManager
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from mimimi.processors import processors
from state import detectors
from state.clips import Clip
from state.turns import Told, Turns
from state.waveforms import LONG, length, waveform

if TYPE_CHECKING:
    from mimimi.detector.measurement import Measurement

_TURNS, _TURNS_OF_LONG = Turns(processors()), Turns()
_KEPT = 64  # measurements of all visitors': some 20 kB each


def turn(seconds: float = 0.0, tell: Told = lambda ahead: None) -> AbstractContextManager[None]:
    """To be held by whoever listens to a recording, or to a segment.

    Args:
        seconds: of sound that are heard at a stretch; what is long has a queue of its own.
        tell: told how many are before one.
    """
    return (_TURNS_OF_LONG if seconds > LONG else _TURNS).turn(tell)


def measure(clip: Clip, name: str, tell: Told = lambda ahead: None) -> Measurement:
    """What a detector measures of a clip, once, whoever asks.

    Args:
        clip: the recording.
        name: of the detector.
        tell: told how many are before one.

    Raises:
        DetectorError: it is missing or damaged.
        AudioError: the recording cannot be judged.
    """
    kept, key = _measured(), (clip.key, detectors.known()[name].stamp)
    if key not in kept.found:
        detector = detectors.load(name)
        with turn(length(clip), tell):
            if key not in kept.found:  # again: somebody else may have asked meanwhile
                kept.keep(key, detector.measure(waveform(clip)))
    return replace(kept.found[key], name=clip.name)


class _Measured:
    """The very same arrays for all, so that none is copied.

    Not Streamlit's own cache: who waits in one of its functions cannot be told anything.
    """

    def __init__(self) -> None:
        self.found: OrderedDict[tuple[str, str], Measurement] = OrderedDict()
        self._alone = Lock()

    def keep(self, key: tuple[str, str], measurement: Measurement) -> None:
        with self._alone:
            self.found[key] = measurement
            while len(self.found) > _KEPT:
                self.found.popitem(last=False)


@st.cache_resource(show_spinner=False)
def _measured() -> _Measured:
    return _Measured()
