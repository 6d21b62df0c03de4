"""What a visitor is told who may not go on."""

from __future__ import annotations

WRONG_HOST = (
    "This installation of MIMIMI does not go by this name. Open it by its address in digits, or "
    "set MIMIMI_HOSTS to the names that it goes by (docs/deployment.md)."
)


def too_much(most: float) -> str:
    """An installation's limit on what a visitor hands in."""
    return f"This installation takes {most:g} MB from a visitor at a time; give fewer or smaller."
