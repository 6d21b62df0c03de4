"""From what a person types to a name that can be a folder, an address and a word of a command."""

from __future__ import annotations

import re


def slug(text: str, longest: int) -> str:
    """Small letters, digits and single hyphens; empty where nothing of the text is left.

    Args:
        text: in any script.
        longest: characters at most.

    Example:
        >>> slug("Pump 3, hall B", longest=40)
        'pump-3-hall-b'
    """
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-_")[:longest].rstrip("-_")
