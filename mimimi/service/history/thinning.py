"""Old rows are thinned, so that years fit on a small disk.

Segments are kept for 7 days, minutes for 90 days, hours for ever: of a machine that is heard all
day 120,000 rows of segments, 130,000 of minutes, and 8,760 of hours a year. Notices are kept for
ever, and what is known of recordings for a year. Times are those of the machine's newest segment,
unless that lies in the future.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select

from mimimi.memory.states import STATES
from mimimi.service.history.history import History
from mimimi.service.history.tables import judgements, recordings, summaries
from mimimi.service.judgement import RUNS

SEGMENTS_KEPT, MINUTES_KEPT = 7 * 86_400.0, 90 * 86_400.0  # s
RECORDINGS_KEPT = 365 * 86_400.0  # s
_MINUTE, _HOUR = 60, 3600  # s
_AT_ONCE = 6 * 3600  # s of segments in one transaction, so that nobody waits long


def thin(history: History, machine: str) -> None:
    """Turn segments into minutes and minutes into hours where they are old enough.

    One transaction replaces some hours of rows: whenever it is cut off, nothing is lost or counted
    twice.
    """
    newest = history.newest(machine)
    if not newest:
        return
    now = min(newest.end, time.time())  # a recorder's clock may be years ahead
    _thin(history, machine, judgements, now - SEGMENTS_KEPT, _MINUTE)
    _thin(history, machine, summaries, now - MINUTES_KEPT, _HOUR)
    with history.engine.begin() as connection:
        old = recordings.c.changed < now - RECORDINGS_KEPT
        connection.execute(delete(recordings).where(recordings.c.machine == machine, old))


def _thin(history: History, machine: str, table: Table, before: float, seconds: int) -> None:
    before -= before % _HOUR
    while True:
        with history.engine.begin() as connection:
            of_machine = [table.c.machine == machine, table.c.at < before]
            if table is summaries:
                of_machine.append(summaries.c.seconds < seconds)
            first = connection.execute(select(func.min(table.c.at)).where(*of_machine)).scalar()
            if first is None:
                return
            end = min(before, first - first % _HOUR + _AT_ONCE)
            part = [*of_machine, table.c.at < end]
            rows = connection.execute(select(table).where(*part).order_by(table.c.at)).all()
            _summarise(connection, machine, rows, seconds, table is summaries)
            connection.execute(delete(table).where(*part))


def _summarise(
    connection: Connection, machine: str, rows: Iterable[Row[Any]], seconds: int, again: bool
) -> None:
    parts = defaultdict(list)
    for row in rows:
        parts[row.at - row.at % seconds].append(row)
    for at, part in parts.items():
        key = {"machine": machine, "at": at, "seconds": seconds}
        same = [summaries.c[name] == value for name, value in key.items()]
        kept = connection.execute(select(summaries).where(*same)).all()
        connection.execute(delete(summaries).where(*same))
        made = _of_summaries([*kept, *part] if again else [*kept, *map(_Single, part)])
        connection.execute(insert(summaries), {**key, **made})


class _Single:
    """A segment as if it were a summary of one."""

    def __init__(self, row: Row[Any]) -> None:
        judged = row.score is not None
        self.segments, self.unusual = int(judged), int(row.is_unusual and judged)
        self.mean_score = self.highest_score = row.score
        self.threshold, self.mean_level = row.threshold, row.level
        self.heard = row.new if row.level is not None else 0.0
        self.running = row.new if row.state in RUNS else 0.0
        self.deeper = row.new if row.state == "deeper" else 0.0
        self.brighter = row.new if row.state == "brighter" else 0.0
        self.alarm = row.new if row.alarm == "on" else 0.0
        self.health = row.health


def _of_summaries(parts: list[Any]) -> dict[str, Any]:
    judged = [part for part in parts if part.segments]
    segments = sum(part.segments for part in judged)
    highest = max(judged, key=lambda part: part.highest_score, default=None)
    levels = [(p.mean_level, max(p.heard, 1e-9)) for p in parts if p.mean_level is not None]
    power = sum(10 ** (level / 10) * weight for level, weight in levels)
    weight = sum(weight for _, weight in levels)
    return {
        "segments": segments,
        "unusual": sum(part.unusual for part in judged),
        "mean_score": sum(p.mean_score * p.segments for p in judged) / segments if judged else None,
        "highest_score": highest.highest_score if highest else None,
        "threshold": highest.threshold if highest else None,
        "mean_level": 10 * math.log10(power / weight) if levels else None,
        "heard": sum(part.heard for part in parts),
        **{name: sum(getattr(part, name) for part in parts) for name in ("running", *STATES)},
        "alarm": sum(part.alarm for part in parts),
        "health": " ".join(sorted({name for part in parts for name in part.health.split()})),
    }
