"""How far something long has come: plain data, made from a count of bytes and a clock."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Step = Literal["fetch", "unpack"]
REMEMBERED = 15.0  # s that the speed is the mean of
BETWEEN_REPORTS = 0.2  # s


@dataclass(frozen=True)
class Progress:
    """What a progress bar is drawn from."""

    step: Step
    name: str  # of the archive
    done: int  # bytes of the archive
    total: int  # bytes of the archive
    speed: float  # bytes/s, mean of the last seconds; 0 until something is known
    seconds_left: float | None  # None until something is known


class Meter:
    """Turn a count of bytes that is called again and again into a few `Progress` a second.

    Args:
        step: what is being done.
        name: to which archive.
        total: bytes at which it is done.
        report: is told at the first call, at most five times a second, and at the end.
        clock: seconds that never go back.

    Example:
        >>> seen = []
        >>> meter = Meter("fetch", "fan.zip", 100, seen.append, clock=iter([0.0, 2.0]).__next__)
        >>> meter(20), meter(60)
        (None, None)
        >>> seen[-1].speed, seen[-1].seconds_left
        (20.0, 2.0)
    """

    def __init__(
        self,
        step: Step,
        name: str,
        total: int,
        report: Callable[[Progress], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.step, self.name, self.total = step, name, total
        self._report, self._clock = report, clock
        self._seen: deque[tuple[float, int]] = deque()  # (seconds, bytes), the oldest first

    def __call__(self, done: int) -> None:
        """Say that so many bytes are done; what was there before the first call took no time."""
        now = self._clock()
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()  # it began anew
        if self._seen and done < self.total and now - self._seen[-1][0] < BETWEEN_REPORTS:
            return
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > REMEMBERED:
            self._seen.popleft()
        since, before = self._seen[0]
        speed = (done - before) / (now - since) if now > since else 0.0
        left = (self.total - done) / speed if speed else None
        self._report(Progress(self.step, self.name, done, self.total, speed, left))
