"""Reading and writing the history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from threading import Event
from typing import Any, cast

from sqlalchemy import ColumnElement, Engine, Row, Select, delete, func, insert, select, update

from mimimi.memory.states import STATES
from mimimi.service.history.tables import (
    DatabaseAway,
    deliveries,
    judgements,
    notices,
    opened,
    reason,
    recordings,
    summaries,
)
from mimimi.service.judgement import RUNS, Judgement, Report
from mimimi.service.notice import About, Notice
from mimimi.service.past import Past
from mimimi.service.sources.source import RecordingFile
from mimimi.terminal import Log

_COLUMNS = [judgements.c[field.name] for field in fields(Judgement)]
_RETRY_EVERY = 2.0  # s, while the disk is full or the database away


class History:
    """The history of all machines, as one listener writes it and everybody reads it.

    Args:
        address: of a database; None: SQLite under `MIMIMI_HOME`.
        listener: the name under which this listener's notices stand.
        complain: told once when nothing can be written, and once when it can again.
        stop: once it is set, nothing is waited for any more.

    Raises:
        UserError: it cannot be opened.
    """

    def __init__(
        self,
        address: str | None = None,
        listener: str = "listener",
        complain: Log = print,
        stop: Event | None = None,
    ) -> None:
        self.engine: Engine = opened(address)
        self._stop = stop or Event()
        self._listener, self._complain = listener, complain

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def add(self, machine: str, report: Report) -> None:
        """Keep all of a report, or wait until that can be done.

        What has been added is on the disk: neither SIGKILL nor a power cut takes it away.
        """
        if not (report.judgements or report.notices or report.recording):
            return
        complained = False
        while True:
            try:
                self._add(machine, report)
            except DatabaseAway as error:  # a full disk, a database that is restarted
                if not complained:
                    self._complain(f"the history cannot be written ({reason(error)}); trying again")
                complained = True
                if self._stop.wait(_RETRY_EVERY):
                    self._complain("what was heard last is not in the history")
                    return
            else:
                if complained:
                    self._complain("the history is written again")
                return

    def _add(self, machine: str, report: Report) -> None:
        with self.engine.begin() as connection:
            if report.judgements:
                rows = [{"machine": machine, **asdict(j)} for j in report.judgements]
                connection.execute(insert(judgements), rows)
            if report.notices and connection.dialect.name == "postgresql":
                # Of two listeners the one that took its number first is first to be seen, so that
                # whoever asks for what came after a number misses nothing. Readers do not wait.
                connection.exec_driver_sql("LOCK TABLE notices IN SHARE ROW EXCLUSIVE MODE")
            for notice in report.notices:
                row = asdict(notice) | {"details": json.dumps(notice.details, allow_nan=False)}
                connection.execute(insert(notices), {"listener": self._listener, **row})
            if report.recording:
                row = _row(machine, report.recording)
                known = delete(recordings).where(*(recordings.c[k] == v for k, v in row.items()))
                connection.execute(known)
                connection.execute(insert(recordings), row)

    def is_judged(self, machine: str, recording: RecordingFile) -> bool:
        """Whether a recording has been judged."""
        row = _row(machine, recording)
        found = select(recordings.c.size).where(*(recordings.c[k] == v for k, v in row.items()))
        return bool(self.rows(found))

    def past(self, machine: str, most: int) -> Past:
        """What a listener needs to go on where another ended: so many judgements, and notices."""
        newest = (
            select(*_COLUMNS)
            .where(judgements.c.machine == machine)
            .order_by(judgements.c.id.desc())
            .limit(most)
        )
        return Past(
            [Judgement(**row._asdict()) for row in reversed(self.rows(newest))],
            self._newest_notices(notices.c.machine == machine),
        )

    def told_last(self, machine: str) -> dict[About, Notice]:
        """The newest notice about each thing that was not held back."""
        return self._newest_notices(notices.c.machine == machine, notices.c.is_held.is_(False))

    def _newest_notices(self, *which: ColumnElement[bool]) -> dict[About, Notice]:
        """About each thing."""
        last = select(func.max(notices.c.id)).where(*which).group_by(notices.c.about)
        told = self.rows(select(notices).where(notices.c.id.in_(last)))
        return {cast(About, row.about): _notice(row) for row in told}

    def machines(self) -> list[str]:
        """Their names, in order."""
        kept = select(judgements.c.machine).union(
            select(summaries.c.machine), select(notices.c.machine)
        )
        return sorted(row.machine for row in self.rows(kept))

    def newest(self, machine: str) -> Judgement | None:
        """The last segment that was heard."""
        return self._judgement(
            select(*_COLUMNS)
            .where(judgements.c.machine == machine)
            .order_by(judgements.c.id.desc())
            .limit(1)
        )

    def at(self, machine: str, moment: float) -> Judgement | None:
        """The last of the segments that a moment lies in."""
        return self._judgement(
            select(*_COLUMNS)
            .where(
                judgements.c.machine == machine,
                judgements.c.at <= moment,
                judgements.c.at + judgements.c.seconds >= moment,
            )
            .order_by(judgements.c.at.desc(), judgements.c.id.desc())
            .limit(1)
        )

    def summary_at(self, machine: str, moment: float) -> Row[Any] | None:
        """The minute, or the hour, in which a moment lies, where no segments are kept of it."""
        found = self.rows(
            select(summaries)
            .where(
                summaries.c.machine == machine,
                summaries.c.at <= moment,
                summaries.c.at + summaries.c.seconds > moment,
            )
            .order_by(summaries.c.seconds)
        )
        return found[0] if found else None

    def notices(
        self, machine: str, before: float | None = None, most: int = 20
    ) -> list[tuple[int, Notice]]:
        """The newest notices of a machine and their numbers, oldest first.

        Args:
            machine: its name.
            before: in s since 1970; None: until now.
            most: so many.
        """
        asked = select(notices).where(notices.c.machine == machine)
        if before is not None:
            asked = asked.where(notices.c.at <= before)
        found = self.rows(asked.order_by(notices.c.id.desc()).limit(most))
        return [(row.id, _notice(row)) for row in reversed(found)]

    def told_after(self, number: int, most: int = 100) -> list[tuple[int, Notice]]:
        """What was told of all machines after a number, oldest first, by whichever listener."""
        asked = select(notices).where(notices.c.id > number, notices.c.is_held.is_(False))
        found = self.rows(asked.order_by(notices.c.id).limit(most))
        return [(row.id, _notice(row)) for row in found]

    def last_number(self) -> int:
        """Of the newest notice; 0 where there is none."""
        return self.rows(select(func.max(notices.c.id)))[0][0] or 0

    def alarms(self, machine: str) -> int:
        """How many were raised in all; one that is told once a machine is muted no more is one."""
        raised = select(func.count(notices.c.at.distinct())).where(
            notices.c.machine == machine, notices.c.about == "alarm", notices.c.is_on.is_(True)
        )
        return int(self.rows(raised)[0][0])

    def running(self, machine: str, since: float) -> float:
        """Seconds that a machine ran, as far as it was heard; `since` in s since 1970."""
        return self._seconds(machine, since, RUNS, summaries.c.running)

    def in_states(self, machine: str, since: float) -> dict[str, float]:
        """Seconds of them in each state that it was in, of a machine that has several."""
        found = {
            state: self._seconds(machine, since, (state,), summaries.c[state]) for state in STATES
        }
        return {state: seconds for state, seconds in found.items() if seconds}

    def _seconds(
        self, machine: str, since: float, states: Sequence[str], column: ColumnElement[float]
    ) -> float:
        segments = select(func.sum(judgements.c.new)).where(
            judgements.c.machine == machine,
            judgements.c.at >= since,
            judgements.c.state.in_(states),
        )
        older = select(func.sum(column)).where(
            summaries.c.machine == machine, summaries.c.at >= since
        )
        return sum(float(self.rows(part)[0][0] or 0.0) for part in (segments, older))

    def to_tell(self, sink: str, most: int = 50) -> list[tuple[int, Notice]]:
        """What a sink has not been told, oldest first; a new one is told of what comes."""
        told = select(deliveries.c.told).where(
            deliveries.c.listener == self._listener, deliveries.c.sink == sink
        )
        found = self.rows(
            select(notices)
            .where(
                notices.c.listener == self._listener,
                notices.c.is_held.is_(False),
                notices.c.id > told.scalar_subquery(),
            )
            .order_by(notices.c.id)
            .limit(most)
        )
        return [(row.id, _notice(row)) for row in found]

    def begin_telling(self, sink: str) -> None:
        """Let a sink that is new be told of everything from now on."""
        row = {"listener": self._listener, "sink": sink}
        known = select(deliveries.c.told).where(*(deliveries.c[k] == v for k, v in row.items()))
        with self.engine.begin() as connection:
            if connection.execute(known).first() is None:
                last = connection.execute(select(func.max(notices.c.id))).scalar() or 0
                connection.execute(insert(deliveries), {**row, "told": last})

    def was_told(self, sink: str, number: int) -> None:
        """A notice has arrived, and with it all before."""
        with self.engine.begin() as connection:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.listener == self._listener, deliveries.c.sink == sink)
                .values(told=number)
            )

    def _judgement(self, asked: Select[Any]) -> Judgement | None:
        found = self.rows(asked)
        return Judgement(**found[0]._asdict()) if found else None

    def rows(self, asked: Any) -> Sequence[Row[Any]]:
        """What is selected; raises DatabaseAway."""
        with self.engine.connect() as connection:
            return connection.execute(asked).all()


def _row(machine: str, recording: RecordingFile) -> dict[str, Any]:
    return {
        "machine": machine,
        "path": str(Path(recording.path).resolve()),
        "size": recording.size,
        "changed": recording.changed,
    }


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        row.machine,
        row.about,
        row.is_on,
        row.at,
        row.since,
        row.text,
        json.loads(row.details),
        row.is_held,
    )
