"""A listener to a folder, and what it has judged."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from mimimi.monitor.alarm import Rule
from mimimi.service.history.history import History
from mimimi.service.history.tables import judgements, recordings
from mimimi.service.settings import ListenerSettings, MachineSettings


def of_folder(path: Path, **more) -> ListenerSettings:
    return ListenerSettings((MachineSettings("press 4", "hum", str(path), **more),))


def judged(count: int):
    """Whether so many recordings have been judged."""

    def is_it(_: object = None) -> bool:
        history = History()
        with history.engine.connect() as connection:
            found = connection.execute(select(func.count()).select_from(recordings)).scalar()
        history.close()
        return found >= count

    return is_it


def kept() -> list:
    history = History()
    with history.engine.connect() as connection:
        columns = (judgements.c.at, judgements.c.score, judgements.c.unusual, judgements.c.alarm)
        rows = connection.execute(select(*columns).order_by(judgements.c.id)).all()
    history.close()
    return [tuple(row) for row in rows]


RULE = {"alarm": Rule(2, 3)}
