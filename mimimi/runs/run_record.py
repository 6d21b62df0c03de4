"""`run.json`: what was asked of a run, and how it stands; read by whoever wants to know."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from mimimi.errors import UserError
from mimimi.files import replace_file

NAME = "run.json"


def read(folder: Path) -> dict[str, Any]:
    """The record of a run; empty where there is none that can be read."""
    try:
        record = json.loads((folder / NAME).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def update(folder: Path, **fields: Any) -> None:
    """Change fields of the record; None takes a field away. A new state is given the time."""
    if "state" in fields:
        fields["since"] = datetime.now(timezone.utc).isoformat(timespec="seconds")
    record = {"format": 1, **read(folder), **fields}
    kept = {name: value for name, value in record.items() if value is not None}
    replace_file(folder / NAME, (json.dumps(kept, indent=1) + "\n").encode())


def require_free(folder: Path) -> None:
    """Refuse a folder that holds something that is not ours to write over.

    Raises:
        UserError: it is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty; choose another folder, or go on with --resume.")
