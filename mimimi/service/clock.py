"""Notices that the clock on the wall was set, by hand or because the net came."""

from __future__ import annotations

import time
from collections.abc import Callable

_SET = 5.0  # s at once; a clock that is corrected little by little moves less


class Clock:
    """Compares the clock on the wall with one that nobody sets.

    Args:
        wall: s since 1970.
        steady: s since some time.

    Example:
        >>> wall, steady = iter([100.0, 110.0, 60.0, 61.0]), iter([0.0, 10.0, 20.0, 21.0])
        >>> clock = Clock(wall.__next__, steady.__next__)
        >>> [clock.was_set() for _ in range(3)]
        [0.0, -60.0, 0.0]
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady = wall, steady
        self._ahead = wall() - steady()

    def was_set(self) -> float:
        """By how many seconds since this was asked last; below 0: back."""
        ahead = self._wall() - self._steady()
        by = ahead - self._ahead
        if abs(by) < _SET:
            return 0.0
        self._ahead = ahead
        return by
