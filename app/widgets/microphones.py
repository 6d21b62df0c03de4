"""Which channel hears the hall: asked while a machine is taught, and where it can be another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mimimi.audio import Channel
from state import detectors, keys, microphones, waveforms
from state.clips import Clip
from state.microphones import STEREO
from texts import on_microphones


def teach(recordings: Sequence[Clip]) -> Channel:
    """Ask whether there is a second microphone; what is then heard.

    Args:
        recordings: that wait to be learnt from.
    """
    channels = max([STEREO, *map(waveforms.channels, recordings)])
    with st.expander(on_microphones.SECOND, icon=":material/surround_sound:"):
        st.markdown(on_microphones.SECOND_TEXT)
        far = st.selectbox(
            on_microphones.WHICH,
            [None, *range(channels)],
            key=keys.HALL,
            format_func=lambda one: _label(one, channels),
        )
        if far is None:
            return 0
        pair = microphones.beside(far)
        st.caption(on_microphones.near(on_microphones.name(pair.near, channels)))
    return pair


def of(chosen: detectors.Known, recordings: Sequence[Clip]) -> None:
    """Of a machine that was learnt with two: let another channel of these recordings be the hall's.

    Nothing is asked where it was learnt with one, or a recording has but one.
    """
    if not chosen.channels:
        return
    channels = min((waveforms.channels(clip) for clip in recordings), default=0)
    if channels < STEREO:
        st.caption(on_microphones.needed(chosen.label))
    else:
        choose(chosen, channels)


def choose(chosen: detectors.Known, channels: int = STEREO) -> int:
    """Ask which of so many channels hears the hall, where it matters; how many are needed."""
    pair = microphones.pair_of(chosen.name, channels)
    if not pair:
        return 1
    key = keys.of(keys.HALL_OF, chosen.name, channels)
    st.session_state.setdefault(key, pair.far)
    st.selectbox(
        on_microphones.WHICH,
        list(range(channels)),
        key=key,
        format_func=lambda one: on_microphones.name(one, channels),
        on_change=lambda: microphones.choose(chosen.name, channels, st.session_state[key]),
    )
    st.caption(on_microphones.near(on_microphones.name(pair.near, channels)))
    return STEREO


def _label(channel: int | None, channels: int) -> str:
    return on_microphones.NONE if channel is None else on_microphones.name(channel, channels)
