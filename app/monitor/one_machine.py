"""One machine: how it stands, how it was, and what there was at any moment of it."""

from __future__ import annotations

import math

import streamlit as st

from mimimi import deployment
from mimimi.errors import UserError
from monitor import moment, past, quiet, standing
from state import keys
from texts import on_monitor
from texts.formats import plain

EVERY = 5.0  # s after which it is drawn how it stands


def read_address() -> None:
    """The moment that a link asks for, `?machine=NAME&at=SECONDS`."""
    try:
        at = float(st.query_params.get("at", ""))
    except ValueError:
        return
    if math.isfinite(at) and 0 < at < 1e11:
        st.session_state[keys.MOMENT] = at


def show(name: str) -> None:
    """All of it; the address names it."""
    state = st.session_state
    asked: float | None = state.get(keys.MOMENT)
    address = {"machine": name} | ({} if asked is None else {"at": f"{asked:.0f}"})
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)
    st.button(on_monitor.ALL_MACHINES, icon=":material/arrow_back:", on_click=_leave)
    with st.container(border=True, key="standing"):
        st.markdown(f"## {plain(name)}")
        _standing(name)
        if not deployment.shared():
            quiet.choose(name)
    past.show(name)
    if asked is not None:
        moment.show(name, asked)
    moment.ask()


@st.fragment(run_every=EVERY)
def _standing(name: str) -> None:
    try:
        now = standing.show(name)
    except UserError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    if now.has_alarm and not now.is_acknowledged and not deployment.shared():
        quiet.acknowledge(name)


def _leave() -> None:
    for key in (keys.MOMENT, keys.SPAN_UNTIL):
        st.session_state.pop(key, None)
    st.session_state[keys.MONITORED] = None
