"""What the visitor looks through: a phone or a laptop."""

from __future__ import annotations

import streamlit as st


def is_phone() -> bool:
    """Whether a finger scrolls and the screen is narrow."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
