"""What people say of a machine: acknowledged, muted, this was normal, this was a fault."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, cast

from sqlalchemy import insert, select

from mimimi.errors import UserError
from mimimi.service.history.history import History
from mimimi.service.history.tables import marks, notices

_LAST = 253_370_764_800.0  # s since 1970: in the year 9999, the last that every clock shows
Kind = Literal["acknowledged", "muted", "normal", "fault"]


@dataclass(frozen=True)
class Mark:
    """One thing that somebody said. Times are s since 1970, UTC."""

    machine: str
    kind: Kind
    made: float  # when it was said
    at: float  # where the stretch that it is about begins
    until: float  # where it ends; of `muted`, until when nobody is told
    text: str = ""  # of `fault`, its name


def add(history: History, mark: Mark) -> None:
    """Keep it; raises DatabaseAway."""
    with history.engine.begin() as connection:
        connection.execute(insert(marks), asdict(mark))


def find(history: History, machine: str, start: float, end: float) -> list[Mark]:
    """Those that are about something between two times, in the order in which they were made."""
    of_machine = marks.c.machine == machine, marks.c.at <= end, marks.c.until >= start
    found = history.rows(select(marks).where(*of_machine).order_by(marks.c.id))
    return [Mark(row.machine, row.kind, row.made, row.at, row.until, row.text) for row in found]


def acknowledge(history: History, machine: str, now: float) -> Mark:
    """Say that the newest alarm has been seen; `now` in s since 1970.

    Raises:
        UserError: there was none.
    """
    alarm = _newest_alarm(history, machine)
    if alarm is None:
        raise UserError(f"There was no alarm of {machine}, so that there is none to acknowledge.")
    mark = Mark(machine, "acknowledged", now, alarm, alarm)
    add(history, mark)
    return mark


def is_acknowledged(history: History, machine: str) -> bool:
    """Whether somebody has seen the newest alarm."""
    alarm = _newest_alarm(history, machine)
    asked = select(marks.c.id).where(
        marks.c.machine == machine, marks.c.kind == "acknowledged", marks.c.at == alarm
    )
    return alarm is not None and bool(history.rows(asked.limit(1)))


def mute(history: History, machine: str, until: float, now: float) -> Mark:
    """Let nobody be told of a machine until a time; one that is past lifts it.

    Alarms are kept as ever. What still lasts when it is over is told then.
    """
    mark = Mark(machine, "muted", now, now, min(max(until, now), _LAST))
    add(history, mark)
    return mark


def muted_until(history: History, machine: str, now: float) -> float | None:
    """Until when nobody is told of a machine; None: it is not muted."""
    asked = select(marks.c.until).where(marks.c.machine == machine, marks.c.kind == "muted")
    found = history.rows(asked.order_by(marks.c.id.desc()).limit(1))
    return cast(float, found[0].until) if found and found[0].until > now else None


def _newest_alarm(history: History, machine: str) -> float | None:
    """When it was raised."""
    raised = select(notices.c.at).where(
        notices.c.machine == machine, notices.c.about == "alarm", notices.c.is_on.is_(True)
    )
    found = history.rows(raised.order_by(notices.c.id.desc()).limit(1))
    return cast(float, found[0].at) if found else None
