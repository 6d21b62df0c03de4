"""What the verbs of the command line share: exit codes and lines on standard error."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.errors import UserError
from mimimi.terminal import one_line

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

NORMAL, ANOMALOUS, BAD = 0, 1, 2
INTERRUPTED = 130


def add_judging(verb: argparse.ArgumentParser) -> None:
    """What every verb that judges recordings takes."""
    verb.add_argument("--machine-id", metavar="ID", help="the machine it is, such as id_00")
    verb.add_argument("--channel", type=int, default=0, help="of several, from 0 (default 0)")
    verb.add_argument(
        "--false-alarm-rate",
        type=float,
        metavar="RATE",
        help="share of normal recordings that may be called unusual, such as 0.1 (default 0.05, or "
        "the lowest that the detector's normal recordings can promise)",
    )


def checked_rate(options: argparse.Namespace) -> float | None:
    """The false-alarm rate that was asked for, if any.

    Raises:
        UserError: it is none.
    """
    rate: float | None = options.false_alarm_rate
    if rate is not None and not 0 < rate < 1:
        raise UserError("--false-alarm-rate must lie between 0 and 1, such as 0.1.")
    return rate


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


def add_job(verb: argparse.ArgumentParser) -> None:
    """Let a job of the queue say in which folder its process tells how it stands."""
    verb.add_argument("--job", type=Path, help=argparse.SUPPRESS)


def duration(seconds: float) -> str:
    """A length of time as a person says it.

    Example:
        >>> duration(600)
        '10 min'
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
