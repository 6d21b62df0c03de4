"""What a run's record holds, and what is made of one that a disk or a hand has damaged."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal, get_args

State = Literal["queued", "running", "stopped", "interrupted", "failed", "finished"]

_KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("state", "since", "submitted", "cwd", "ray_job", "error", "owner"), str),
    **dict.fromkeys(("asked", "process", "recipe"), dict),
    **dict.fromkeys(("arguments", "data"), list),
    "machine_type": str,
    "threads": int,
}


def read(path: Path) -> dict[str, Any]:
    """The record in a file; empty where there is no file, a failed run's where it is damaged.

    Args:
        path: of `run.json`.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as place:
        ...     _ = (path := Path(place) / "run.json").write_text('{"state": 7}')
        ...     read(path)["state"], read(path)["damaged"]
        ('failed', True)
    """
    try:
        content = path.read_bytes()
        since = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    except OSError:
        return {}
    try:
        record = json.loads(content)
        if record.get("state") == "starting":  # as it was called in earlier versions
            record |= {"state": "running", "launched": True}
        if _makes_sense(record) and _makes_sense(record.get("asked", {})):
            return dict(record)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    return {
        "state": "failed",
        "since": since.isoformat(timespec="seconds"),
        "error": f"Its record, {path}, is damaged; delete the job and begin it anew.",
        "damaged": True,
    }


def _makes_sense(record: dict[str, Any]) -> bool:
    """Whether each part is of its kind; raises what `read` catches where that cannot be told."""
    lists = [record[name] for name in ("arguments", "data") if name in record]
    datetime.fromisoformat(record.get("since", "2026-01-01"))
    return (
        all(isinstance(record[name], kind) for name, kind in _KINDS.items() if name in record)
        and all(words and all(isinstance(word, str) for word in words) for words in lists)
        and record.get("state", "queued") in get_args(State)
    )
