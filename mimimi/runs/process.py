"""Which process it was: told apart from a later one of the same number by when it started.

By the clock, and, since clocks are set, also by the time since the machine was started.
"""

from __future__ import annotations

from typing import Any

import psutil

_SAME = 2.0  # s by which two readings of one start may differ


def identity(pid: int | None = None) -> dict[str, Any]:
    """Number and start time of a process, as JSON types.

    Args:
        pid: of a running process; this one where none is given.

    Example:
        >>> sorted(identity())
        ['after_boot', 'pid', 'started']
    """
    booted = psutil.boot_time()  # first: psutil adds to it what it reads of the process
    found = psutil.Process(pid)
    started = found.create_time()
    return {"pid": found.pid, "started": started, "after_boot": started - booted}


def still_running(identified: Any) -> psutil.Process | None:
    """The process that was identified, if it still runs on this machine.

    Args:
        identified: by `identity`; anything else is nobody.

    Example:
        >>> still_running(identity()).is_running()
        True
        >>> still_running({"pid": identity()["pid"], "started": 0.0})  # it once had this number
    """
    try:
        now = identity(identified["pid"])
        same = any(
            abs(now[start] - identified[start]) < _SAME
            for start in ("started", "after_boot")
            if start in identified
        )
        found = psutil.Process(now["pid"])
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, KeyError, TypeError, ValueError):
        return None
