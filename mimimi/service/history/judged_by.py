"""Which detector judges a machine, so that its sound can be judged again by the same one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, insert, select

from mimimi.service.history.history import History
from mimimi.service.history.tables import machines


@dataclass(frozen=True)
class JudgedBy:
    """What a machine is judged by, as the listener's settings say."""

    detector: str  # as `Detector.from_pretrained` takes it
    machine_id: str
    false_alarm_rate: float | None  # of a segment; None: the detector's own


def keep(history: History, machine: str, by: JudgedBy) -> None:
    """From now on it is judged so; raises DatabaseAway."""
    with history.engine.begin() as connection:
        connection.execute(delete(machines).where(machines.c.machine == machine))
        connection.execute(insert(machines), {"machine": machine, **asdict(by)})


def find(history: History, machine: str) -> JudgedBy | None:
    """By what it was judged last; None where a listener of an earlier version heard it."""
    asked = select(*(machines.c[field.name] for field in fields(JudgedBy)))
    found = history.rows(asked.where(machines.c.machine == machine))
    return JudgedBy(**found[0]._asdict()) if found else None
