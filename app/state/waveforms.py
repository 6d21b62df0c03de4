"""Recordings, decoded once: verdict, pictures, explanation and nearest recording share it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from mimimi import audio
from mimimi.audio import Pair
from mimimi.errors import AudioError
from state.clips import Clip

if TYPE_CHECKING:
    from mimimi.explain.hall import TakenOut

LONG = 120.0  # s; judged by its alarms, since the mean over more would hide a fault of some seconds
_KEPT = 16  # of all visitors': 8 MB each at most


def waveform(clip: Clip) -> audio.Waveform:
    """A clip as it is judged; one that is not long is decoded once, whoever asks.

    Raises:
        AudioError: it cannot be judged.
    """
    decode = _read if is_long(clip) else _decoded
    return replace(decode(clip.key, clip), name=clip.name)


def as_heard(clip: Clip) -> audio.Waveform:
    """A clip of two microphones as the one at the machine heard it, the hall with it."""
    return waveform(clip.heard(clip.channel.near if isinstance(clip.channel, Pair) else 0))


def taken_out(clip: Clip) -> TakenOut:
    """What the second microphone took out of a clip."""
    return _taken_out(clip.key, clip)


def length(clip: Clip) -> float:
    """Seconds of sound, as the file's header says; 0 where it cannot be opened."""
    return _opened(clip.key, clip)[0]


def channels(clip: Clip) -> int:
    """As the file's header says; 0 where it cannot be opened."""
    return _opened(clip.key, clip)[2]


def refusal(clip: Clip) -> str | None:
    """Why it cannot be opened as sound; None where it can."""
    why = _opened(clip.key, clip)[1]
    return why and f"{clip.name}: {why}"


def is_long(clip: Clip) -> bool:
    """Whether it is judged by its alarms; what cannot be opened is not."""
    return length(clip) > LONG


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _taken_out(key: str, _clip: Clip) -> TakenOut:
    from mimimi.explain.hall import TakenOut

    return TakenOut.of(as_heard(_clip).samples, waveform(_clip).samples)


def _read(key: str, _clip: Clip) -> audio.Waveform:
    return audio.read(_clip.content, channel=_clip.channel, name=_clip.name)


# The very same arrays for all, so that none is copied.
_decoded = st.cache_resource(max_entries=_KEPT, show_spinner=False)(_read)


@st.cache_data(max_entries=256, show_spinner=False)
def _opened(key: str, _clip: Clip) -> tuple[float, str | None, int]:
    """Its length, or why it has none, and its channels."""
    try:
        return audio.length(_clip.content), None, audio.channels(_clip.content)
    except AudioError as error:
        return 0.0, str(error).removeprefix("recording: "), 0
