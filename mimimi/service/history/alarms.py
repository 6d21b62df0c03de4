"""The alarms of a machine: when each began and ended, and what was told of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from mimimi.service.history.history import History
from mimimi.service.history.tables import judgements, notices, summaries


@dataclass(frozen=True)
class Alarm:
    """One alarm. Times are s since 1970, UTC."""

    at: float  # after this sound it was raised
    since: float  # where the first unusual segment begins
    until: float | None  # when it ended; None: it still lasts
    text: str  # what was told
    details: Mapping[str, Any]  # score, threshold, where, ...


def alarms(history: History, machine: str, start: float, end: float) -> list[Alarm]:
    """The alarms that were on at some time between two others, in order.

    Args:
        history: to look in.
        machine: its name.
        start: in s since 1970.
        end: likewise.
    """
    about_alarms = notices.c.machine == machine, notices.c.about == "alarm"
    asked, found = select(notices).where(*about_alarms), list[Alarm]()
    before = select(notices.c.id).where(*about_alarms, notices.c.at < start)
    first = history.rows(before.order_by(notices.c.id.desc()).limit(1))
    if first:  # it may have been raised before the stretch, and have lasted into it
        asked = asked.where(notices.c.id >= first[0].id)
    for row in history.rows(asked.order_by(notices.c.id)):
        lasts = bool(found) and found[-1].until is None
        if row.is_on and not lasts:  # what was held back while it was muted is there twice
            found.append(Alarm(row.at, row.since, None, row.text, json.loads(row.details)))
        elif lasts and not row.is_on:
            found[-1] = replace(found[-1], until=row.at)
    return [
        alarm
        for alarm in found
        if alarm.since <= end and (alarm.until is None or alarm.until >= start)
    ]


def most_unusual(history: History, machine: str, start: float, end: float) -> float:
    """The middle of the segment, minute or hour with the highest score of a stretch, in s.

    The middle of the stretch where nothing was judged in it.
    """
    for table, score in ((judgements, "score"), (summaries, "highest_score")):
        columns = table.c
        found = history.rows(
            select(columns.at, columns.seconds)
            .where(
                columns.machine == machine,
                columns.at >= start,
                columns.at < end,
                columns[score].is_not(None),
            )
            .order_by(columns[score].desc())
            .limit(1)
        )
        if found:
            return float(found[0].at + found[0].seconds / 2)
    return (start + end) / 2
