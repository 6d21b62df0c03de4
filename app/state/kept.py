"""What was chosen on a page, kept while others are visited.

Streamlit forgets a widget's value once the widget is no longer drawn, and after a rerun of a
fragment that of the widgets outside it, too.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from state import keys


def restore() -> None:
    """Before a page is drawn: as it was when it was left."""
    state = st.session_state
    for key, value in _all().items():
        if key not in state:
            state[key] = value
    keep()
    for key in _all():
        state[key] = state[key]  # else it is forgotten with the next page


def keep() -> None:
    """Take note of what is chosen now; at the end of whatever redraws itself alone."""
    state = st.session_state
    _all().update({key: state[key] for key in keys.KEPT_BETWEEN_PAGES if key in state})


def _all() -> dict[str, Any]:
    kept: dict[str, Any] = st.session_state.setdefault(keys.KEPT, {})
    return kept
