"""When nobody is told of a machine: while it is muted, and in its hours of quiet."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mimimi.service.history.history import History
from mimimi.service.history.marks import muted_until
from mimimi.service.history.tables import DatabaseAway
from mimimi.service.hours import Hours
from mimimi.service.notice import Notice

_LOOK_EVERY = 5.0  # s, whether it is over


class Quiet:
    """Holds back what is told of one machine.

    What is held is kept like any notice. Once it is over whoever is told learns what has changed
    in the meantime and still holds; what came and went nobody need know.

    Args:
        history: where it stands that a machine is muted.
        machine: its name.
        hours: of quiet; None: there are none.
        clock: s since 1970.
    """

    def __init__(
        self,
        history: History,
        machine: str,
        hours: Hours | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._history, self._machine, self._hours, self._clock = history, machine, hours, clock
        self._was = True  # something may be held since an earlier run
        self._looked = -_LOOK_EVERY

    def held(self, notices: list[Notice]) -> list[Notice]:
        """The same, held back where nobody is to be told now."""
        if not notices or not self._is_on():
            return notices
        self._was = True
        return [replace(notice, is_held=True) for notice in notices]

    def over(self) -> list[Notice]:
        """What is to be told now that it is over; nothing while it lasts."""
        looked = time.monotonic()
        if not self._was or looked - self._looked < _LOOK_EVERY:
            return []
        self._looked = looked
        try:
            if self._is_on():
                return []
            told = self._history.told_last(self._machine)
            newest = self._history.past(self._machine, 1).notices
        except DatabaseAway:  # in some seconds it may be back
            return []
        self._was = False
        return [
            replace(notice, is_held=False)
            for about, notice in newest.items()
            if notice.is_on != (about in told and told[about].is_on)
        ]

    def _is_on(self) -> bool:
        now = self._clock()
        if self._hours and self._hours.hold(datetime.fromtimestamp(now)):
            return True
        try:
            return muted_until(self._history, self._machine, now) is not None
        except DatabaseAway:  # whoever is told once too often is better off than who is not
            return False
