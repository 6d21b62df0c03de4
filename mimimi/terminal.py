"""Lines for a person to read: each stays one line, and nobody else writes between them."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Log = Callable[[str], None]
"""Told in one line what was decided."""


def accept_any_name() -> None:
    """Let stdout write what its encoding has no sign for as an escape, in place of a traceback.

    Names of files need not be UTF-8, and a terminal need not know emoji.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def duration(seconds: float) -> str:
    """A length of time as a person says it.

    Example:
        >>> duration(600)
        '10 min'
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def one_line(text: str) -> str:
    r"""Replace line breaks and other control characters, as file names may hold, by escapes.

    Example:
        >>> one_line("a\nb \x1b[31m № é")
        'a\\nb \\x1b[31m № é'
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


@contextmanager
def stderr_muted() -> Iterator[None]:
    """Send to nowhere what is written on the process's stderr within it.

    libmpg123 prints what it makes of damaged MP3 there, several lines a file. It acts on the whole
    process: for a command line, not for a server.
    """
    if sys.stderr is None:  # Python was started with it closed
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def drop_unwritten() -> None:
    """Give up what could not be printed, or Python would try again, and complain, when it ends."""
    try:
        print(end="", flush=True)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def sentence(error: OSError) -> str:
    """What the system refused, in words for a user.

    Example:
        >>> sentence(FileNotFoundError(2, "No such file or directory", "data"))
        'data: No such file or directory'
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full; make room on it and run the command again."
    where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
