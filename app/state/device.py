"""What the visitor looks through: a phone or a laptop."""

from __future__ import annotations

import streamlit as st


def is_phone() -> bool:
    """Whether a finger scrolls and the screen is narrow."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def accepted(types: list[str]) -> list[str] | None:
    """What an uploader takes; None: anything, which is then refused in words.

    A telephone shows the reason of a refusal of the browser's own as an icon only.

    Args:
        types: endings of names.
    """
    return None if is_phone() else types
