"""On while k of the last n segments say so; then, for a while, not on again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Literal

from mimimi.monitor.alarm import Rule, ScoredSegment
from mimimi.service.judgement import AlarmState


class Switch:
    """Decides when something is told to have begun and to have ended.

    After it has ended it is held back for the cool-down, so that what flickers does not flood;
    what lasts beyond the cool-down is told then.

    Args:
        rule: how many segments it takes.
        cool_down: in s.
        past: segments heard before, by an earlier run of the listener.
        is_on: as it was told then.
        ended: when it was told to have ended, in s since 1970.

    Example:
        >>> switch = Switch(Rule(1, 1), cool_down=25.0)
        >>> unusual = [True, False, True, True, True]
        >>> heard = [ScoredSegment("", 10.0 * n, 10.0, 1.0, u) for n, u in enumerate(unusual)]
        >>> [switch.hear(segment) for segment in heard]
        ['began', 'ended', None, None, 'began']
    """

    def __init__(
        self,
        rule: Rule,
        cool_down: float,
        past: Iterable[ScoredSegment] = (),
        is_on: bool = False,
        ended: float | None = None,
    ) -> None:
        self.rule, self.is_on = rule, is_on
        self._cool_down, self._ended = cool_down, ended
        self._last = deque(past, maxlen=rule.n)

    @property
    def unusual(self) -> int:
        """How many of the last n segments say so."""
        return sum(segment.is_anomalous for segment in self._last)

    @property
    def state(self) -> AlarmState:
        """On, off, or on by the rule but held back by the cool-down."""
        return "on" if self.is_on else "held back" if self._rule_holds() else "off"

    @property
    def since(self) -> float:
        """Where the first of the last n segments that say so begins, in s since 1970."""
        return next(segment.start for segment in self._last if segment.is_anomalous)

    @property
    def most_unusual(self) -> ScoredSegment:
        """Of the last n segments that say so, the one with the highest score."""
        found = (segment for segment in self._last if segment.is_anomalous)
        return max(found, key=lambda segment: segment.score or 0.0)

    def hear(self, segment: ScoredSegment) -> Literal["began", "ended"] | None:
        """Take the next segment, its start in s since 1970; say what is to be told."""
        self._last.append(segment)
        if self.is_on and not self._rule_holds():
            self.is_on, self._ended = False, segment.end
            return "ended"
        # Below 0 the clock was set back since.
        held_back = self._ended is not None and 0 <= segment.end - self._ended < self._cool_down
        if not self.is_on and self._rule_holds() and not held_back:
            self.is_on = True
            return "began"
        return None

    def _rule_holds(self) -> bool:
        return self.rule.is_on(list(self._last))
