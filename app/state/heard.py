"""What the listener keeps in its history, read for all visitors; what they say goes there, too."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from mimimi.errors import UserError
from texts import on_monitor

if TYPE_CHECKING:
    from mimimi.service.history.alarms import Alarm
    from mimimi.service.history.history import History
    from mimimi.service.history.judged_by import JudgedBy
    from mimimi.service.history.trend import Point
    from mimimi.service.judgement import Judgement
    from mimimi.service.notice import About, Notice

_LOOK_EVERY = 2.0  # s
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Span:
    """A stretch of time that is shown, in points."""

    seconds: float
    width: float  # s that a point stands for
    refresh: float  # s after which it is read again

    @property
    def points(self) -> int:
        """How many."""
        return round(self.seconds / self.width)


HOUR = Span(3600, 5, 5)
DAY = Span(86_400, 180, 30)
WEEK = Span(7 * 86_400, 1200, 300)
MONTH = Span(30 * 86_400, 5400, 600)
IN_SHORT = Span(86_400, 900, 60)  # of a tile
Stretch = tuple[float, float]
"""From when to when, in s since 1970."""


@dataclass(frozen=True)
class Now:
    """How a machine stands."""

    machine: str
    newest: Judgement | None  # the last segment that was heard
    told: Mapping[About, Notice]  # the newest notice about each thing
    muted_until: float | None  # s since 1970; None: it is not muted
    is_acknowledged: bool  # the newest alarm

    @property
    def silent(self) -> float:
        """Seconds since it was heard last; without end where it never was."""
        return max(0.0, time.time() - self.newest.end) if self.newest else math.inf

    @property
    def has_alarm(self) -> bool:
        """Whether its alarm is on."""
        notice = self.told.get("alarm")
        return notice is not None and notice.is_on


def machines() -> list[str]:
    """Their names; none where no listener has ever run.

    Raises:
        UserError: there is a history, but it cannot be read.
    """
    from mimimi.service.history.tables import is_there

    return _machines(_address()) if is_there(_address()) else []


def now(machine: str) -> Now:
    """How it stands; raises UserError."""
    return _now(_address(), machine, int(time.time() / _LOOK_EVERY))


def trend(machine: str, span: Span, until: float | None = None) -> tuple[list[Point], Stretch]:
    """How it was over a span, and from when to when that is.

    Of a machine that was first heard within the span, only what there is, in finer points.

    Args:
        machine: its name.
        span: how much of it.
        until: the span ends with the point that this lies in; None: with now.

    Raises:
        UserError: the history cannot be reached.
    """
    last = time.time() if until is None else until
    began = first_heard(machine)
    if began is not None and began < last:
        span = next((one for one in (HOUR, DAY, WEEK) if _holds(one, span, last - began)), span)
    end = (last // span.width + 1) * span.width  # points stay where they are as time goes on
    start, fresh = end - span.seconds, int(last / span.refresh)
    points = _trend(_address(), machine, start, end, span.points, fresh)
    first = start if began is None or began >= last else began // span.width * span.width
    return points, (max(start, first), end)


def first_heard(machine: str) -> float | None:
    """When the first segment began that is kept, in s since 1970; raises UserError."""
    return _first_heard(_address(), machine)


def _holds(finer: Span, span: Span, seconds: float) -> bool:
    return finer.width < span.width and finer.seconds >= seconds + finer.width


def lasting(points: Sequence[Point]) -> tuple[float, float, dict[str, float]]:
    """Seconds that were heard, that it ran, and of these in each state that it was in."""
    from mimimi.memory.states import STATES

    of_states = {state: sum(getattr(point, state) for point in points) for state in STATES}
    return (
        sum(point.heard for point in points),
        sum(point.running for point in points),
        {state: seconds for state, seconds in of_states.items() if seconds},
    )


def alarms(machine: str, start: float, end: float) -> list[Alarm]:
    """The alarms of a stretch; raises UserError."""
    from mimimi.service.history.alarms import alarms

    return read(lambda history: alarms(history, machine, start, end))


def most_unusual(machine: str, start: float, end: float) -> float:
    """The middle of the segment with the highest score of a stretch; raises UserError."""
    from mimimi.service.history.alarms import most_unusual

    return read(lambda history: most_unusual(history, machine, start, end))


def segment_at(machine: str, moment: float) -> tuple[float, float] | None:
    """Start and length of the segment that a moment is in the middle of; raises UserError."""
    found = read(lambda history: history.at(machine, moment))
    return (found.at, found.seconds) if found else None


def why(machine: str, moment: float, shown: Callable[[float], str]) -> list[str]:
    """Why there was an alarm at a moment, or none, a line each; raises UserError."""
    from mimimi.service.history.why import why

    return read(lambda history: why(history, machine, moment, shown))


def judged_by(machine: str) -> JudgedBy | None:
    """Which of the detectors judges it; raises UserError."""
    from mimimi.service.history.judged_by import find

    return read(lambda history: find(history, machine))


def read(question: Callable[[History], _Found]) -> _Found:
    """Ask the history something, or tell it.

    Raises:
        UserError: it cannot be reached.
    """
    from mimimi.service.history.tables import DatabaseAway, reason

    try:
        return question(_opened(_address()))
    except DatabaseAway as error:
        raise UserError(on_monitor.history_away(reason(error))) from None


def tell(what: Callable[[History], object]) -> None:
    """Tell the history something that shows at once; raises UserError."""
    read(what)
    _now.clear()


def _address() -> str:
    from mimimi.service.history.tables import default_address

    return default_address()


@st.cache_resource(show_spinner=False)
def _opened(address: str) -> History:
    from mimimi.service.history.history import History

    return History(address)


@st.cache_data(ttl=20, show_spinner=False)
def _machines(address: str) -> list[str]:
    return read(lambda history: history.machines())


@st.cache_data(ttl=60, max_entries=256, show_spinner=False)
def _first_heard(address: str, machine: str) -> float | None:
    from mimimi.service.history.trend import began

    return read(lambda history: began(history, machine))


@st.cache_data(max_entries=256, show_spinner=False)
def _now(address: str, machine: str, fresh: int) -> Now:
    from mimimi.service.history.marks import is_acknowledged, muted_until

    def look(history: History) -> Now:
        past = history.past(machine, 1)
        return Now(
            machine,
            past.judgements[0] if past.judgements else None,
            past.notices,
            muted_until(history, machine, time.time()),
            is_acknowledged(history, machine),
        )

    return read(look)


# `fresh` is another one where it is to be read again.
@st.cache_data(max_entries=128, show_spinner=False)
def _trend(
    address: str, machine: str, start: float, end: float, points: int, fresh: int
) -> list[Point]:
    from mimimi.service.history.trend import trend

    return read(lambda history: trend(history, machine, start, end, points))
