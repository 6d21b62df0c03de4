"""Files and folders: whole or not at all, in one home."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mimimi.errors import NoHomeError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a cell begins with that is computed
_SPACE_STORAGE = Path("/data")  # of a Hugging Face Space, where it is paid for


def home() -> Path:
    """Where runs and caches are kept.

    `MIMIMI_HOME`, else the persistent storage of a Hugging Face Space, else the user's data folder.

    Raises:
        NoHomeError: the user has none, as in a container that runs as a number.
    """
    from platformdirs import user_data_path

    if chosen := os.environ.get("MIMIMI_HOME"):
        return Path(chosen)
    if os.environ.get("SPACE_ID") and os.access(_SPACE_STORAGE, os.W_OK):
        return _SPACE_STORAGE / "mimimi"
    with suppress(RuntimeError):  # which versions of platformdirs raise that know no home
        if (found := user_data_path("mimimi")).is_absolute():
            return found
    raise NoHomeError("This user has no home folder; name a folder to keep things in: MIMIMI_HOME.")


def replace_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file so that it is there whole or not at all: temporary name, fsync, rename.

    Of several threads or processes that write at once, one wins. `mode` says who may read it, as
    far as the umask lets them.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb", opener=lambda path, flags: os.open(path, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A table as text: a heading, and a line a row.

    Text that a spreadsheet would compute, such as a file named `=1+1.wav`, gets an apostrophe in
    front, as spreadsheets want it.

    Example:
        >>> as_csv(["file", "score"], [{"file": "a.wav", "score": -0.5}, {"file": "=1+1.wav"}])
        "file,score\\na.wav,-0.5\\n'=1+1.wav,\\n"
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _inert(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """A folder, made where it is missing.

    Args:
        folder: where it is to lie; two that make it at the same time make it twice and keep one.
        make: told a folder, on the same disk, to make and to fill.

    Example:
        >>> with TemporaryDirectory() as place:
        ...     notes = made_once(Path(place) / "notes", lambda empty: empty.mkdir())
        ...     made_once(notes, lambda empty: 1 / 0).is_dir()
        True
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as place:
        whole = Path(place) / "whole"
        make(whole)
        try:
            whole.rename(folder)
        except OSError:  # somebody else has made it in the meantime
            if not folder.is_dir():
                raise
    return folder
