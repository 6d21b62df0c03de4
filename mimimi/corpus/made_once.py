"""A folder that takes long to make: made once for everybody, there complete or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory


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
