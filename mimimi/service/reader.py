"""Reads one source for as long as the listener runs, and opens it again whenever it breaks."""

from __future__ import annotations

import random
import time
from threading import Event, Thread

from mimimi import unexpected
from mimimi.errors import UserError
from mimimi.service.clock import Clock
from mimimi.service.inbox import Broken, Ended, Inbox, Placed
from mimimi.service.sources.source import RecordingFile, Sound, Source, SourceError

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # s before a source is opened again


class Backoff:
    """How long to wait before the next try: twice as long each time, and never quite the same.

    Without the jitter all listeners would come back in the same moment after a power cut.

    Example:
        >>> backoff = Backoff(1.0, 60.0, random.Random(0))
        >>> [round(backoff.next()) for _ in range(8)]
        [1, 2, 3, 5, 12, 22, 54, 39]
    """

    def __init__(
        self,
        first: float = _FIRST_WAIT,
        longest: float = _LONGEST_WAIT,
        chance: random.Random | None = None,
    ) -> None:
        self._first, self._longest = first, longest
        self._chance = chance or random.Random()
        self._tries = 0

    def next(self) -> float:
        """In s."""
        wait = min(self._first * 2.0 ** min(self._tries, 30), self._longest)
        self._tries += 1
        return wait * self._chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        """It went well."""
        self._tries = 0


class Reader(Thread):
    """Hands on what a source gives, each sample with its place in time.

    Time is kept by samples; where a source was away, by a clock that nobody sets. When the one on
    the wall is set, what comes from then on is placed by it.

    Args:
        source: to read.
        inbox: to put it in.
        machine: whose it is, by number.
        stop: ends it.
    """

    def __init__(self, source: Source, inbox: Inbox, machine: int, stop: Event) -> None:
        super().__init__(daemon=True, name=f"reader {machine}")
        self._source, self._inbox, self._machine, self._stop_it = source, inbox, machine, stop
        self._opened: tuple[float, float, int] | None = None  # wall, steady clock (s), Hz
        self._next = 0  # sample after the last one
        self._noted: tuple[str, str] | None = None  # what nobody expected, and what was said
        self._clock = Clock()

    def run(self) -> None:
        """Read until the source ends or is told to stop."""
        backoff = Backoff()
        while not self._stop_it.is_set():
            try:
                self._read(backoff)
                self._put(Ended())
                return
            except SourceError as error:
                self._put(Broken(str(error)))
                self._stop_it.wait(backoff.next())
            except (UserError, OSError) as error:
                self._put(Ended(str(error)))
                return
            except Exception as error:  # a thread that dies is a machine that nobody hears
                self._put(Broken(self._unexpected(error)))
                self._stop_it.wait(backoff.next())

    def _read(self, backoff: Backoff) -> None:
        base: int | None = None  # of this time it is open
        for item in self._source.read(self._stop_it):
            backoff.reset()
            if isinstance(item, RecordingFile):
                self._put(item)
                continue
            if base is None:
                base = self._begin(item)
            assert self._opened
            if by := self._clock.was_set():
                wall, steady, rate = self._opened
                self._opened = wall + by, steady, rate
            first = base + item.first
            self._next = first + len(item.samples)
            self._put(Placed(Sound(item.samples, item.rate, first), self._opened[0]))

    def _begin(self, sound: Sound) -> int:
        """The number of its sample 0, counted since the source was opened for the first time."""
        lasted = len(sound.samples) / sound.rate
        if self._opened is None or self._opened[2] != sound.rate:
            self._opened = time.time() - lasted, time.monotonic() - lasted, sound.rate
            return -sound.first
        elapsed = time.monotonic() - self._opened[1] - lasted
        return max(self._next, round(elapsed * sound.rate)) - sound.first

    def _unexpected(self, error: Exception) -> str:
        """What is said of it; noted once, not at every try."""
        if self._noted is None or repr(error) != self._noted[0]:
            self._noted = repr(error), unexpected.sentence(unexpected.note(error))
        return self._noted[1]

    def _put(self, item: Placed | RecordingFile | Broken | Ended) -> None:
        self._inbox.put(self._machine, item, can_wait=self._source.can_wait)
