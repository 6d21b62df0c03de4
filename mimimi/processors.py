"""How many processors there are to work on: as many recordings are judged side by side."""

from __future__ import annotations

import os


def processors() -> int:
    """That this process may use: OMP_NUM_THREADS, as for all that computes, if that says fewer."""
    try:
        here = len(os.sched_getaffinity(0))
    except AttributeError:  # on a Mac, and on Windows
        here = os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(here, int(asked))) if asked.isdecimal() else here
