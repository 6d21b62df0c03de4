"""How many processors there are to work on: as many recordings are judged side by side."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

_GROUPS, _OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def processors() -> int:
    """That this process may use: OMP_NUM_THREADS, as for all that computes, if that says fewer."""
    try:
        here = len(os.sched_getaffinity(0))
    except AttributeError:  # on a Mac, and on Windows
        here = os.cpu_count() or 1
    here = min(here, _quota(_GROUPS, _OWN) or here)
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(here, int(asked))) if asked.isdecimal() else here


@cache
def _quota(groups: Path, own: Path) -> int | None:
    """How many its control group gives time for, as `docker run --cpus` says; None: all there are.

    Python knows nothing of it, and would start sixty processes where there is time for two.

    Source: Linux, Documentation/admin-guide/cgroup-v2.rst, cpu.max.
    """
    found = []
    with suppress(OSError):
        inside = Path(own.read_text().rpartition("0::/")[2].strip())
        for folder in (groups / inside, *(groups / inside).parents):
            with suppress(OSError, ValueError):  # none, or "max"
                quota, period = map(int, (folder / "cpu.max").read_text().split())
                found.append(max(1, math.ceil(quota / period)))
    return min(found, default=None)
