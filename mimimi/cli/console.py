"""What the verbs of the command line share: exit codes and lines on standard error."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.errors import UserError
from mimimi.names import composed
from mimimi.terminal import one_line

if TYPE_CHECKING:
    from mimimi.audio import Pair

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

NORMAL, ANOMALOUS, BAD = 0, 1, 2
INTERRUPTED = 130


def add_judging(verb: argparse.ArgumentParser, *, places: str) -> None:
    """Arguments of every verb that judges recordings.

    Args:
        verb: of the command line.
        places: says what the files and folders are.
    """
    verb.add_argument(
        "detector", help="fan, pump, slider, valve, a folder, a run, or a Hub repo user/name"
    )
    verb.add_argument("places", nargs="+", metavar="FILE|FOLDER", help=places)
    verb.add_argument(
        "--machine-id", type=composed, metavar="ID", help="which machine it is, such as id_00"
    )
    add_channels(verb, "judge")
    verb.add_argument(
        "--false-alarm-rate",
        type=float,
        metavar="RATE",
        help="share of normal recordings that may be reported as unusual, such as 0.1 (default "
        "0.05, or the lowest that the normal recordings behind the detector can promise)",
    )


def add_channels(verb: argparse._ActionsContainer, do: str) -> None:
    """Arguments of every verb that takes recordings of several channels."""
    verb.add_argument(
        "--channel",
        type=_counted,
        metavar="N",
        help=f"channel to {do}, counted from 0 (default: the detector's, else 0)",
    )
    verb.add_argument(
        "--reference-channel",
        type=_counted,
        metavar="N",
        help="channel of a second microphone that hears the hall; what it explains is taken out",
    )


def pair(options: argparse.Namespace) -> Pair | None:
    """The two that were named by these arguments; None where no second one was.

    Raises:
        UserError: both are the same.
    """
    if options.reference_channel is None:
        return None
    from mimimi.audio import Pair

    return Pair(options.channel or 0, options.reference_channel)


def _counted(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no channel; they are counted from 0")
    return int(text)


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
    """Print what is wrong, in one line, on standard error."""
    say(f"mimimi: {what}")


def say(line: str) -> None:
    """Print on standard error how things stand; standard output is for results."""
    progress("")
    print(one_line(line), file=sys.stderr)


def show(text: str, end: str = "\n") -> None:
    """Print results; a terminal shows the control characters in names and does not obey them."""
    if sys.stdout.isatty():
        text = "\n".join(map(one_line, text.split("\n")))
    print(text, end=end, flush=True)


def progress(line: str) -> None:
    """One line that is written over, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{one_line(line)}", end="", file=sys.stderr, flush=True)


def add_job(verb: argparse.ArgumentParser) -> None:
    """The folder in which a job of the queue reports how it stands."""
    verb.add_argument("--job", type=Path, help=argparse.SUPPRESS)
