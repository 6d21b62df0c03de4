"""What the visitor knows better: this was normal, or this was a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mimimi.detector.verdict import Verdict
from state import detectors, keys, logbooks, told
from state.clips import Clip
from state.told import Told
from texts import on_teach
from texts.formats import plain
from widgets.undo import undo

if TYPE_CHECKING:
    from mimimi.explain.evidence import Explanation


def ask(clip: Clip, name: str, verdict: Verdict, where: Explanation | None) -> None:
    """Two buttons under the verdict of a machine of one's own; then what was said, and Undo."""
    if detectors.known()[name].group != "mine":
        return
    said = told.find(clip, name)
    with st.container(horizontal=True, vertical_alignment="center", key="feedback"):
        if said:
            _noted(said, name)
        elif (entry := logbooks.reopened(clip, name)) and entry.told:
            st.markdown(f":material/check: {on_teach.noted(entry.told)}", width="content")
        else:
            _buttons(clip, name, verdict, where)
    if refused := st.session_state.pop(keys.TELL_REFUSED, None):
        st.error(plain(refused), icon=":material/block:")


def _noted(said: Told, name: str) -> None:
    st.markdown(f":material/check: {on_teach.noted(plain(said.text))}", width="content")
    if told.can_undo(said, name):
        undo(name, key="undo_told")


def _buttons(clip: Clip, name: str, verdict: Verdict, where: Explanation | None) -> None:
    about = (clip, name, verdict, where)
    st.button(
        on_teach.WAS_NORMAL,
        key="was_normal",
        icon=":material/check_circle:",
        help=on_teach.TELL_IT,
        on_click=told.normal,
        args=about,
    )
    with (
        st.popover(on_teach.WAS_FAULT, icon=":material/build:"),
        st.form("fault_form", border=False),
    ):
        st.text_input(
            on_teach.WHAT_FAULT, key=keys.FAULT, placeholder="such as bearing", max_chars=80
        )
        st.form_submit_button(on_teach.REMEMBER_IT, type="primary", on_click=told.fault, args=about)
