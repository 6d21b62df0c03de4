"""One cap for all that MIMIMI_HOME holds, whoever has brought it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import streamlit as st

from mimimi import deployment
from mimimi.errors import UserError
from mimimi.files import home
from texts import on_guard

_KEPT = 5.0  # s for which a count is believed


def require(size: int = 0) -> None:
    """Called before anything is taken in, fetched or begun.

    Args:
        size: bytes that will come, as far as is known.

    Raises:
        UserError: there is no room for it.
    """
    most = deployment.limits().home
    if most is not None and _size(home()) + size > most * 1e9:
        raise UserError(on_guard.home_full(most))


@st.cache_data(ttl=_KEPT, show_spinner=False)
def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total
