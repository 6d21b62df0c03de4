"""Hours of the day in which nobody is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mimimi.errors import UserError


@dataclass(frozen=True)
class Hours:
    """Hours of each day, by the clock on this wall.

    Example:
        >>> night = Hours.parse("22:00-06:30")
        >>> night.hold(datetime(2026, 3, 1, 6, 29)), night.hold(datetime(2026, 3, 1, 12))
        (True, False)
    """

    begin: int  # minutes since midnight
    end: int

    @classmethod
    def parse(cls, text: str) -> Hours:
        """From "22:00-06:00".

        Raises:
            UserError: it is none.
        """
        found = re.fullmatch(r"(\d{1,2}):(\d\d) ?- ?(\d{1,2}):(\d\d)", text.strip())
        h1, m1, h2, m2 = map(int, found.groups()) if found else (99, 0, 0, 0)
        if max(h1, h2) > 24 or max(m1, m2) > 59 or (h1, m1) == (h2, m2):
            raise UserError(f"{text!r} are no hours; write them as 22:00-06:00")
        return cls(60 * h1 + m1, 60 * h2 + m2)

    def hold(self, now: datetime) -> bool:
        """Whether a moment lies in them."""
        minute = 60 * now.hour + now.minute
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end
