"""Room on the disk: asked for before it is taken, and what to say when there is none."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from mimimi.errors import CorpusError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def size_text(count: int) -> str:
    """Bytes as people read them, in powers of 1000 as Zenodo shows them.

    Example:
        >>> size_text(6_915_951_837), size_text(320_044), size_text(12)
        ('6.9 GB', '320.0 kB', '12 bytes')
    """
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def require_free(folder: Path, needed: int, what: str) -> None:
    """Refuse what the disk cannot hold.

    Args:
        folder: an existing folder on that disk.
        needed: bytes.
        what: the beginning of the sentence, such as "The archives and their clips".

    Raises:
        CorpusError: there is less room.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CorpusError(
            f"{what} need {size_text(needed)} and {folder} has {size_text(free)} free; "
            "free some space, choose a folder on another disk, or ask for less."
        )


def disk_error(error: OSError, folder: Path) -> CorpusError:
    """Say in a sentence why writing failed."""
    if error.errno in FULL:
        return CorpusError(
            f"No room was left in {folder}; free some space and give the same command again, "
            "it goes on where it stopped."
        )
    return CorpusError(
        f"{error.filename or folder}: {error.strerror or error}; "
        "choose a folder that can be written to."
    )
