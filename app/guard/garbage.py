"""Streamlit collects garbage whenever a page was drawn; it need not look at all code each time.

Going through everything that was ever imported takes twice as long as drawing a page.
"""

from __future__ import annotations

import gc
import sys

_seen = 0  # modules that are set aside


def set_code_aside() -> None:
    """What is alive is no longer looked at; done only where modules have come since."""
    global _seen
    if len(sys.modules) != _seen:
        _seen = len(sys.modules)
        gc.collect()
        gc.freeze()
