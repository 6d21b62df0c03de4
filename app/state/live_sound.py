"""What a visitor's microphone has sent, and what became of it; kept as long as the session."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from mimimi import deployment
from mimimi.errors import UserError
from recorder.live import Block
from state import detectors, keys
from state.measurements import turn
from texts import on_guard

if TYPE_CHECKING:
    from mimimi.monitor.live import Live

_SILENT = 30.0  # s after which a microphone is not open any more: blocks come every few seconds


@dataclass(frozen=True)
class Listening:
    """One opening of the microphone, judged as one machine."""

    judged_as: tuple[str, str | None, float | None, str, int]
    live: Live


def keep(block: Block) -> None:
    """Take what has arrived; the browser sends no more before it knows."""
    st.session_state[keys.LIVE_BLOCK] = block


def taken() -> Block | None:
    """The last block that has arrived."""
    block: Block | None = st.session_state.get(keys.LIVE_BLOCK)
    return block


def hear(name: str, machine_id: str | None, rate: float | None) -> Live | None:
    """Judge what has arrived; None as long as nothing has.

    Args:
        name: of the detector.
        machine_id: the machine it is; None: the most similar one.
        rate: of false alarms; None: the detector's own.

    Raises:
        UserError: the detector is missing or damaged, what was sent is no sound, or as many
            microphones as this installation keeps up with are open.
    """
    block = taken()
    if block is not None:
        _require_place(block.take)
    listening: Listening | None = st.session_state.get(keys.LIVE_LISTENING)
    if block is None:
        return None
    judged_as = detectors.known()[name].stamp, machine_id, rate, block.take, block.rate
    if listening is None or listening.judged_as != judged_as:
        from mimimi.monitor.live import Live

        live = Live(
            detectors.load(name), machine_id, block.rate, first=block.first, false_alarm_rate=rate
        )
        listening = st.session_state[keys.LIVE_LISTENING] = Listening(judged_as, live)
    with turn():
        listening.live.hear(block.first, block.samples)
    return listening.live


def _require_place(take: str) -> None:
    """Once there is a place for a microphone it is kept, until nothing comes any more."""
    most, now, heard = deployment.limits().live, time.monotonic(), _heard()
    for other, at in list(heard.items()):
        if now - at > _SILENT:
            heard.pop(other, None)
    if most is not None and take not in heard and len(heard) >= most:
        raise UserError(on_guard.too_many_listen(most))
    heard[take] = now


@st.cache_resource(show_spinner=False)
def _heard() -> dict[str, float]:
    """When each open microphone of all visitors was heard last."""
    return {}
