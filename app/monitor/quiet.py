"""What is said to the listener: an alarm was seen, and nobody is to be told for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from mimimi.errors import UserError
from state import heard, keys
from texts import on_monitor
from texts.formats import plain


def acknowledge(name: str) -> None:
    """The button."""
    st.button(
        on_monitor.ACKNOWLEDGE,
        key="acknowledge",
        type="primary",
        icon=":material/done_all:",
        help=on_monitor.HELP_OF_ACKNOWLEDGE,
        on_click=_say,
        args=(_acknowledge, name),
    )


def choose(name: str) -> None:
    """For how long nobody is told, or that it is told again."""
    try:
        is_muted = heard.now(name).muted_until is not None
    except UserError:
        return  # it is said above
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if is_muted:
            st.button(
                on_monitor.UNMUTE,
                key="unmute",
                icon=":material/notifications_active:",
                on_click=_say,
                args=(_mute, name, 0.0),
            )
        else:
            lasts = st.selectbox(
                on_monitor.MUTE_IT_FOR,
                list(on_monitor.MUTE_FOR),
                index=1,
                key=keys.MUTE_FOR,
                help=on_monitor.HELP_OF_MUTE,
                width=160,
            )
            st.button(
                on_monitor.MUTE,
                key="mute",
                icon=":material/notifications_off:",
                on_click=_say,
                args=(_mute, name, on_monitor.MUTE_FOR[str(lasts)]),
            )
    if refused := st.session_state.pop(keys.MONITOR_REFUSED, None):
        st.error(plain(refused), icon=":material/block:")


def _acknowledge(name: str) -> None:
    from mimimi.service.history.marks import acknowledge

    heard.tell(lambda history: acknowledge(history, name, time.time()))


def _mute(name: str, seconds: float) -> None:
    from mimimi.service.history.marks import mute

    now = time.time()
    heard.tell(lambda history: mute(history, name, now + seconds, now))


def _say(say: Callable[..., None], *about: object) -> None:
    try:
        say(*about)
    except UserError as error:
        st.session_state[keys.MONITOR_REFUSED] = str(error)
