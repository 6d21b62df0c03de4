"""Which process it was: told apart from a later one of the same number by when it started."""

from __future__ import annotations

from typing import Any

import psutil

_CLOCK_SET = 2.0  # s by which a clock that was set may move the start of a process


def identity(pid: int | None = None) -> dict[str, Any]:
    """Number and start time of a process, as JSON types.

    Args:
        pid: of a running process; this one where none is given.

    Example:
        >>> sorted(identity())
        ['pid', 'started']
    """
    found = psutil.Process(pid)
    return {"pid": found.pid, "started": found.create_time()}


def still_running(identified: Any) -> psutil.Process | None:
    """The process that was identified, if it still runs on this machine.

    Args:
        identified: by `identity`; anything else is nobody.

    Example:
        >>> still_running(identity()).is_running()
        True
        >>> still_running({**identity(), "started": 0.0})  # another that once had the number
    """
    try:
        found = psutil.Process(identified["pid"])
        same = abs(found.create_time() - identified["started"]) < _CLOCK_SET
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, KeyError, TypeError, ValueError):
        return None
