"""What a visitor's microphone has sent, and what became of it; kept as long as the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from recorder.live import Block
from state import detectors, keys
from state.measurements import turn

if TYPE_CHECKING:
    from mimimi.monitor.live import Live


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
        UserError: the detector is missing or damaged, or what was sent is no sound.
    """
    block = taken()
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
