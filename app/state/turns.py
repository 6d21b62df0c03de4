"""Whose recording is heard next: a few at a time, of all visitors', in the order they came.

As many as there are processors: each has one, and twenty would take twenty times the memory.
Who has many recordings, or a long one, asks anew for each recording or segment, and so lets all
others in between. What cannot be heard in segments and is long has a queue of its own: nobody waits
minutes for one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from texts.on_guard import waiting

Told = Callable[[int], object]
"""Told how many are before one."""

_LOOK = 0.5  # s after which one is told again


def telling(progress: Callable[[float, str], object], share: float) -> Told:
    """Say it on a bar.

    Args:
        progress: told the share that is done, and what is being done.
        share: that is done.
    """
    return lambda ahead: progress(share, waiting(ahead))


class Turns:
    """A lock that is had in the order in which it was asked for.

    Args:
        at_once: so many have it at a time.

    Example:
        >>> turns = Turns()
        >>> with turns.turn():
        ...     turns.waiting
        0
    """

    def __init__(self, at_once: int = 1) -> None:
        self._at_once = at_once
        self._tickets: deque[object] = deque()  # the first ones have their turn
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return max(0, len(self._tickets) - self._at_once)

    @contextmanager
    def turn(self, tell: Told = lambda ahead: None) -> Iterator[None]:
        """Wait for it, have it, give it back.

        Args:
            tell: told in this thread how many are before one, as long as one waits.
        """
        ticket = object()
        with self._changed:
            self._tickets.append(ticket)
        try:
            while ahead := self._ahead(ticket):
                tell(ahead)
            yield
        finally:  # also of one who waits no longer
            with self._changed:
                self._tickets.remove(ticket)
                self._changed.notify_all()

    def _ahead(self, ticket: object) -> int:
        """How many are before it, once that is none, or after a while."""
        with self._changed:
            self._changed.wait_for(lambda: not self._before(ticket), _LOOK)
            return self._before(ticket)

    def _before(self, ticket: object) -> int:
        return max(0, self._tickets.index(ticket) + 1 - self._at_once)
