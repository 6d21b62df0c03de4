"""What a run says in lines: what it decided, and what its process printed."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

DECISIONS = "train.log"
OUTPUT = "output.log"
_LONGEST = 1 << 20  # bytes


def add(folder: Path, line: str) -> None:
    """Add a line, with the time, to what was decided."""
    with (folder / DECISIONS).open("a") as file:
        file.write(f"{datetime.now().isoformat(sep=' ', timespec='seconds')}  {line}\n")


def tail(path: Path) -> str:
    """The end of a file of text; nothing where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _LONGEST))
        return file.read().decode(errors="replace")
