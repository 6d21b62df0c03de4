"""The false-alarm rate that the visitor accepts; in the address `?rate=0.2`."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from mimimi.detector.verdict import Verdict
from state import keys
from texts import about_verdict
from texts.formats import percent

_MOST_STOPS = 30
_DIGITS = 10_000  # of the address


def asked() -> float | None:
    """The rate that the visitor or the address asked for; None: the detector's own."""
    state = st.session_state
    if keys.RATE_ASKED not in state:
        state[keys.RATE_ASKED] = _read(st.query_params.get("rate"))
    rate: float | None = state[keys.RATE_ASKED]
    return rate


def address() -> dict[str, str]:
    """What of it belongs into the address, rounded up so that it leads to the same stop again."""
    rate = asked()
    return {} if rate is None else {"rate": f"{math.ceil(rate * _DIGITS) / _DIGITS:g}"}


def choose(n: int | None, rate: float | None) -> None:
    """The slider, which stops where the calibration recordings can promise no less.

    Args:
        n: recordings that the threshold was calibrated with.
        rate: that it promises now.
    """
    if not n or rate is None:
        return
    if n < 2:
        st.caption(about_verdict.trend(n))
        return
    stops = _stops(n) | {rate}
    st.session_state[keys.RATE] = rate
    st.select_slider(
        "False alarms you accept",
        sorted(stops),
        key=keys.RATE,
        format_func=percent,
        on_change=_keep,
        help=about_verdict.meaning_of_false_alarms(),
    )
    st.caption(about_verdict.what_is_promised(n, rate))
    st.caption(about_verdict.where_it_stops(n))


def _stops(n: int) -> set[float]:
    """Rates that n recordings can promise, up to every second one; of many, some."""
    most = max(1, (n + 1) // 2)
    counts = (
        np.geomspace(1, most, _MOST_STOPS).round() if most > _MOST_STOPS else range(1, most + 1)
    )
    return {int(count) / (n + 1) for count in counts}


def _keep() -> None:
    st.session_state[keys.RATE_ASKED] = st.session_state[keys.RATE]


def _read(text: str | None) -> float | None:
    try:
        rate = float(text or "")
    except ValueError:
        return None
    return rate if 0 < rate < 1 else None


def accepted(verdict: Verdict) -> Verdict:
    """The verdict at the rate that is asked for."""
    rate = asked()
    return verdict if rate is None else verdict.at(rate)
