"""Which channels are heard, where a second microphone hears the hall."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mimimi.audio import SIDE_BY_SIDE, Pair
from state import detectors, keys, waveforms
from state.clips import Clip

STEREO = 2


def pair_of(name: str, channels: int = STEREO) -> Pair | None:
    """Those that a detector hears of so many: as it was made, or as the visitor says.

    None where it was made with one microphone.
    """
    own = detectors.known()[name].channels
    if own is None:
        return None
    if max(own.both) >= channels >= STEREO:  # it was made with a recorder of more channels
        own = SIDE_BY_SIDE if own.near < own.far else SIDE_BY_SIDE.swapped
    far = _chosen().get((name, channels))
    return own if far is None else beside(far, own)


def choose(name: str, channels: int, far: int) -> None:
    """From now on this one of so many hears the hall."""
    _chosen()[name, channels] = far


def beside(far: int, before: Pair = SIDE_BY_SIDE) -> Pair:
    """The second microphone on this channel; the first stays, or changes places with it."""
    return Pair(before.near if before.near != far else before.far, far)


def heard(recordings: Sequence[Clip], name: str) -> list[Clip]:
    """Recordings as a detector hears them."""
    return [clip.heard(pair_of(name, waveforms.channels(clip)) or 0) for clip in recordings]


def _chosen() -> dict[tuple[str, int], int]:
    """What the visitor said, by detector and number of channels; kept when the page is left."""
    chosen: dict[tuple[str, int], int] = st.session_state.setdefault(keys.HALLS, {})
    return chosen
