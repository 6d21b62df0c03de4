"""What the verbs of the command line share: exit codes and lines on standard error."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mimimi.terminal import one_line

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

NORMAL, ANOMALOUS, BAD = 0, 1, 2
INTERRUPTED = 130


def complain(what: object) -> None:
    """Say what is wrong, in one line."""
    print(one_line(f"mimimi: {what}"), file=sys.stderr)


def say(line: str) -> None:
    """Say how things stand; standard output is for results."""
    progress("")
    print(line, file=sys.stderr)


def progress(line: str) -> None:
    """One line that is written over, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """A length of time as a person says it.

    Example:
        >>> duration(600)
        '10 min'
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
