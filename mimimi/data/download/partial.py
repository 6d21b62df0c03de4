"""A file that is not whole yet: its bytes under another name, and a note of what they are of."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import BinaryIO


class Partial:
    """`NAME.part` with the bytes so far, `NAME.part.json` with whose bytes they are.

    Bytes without a note, or with a note of another file, are not gone on with.

    Args:
        whole: what it will be called when it is whole.
        size: bytes it will have.
        checksum: of the whole.
    """

    def __init__(self, whole: Path, size: int, checksum: str) -> None:
        self.whole = whole
        self.path = whole.with_name(f"{whole.name}.part")
        self._note = whole.with_name(f"{whole.name}.part.json")
        self._of = {"size": size, "checksum": checksum}
        self.validator = ""  # ETag or Last-Modified of the version the bytes are of
        try:
            note = json.loads(self._note.read_bytes())
            known = {key: note[key] for key in self._of} == self._of and self.size <= size
            self.validator = str(note["validator"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            known = False
        if not known:
            self.discard()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def begin(self, validator: str) -> None:
        """Start from nothing with the version of the file that has this validator."""
        self.discard()  # before the note: old bytes must never stand beside a new note
        self._note.write_text(json.dumps({**self._of, "validator": validator}))
        self.validator = validator

    def appending(self) -> BinaryIO:
        """Open it to go on."""
        return self.path.open("ab")

    def discard(self) -> None:
        """Throw away bytes and note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self.validator = ""

    def finish(self) -> Path:
        """Give it the name of the whole file, once it lies safely on the disk."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(self.whole)
        self._note.unlink(missing_ok=True)
        return self.whole
