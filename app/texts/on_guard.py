"""What a visitor is told who may not go on."""

from __future__ import annotations

WRONG_HOST = (
    "This installation of MIMIMI does not go by this name. Open it by its address in digits, or "
    "set MIMIMI_HOSTS to the names that it goes by (docs/deployment.md)."
)


def too_much(most: float) -> str:
    """An installation's limit on what a visitor hands in."""
    return f"This installation takes {most:g} MB from a visitor at a time; give fewer or smaller."


def home_full(most: float) -> str:
    """An installation's limit on what it keeps of all."""
    return (
        f"This installation keeps {most:g} GB of all its visitors, and they are full; try again "
        "later, or use a computer of your own."
    )


def waiting(ahead: int) -> str:
    """Where a visitor stands among those who wait to be judged."""
    return f"Waiting for {ahead} other{'s' if ahead > 1 else ''} …"


def too_many_listen(most: float) -> str:
    """An installation's limit on microphones."""
    return (
        f"{most:g} microphones are being listened to here, and this installation keeps up with no "
        "more; try again when one is closed, or use a computer of your own."
    )
