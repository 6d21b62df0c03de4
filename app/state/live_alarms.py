"""Why an alarm of the Live page was raised, and its sound as the page Analyse takes it."""

from __future__ import annotations

import streamlit as st

from mimimi.errors import UserError
from mimimi.explain.account import Account
from state import explanations, keys
from state.clips import Clip
from state.live_sound import Listening
from state.verdicts import judge

_IN_ADDRESS = "alarm"


def explain(heard: Listening, name: str) -> None:
    """Find the reasons that are not known yet: once for each alarm.

    It takes as long as several segments: after the next block of sound was asked for, so that
    whoever listens loses nothing. What the page Analyse would find is found, and it finds it again.

    Args:
        heard: so far.
        name: of the detector that judges.
    """
    _, machine_id, rate, *_ = heard.judged_as
    for worst in heard.worst.values():
        if not worst.is_explained:
            worst.reason = _reason(worst.clip, name, machine_id, rate)
            worst.is_explained = True


def _reason(clip: Clip, name: str, machine_id: str | None, rate: float | None) -> str | None:
    try:
        [verdict] = judge([clip], name, machine_id, progress=lambda share, text: None)
    except UserError:  # the detector has gone meanwhile; the alarm stands all the same
        return None
    verdict = verdict if rate is None else verdict.at(rate)
    return Account(verdict, explanations.find(clip, verdict, name)).sentence


def address(start: float) -> dict[str, str]:
    """What a link to the page Analyse says of an alarm that begins there."""
    return {_IN_ADDRESS: f"{start:g}"}


def asked() -> Clip | None:
    """The sound that the address asks for, of this visitor's alarms alone; else None."""
    start = st.query_params.get(_IN_ADDRESS)
    heard: Listening | None = st.session_state.get(keys.LIVE_LISTENING)
    if start is None or heard is None:
        return None
    return next((one.clip for at, one in heard.worst.items() if f"{at:g}" == start), None)
