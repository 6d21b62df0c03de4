"""Takes notices from the outbox to one sink: in order, each at least once."""

from __future__ import annotations

import time
from threading import Event, Thread

from mimimi import unexpected
from mimimi.service.history.history import History
from mimimi.service.history.tables import DatabaseAway, reason
from mimimi.service.reader import Backoff
from mimimi.service.telling.sink import NotToldError, Sink
from mimimi.terminal import Log

_LOOK_EVERY = 5.0  # s, should nobody have said that there is something
_LAST_TRIES = 5.0  # s in which what is left is told once the listener ends


class Courier(Thread):
    """Tells one sink.

    A notice counts as told once the sink has taken it. A listener that is killed between the two
    tells it again: who is told knows it by its number.

    Args:
        history: whose outbox it is.
        sink: to tell.
        complain: told once when the sink cannot be reached, and once when it can again.
    """

    def __init__(self, history: History, sink: Sink, complain: Log) -> None:
        super().__init__(daemon=True, name=f"courier to {sink.name}")
        self._history, self._sink, self._complain = history, sink, complain
        self._wake, self._ending = Event(), Event()
        history.begin_telling(sink.name)

    def wake(self) -> None:
        """There is something to tell."""
        self._wake.set()

    def end(self) -> None:
        """Tell what is left, within some seconds, and end."""
        self._ending.set()
        self._wake.set()
        self.join(_LAST_TRIES + 1)
        self._sink.close()

    def run(self) -> None:
        """Tell whatever is to be told until `end`."""
        backoff, complained, until = Backoff(), False, float("inf")
        while True:
            if self._ending.is_set():
                until = min(until, time.monotonic() + _LAST_TRIES)
            try:
                told = self._tell()
            except Exception as error:  # a thread that dies tells nobody anything any more
                if not complained:
                    why = _why(error)
                    self._complain(f"{self._sink.name} cannot be told ({why}); trying again")
                complained = True
                wait = backoff.next()
                if time.monotonic() + wait > until:
                    return
                if self._ending.is_set():
                    time.sleep(wait)
                else:
                    self._ending.wait(wait)
                continue
            if complained:
                self._complain(f"{self._sink.name} is told again")
                complained = False
            backoff.reset()
            if not told:
                if self._ending.is_set():
                    return
                self._wake.wait(_LOOK_EVERY)
                self._wake.clear()

    def _tell(self) -> int:
        """Tell what waits; how much that was."""
        waiting = self._history.to_tell(self._sink.name)
        for number, notice in waiting:
            self._sink.tell(number, notice)
            self._history.was_told(self._sink.name, number)
        return len(waiting)


def _why(error: Exception) -> str:
    if isinstance(error, NotToldError):
        return str(error)
    if isinstance(error, DatabaseAway):
        return f"the history, {reason(error)}"
    return unexpected.sentence(unexpected.note(error)).rstrip(".")
