"""A recording of one's own beside demo machines: what such a verdict is worth, and the way out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from state import clips, detectors, keys
from state.clips import Clip
from texts import on_teach
from texts.formats import plain
from texts.headline import Headline
from widgets import teach_offer

_NAMED = 4  # recordings


def is_own(name: str) -> bool:
    """Whether a recording of the visitor's own is judged as a demo machine.

    Args:
        name: of the detector that judges.
    """
    own = st.session_state.get(keys.SOURCE) in clips.OWN
    return own and detectors.known()[name].group == "demo"


def instead(recordings: Sequence[Clip]) -> None:
    """In the place of a verdict, where nobody said that it is this very machine."""
    with st.container(border=True, key="verdict"):
        st.caption(plain(", ".join(clip.name for clip in recordings[:_NAMED])))
        st.markdown(f"## {Headline('help', 'grey', on_teach.NEVER_HEARD).markdown}")
        st.markdown(on_teach.NEVER_HEARD_TEXT)
        teach_offer.offer()


def beside(machine: str) -> None:
    """Under a verdict, where somebody did.

    Args:
        machine: the one it was said to be.
    """
    with st.container(border=True):
        st.markdown(f":material/info: {on_teach.as_demo(machine)}")
        teach_offer.offer()
