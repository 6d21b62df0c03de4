"""How a machine was over a stretch of time, in as many points as a picture can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, and_, case, func, select

from mimimi.memory.states import STATES
from mimimi.service.history.history import History
from mimimi.service.history.tables import judgements, summaries
from mimimi.service.judgement import RUNS

_SEGMENT = 5.0  # s, the least that a point stands for: from one segment to the next


@dataclass(frozen=True)
class Point:
    """A part of the stretch, of all that was heard in it."""

    at: float  # s since 1970, UTC, where it begins
    seconds: float
    segments: int  # judged in it
    unusual: int  # of them
    mean_score: float | None
    highest_score: float | None
    threshold: float | None  # highest of its segments
    level: float | None  # dBFS, mean
    heard: float  # s of sound
    running: float  # s of it in which the machine ran
    alarm: float  # s of it in which the alarm was on
    is_faulty: bool  # the microphone was, in a segment of it
    deeper: float = 0.0  # s of `running` in that state, where the machine has several
    brighter: float = 0.0  # likewise


def trend(history: History, machine: str, start: float, end: float, most: int = 500) -> list[Point]:
    """The points of a stretch in which something was heard, in order.

    Segments, minutes and hours are counted together, whichever are still kept of a time. Where only
    hours are kept, points are hours, however many were asked for.

    Args:
        history: to look in.
        machine: its name.
        start: in s since 1970.
        end: likewise.
        most: points.
    """
    width = max((end - start) / most, _SEGMENT)
    parts: dict[int, list[Row[Any]]] = {}
    for table in (judgements, summaries):
        for row in history.rows(_binned(table, machine, start, end, width)):
            parts.setdefault(int(row.part), []).append(row)
    return [_point(start + n * width, width, parts[n]) for n in sorted(parts)]


def began(history: History, machine: str) -> float | None:
    """When the first segment began of which anything is kept, in s since 1970; None: there is none.

    Args:
        history: to look in.
        machine: its name.
    """
    found = [
        history.rows(select(func.min(table.c.at).label("at")).where(table.c.machine == machine))
        for table in (judgements, summaries)
    ]
    return min((float(row.at) for [row] in found if row.at is not None), default=None)


def _binned(table: Table, machine: str, start: float, end: float, width: float) -> Any:
    c = table.c
    part = func.floor((c.at - start) / width)
    return (
        select(part.label("part"), *(_SEGMENTS if table is judgements else _SUMMARIES))
        .where(c.machine == machine, c.at >= start, c.at < end)
        .group_by("part")
    )


def _columns(
    seconds: Any, segments: Any, unusual: Any, mean: Any, highest: Any, threshold: Any, level: Any,
    heard: Any, running: Any, alarm: Any, health: Any, deeper: Any, brighter: Any,
) -> tuple[Any, ...]:  # fmt: skip
    return (
        func.max(seconds).label("seconds"),
        func.sum(segments).label("segments"),
        func.sum(unusual).label("unusual"),
        func.sum(mean * segments).label("total_score"),
        func.max(highest).label("highest_score"),
        func.max(threshold).label("threshold"),
        func.avg(level).label("level"),
        func.sum(heard).label("heard"),
        func.sum(running).label("running"),
        func.sum(alarm).label("alarm"),
        func.max(health).label("health"),
        func.sum(deeper).label("deeper"),
        func.sum(brighter).label("brighter"),
    )


_j, _s = judgements.c, summaries.c
_SEGMENTS = _columns(
    _j.seconds,
    case((_j.score.is_not(None), 1), else_=0),
    case((and_(_j.is_unusual, _j.score.is_not(None)), 1), else_=0),
    _j.score,
    _j.score,
    _j.threshold,
    _j.level,
    case((_j.level.is_not(None), _j.new), else_=0.0),
    case((_j.state.in_(RUNS), _j.new), else_=0.0),
    case((_j.alarm == "on", _j.new), else_=0.0),
    _j.health,
    *(case((_j.state == state, _j.new), else_=0.0) for state in STATES),
)
_SUMMARIES = _columns(
    _s.seconds,
    _s.segments,
    _s.unusual,
    _s.mean_score,
    _s.highest_score,
    _s.threshold,
    _s.mean_level,
    _s.heard,
    _s.running,
    _s.alarm,
    _s.health,
    *(_s[state] for state in STATES),
)


def _point(at: float, seconds: float, rows: list[Row[Any]]) -> Point:
    segments = sum(row.segments for row in rows)
    levels = [(row.level, max(row.heard, 1e-9)) for row in rows if row.level is not None]
    scores = [row.highest_score for row in rows if row.highest_score is not None]
    limits = [row.threshold for row in rows if row.threshold is not None]
    total = sum(row.total_score or 0.0 for row in rows)
    weight = sum(heard for _, heard in levels)
    return Point(
        at=at,
        seconds=max(seconds, *(float(row.seconds) for row in rows)),
        segments=int(segments),
        unusual=int(sum(row.unusual for row in rows)),
        mean_score=total / segments if segments else None,
        highest_score=max(scores, default=None),
        threshold=max(limits, default=None),
        level=sum(level * heard for level, heard in levels) / weight if levels else None,
        heard=float(sum(row.heard for row in rows)),
        running=float(sum(row.running for row in rows)),
        alarm=float(sum(row.alarm for row in rows)),
        is_faulty=any(row.health for row in rows),
        deeper=float(sum(row.deeper for row in rows)),
        brighter=float(sum(row.brighter for row in rows)),
    )
