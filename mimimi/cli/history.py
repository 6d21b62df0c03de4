"""`history`: what `listen` heard, and why there was an alarm at a moment, or none."""

from __future__ import annotations

import argparse
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL
from mimimi.errors import UserError
from mimimi.terminal import duration, one_line

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.service.history.history import History

_DAY = 86_400.0  # s


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("history", help="what `listen` heard, and why there was no alarm")
    verb.add_argument("machine", nargs="?", metavar="MACHINE", help="its name; all by default")
    verb.add_argument(
        "--at",
        metavar="TIME",
        help='a moment of it, such as 14:05 or "2026-03-01 14:05:30"; in UTC with a Z at its end',
    )
    said = verb.add_mutually_exclusive_group()
    said.add_argument("--acknowledge", action="store_true", help="its newest alarm has been seen")
    said.add_argument(
        "--mute",
        metavar="UNTIL",
        help="tell nobody of it until a time such as 07:00, for as long as 8h, or off",
    )
    verb.add_argument(
        "--database", metavar="ADDRESS", help="postgresql://... (default: SQLite in MIMIMI_HOME)"
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.service.history import marks
    from mimimi.service.history.history import History
    from mimimi.service.history.named import named
    from mimimi.service.history.tables import default_address, is_there
    from mimimi.service.history.why import local, why

    for flag in ("at", "acknowledge", "mute"):
        if getattr(options, flag) not in (None, False) and not options.machine:
            raise UserError(f"--{flag} is of one machine: name it.")
    muted = until(options.mute, datetime.now()) if options.mute is not None else None
    at = past(options.at, datetime.now()) if options.at is not None else None
    address = options.database or default_address()
    if not is_there(address):
        place = address.removeprefix("sqlite:///")
        raise UserError(f"nothing was heard yet: there is no {place}.")
    history = History(address)
    try:
        machine = named(history, options.machine) if options.machine else None
        if machine is None:
            lines = [_now(history, one) for one in history.machines()]
        elif options.acknowledge:
            marks.acknowledge(history, machine, time.time())
            lines = [f"{machine}: the newest alarm is acknowledged"]
        elif muted is not None:
            mark = marks.mute(history, machine, muted, time.time())
            is_on = mark.until > mark.made
            said = f"nobody is told until {local(mark.until)}" if is_on else "told of again"
            lines = [f"{machine}: {said}"]
        elif at is not None:
            lines = why(history, machine, at)
        else:
            lines = _of_machine(history, machine)
    finally:
        history.close()
    for line in lines:
        print(one_line(line))
    return NORMAL


def _now(history: History, machine: str) -> str:
    from mimimi.service.history import marks
    from mimimi.service.history.why import local
    from mimimi.service.judgement import in_words

    newest = history.newest(machine)
    if not newest:
        return f"{machine}: nothing was heard of late"
    level = "no level" if newest.level is None else f"{newest.level:.1f} dBFS"
    score = "no score" if newest.score is None else f"score {newest.score:.3f}"
    ran = history.running(machine, newest.end - _DAY)
    alarm = f"alarm {newest.alarm}"
    if newest.alarm == "on" and marks.is_acknowledged(history, machine):
        alarm += " (acknowledged)"
    states = in_words(history.in_states(machine, newest.end - _DAY), ran)
    line = (
        f"{machine}: heard until {local(newest.end)}, {alarm}, {score}, "
        f"{newest.state or 'state not known'}, {level}; ran {duration(ran)}{states} in the "
        "24 h before"
    )
    muted = marks.muted_until(history, machine, time.time())
    return line if muted is None else f"{line}; muted until {local(muted)}"


def _of_machine(history: History, machine: str) -> list[str]:
    from mimimi.service.history.why import local

    told = history.notices(machine)
    lines = [_now(history, machine), "told last:" if told else "nothing was told"]
    return [*lines, *(f"{local(notice.at)}  {notice.text}" for _, notice in told)]


def moment(text: str, now: datetime) -> float:
    """A time as somebody writes it, in s since 1970.

    Args:
        text: ISO 8601, or hours and minutes of this day; of the clock on this wall where it does
            not say.
        now: the time of that clock.

    Raises:
        UserError: it is no time.

    Example:
        >>> moment("1970-01-02T00:00:00Z", datetime.now())
        86400.0
    """
    clock = f"{now:%Y-%m-%d} {text}" if ":" in text and "-" not in text else text
    try:
        return datetime.fromisoformat(clock.replace("Z", "+00:00")).timestamp()
    except ValueError:
        raise UserError(
            f'{text!r} is no time: write it as 14:05 or as "2026-03-01 14:05:30".'
        ) from None


def past(text: str, now: datetime) -> float:
    """The last such time, in s since 1970.

    Args:
        text: a time as for `moment`; hours and minutes that are still to come mean yesterday.
        now: the time of the clock on this wall.

    Raises:
        UserError: it is no time.

    Example:
        >>> now = datetime(2026, 3, 2, 0, 30)
        >>> (past("23:30", now) - now.timestamp()) / 3600
        -1.0
    """
    found = moment(text, now)
    of_this_day = ":" in text and "-" not in text
    return found - _DAY if of_this_day and found > now.timestamp() else found


def until(text: str, now: datetime) -> float:
    """Until when somebody wants to hear nothing, in s since 1970; `off`: until now.

    Args:
        text: a time as for `moment`, of which one that is past means tomorrow; "8h", "30m", "2d".
        now: the time of the clock on this wall.

    Raises:
        UserError: it is neither.

    Example:
        >>> now = datetime(2026, 3, 1, 22, 0)
        >>> [(until(text, now) - now.timestamp()) / 3600 for text in ("07:00", "8h", "off")]
        [9.0, 8.0, 0.0]
    """
    if text == "off":
        return now.timestamp()
    if lasts := re.fullmatch(r"(\d{1,4}) ?([mhd])", text):
        return now.timestamp() + int(lasts[1]) * {"m": 60, "h": 3600, "d": 86_400}[lasts[2]]
    try:
        found = moment(text, now)
    except UserError as error:
        raise UserError(f"{str(error).rstrip('.')}, or as how long, 30m, 8h or 2d.") from None
    return found + _DAY if found < now.timestamp() and "-" not in text else found
