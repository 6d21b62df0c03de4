"""The time of day where the visitor is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def local(moment: float) -> datetime:
    """A time in s since 1970 as the visitor's clock shows it."""
    return datetime.fromtimestamp(moment, _zone())


def moment(shown: datetime) -> float:
    """The time in s since 1970 at which the visitor's clock shows this."""
    return shown.replace(tzinfo=_zone()).timestamp()


def _zone() -> tzinfo | None:
    """As the browser says; None: this computer's, where it does not say."""
    name, offset = st.context.timezone, st.context.timezone_offset
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):  # no list of zones on this computer, or a joke
        return timezone(timedelta(minutes=-offset)) if offset is not None else None
