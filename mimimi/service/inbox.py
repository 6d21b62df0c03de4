"""Between those who read sources and the one who judges: bounded, whatever comes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Condition

from mimimi.service.sources.source import RecordingFile, Sound

_MOST = 30.0  # s of sound that may wait, of each machine
_RECORDING = _MOST / 2  # s that a recording counts for, however long: it waits on disk


@dataclass(frozen=True)
class Placed:
    """Sound, and when its source's sample 0 was, in s since 1970."""

    sound: Sound
    opened: float


@dataclass(frozen=True)
class Broken:
    """A source that cannot be read for now."""

    reason: str


@dataclass(frozen=True)
class Ended:
    """A source that has come to its end; after a failure that no patience mends, with a reason."""

    reason: str | None = None


Item = Placed | RecordingFile | Broken | Ended


class Inbox:
    """What waits to be judged, a queue a machine.

    Sound that comes faster than it is judged is dropped, all that waits at once, so that what is
    kept hangs together; a source that can wait is made to.

    Args:
        machines: how many.

    Example:
        >>> import numpy as np
        >>> second = Sound(np.zeros(16_000, np.int16), 16_000, 0)
        >>> inbox = Inbox(1)
        >>> for n in range(31):
        ...     inbox.put(0, Placed(Sound(second.samples, 16_000, 16_000 * n), 0.0), can_wait=False)
        >>> inbox.dropped(0)
        30.0
    """

    def __init__(self, machines: int) -> None:
        self._queues = [deque[Item]() for _ in range(machines)]
        self._dropped = [0.0] * machines
        self._turn = 0
        self._change = Condition()
        self._closed = False

    def put(self, machine: int, item: Item, *, can_wait: bool) -> None:
        """Let an item wait; where nothing more fits, wait oneself, or drop what waits."""
        with self._change:
            queue = self._queues[machine]
            if can_wait:
                self._change.wait_for(lambda: self._closed or self._fits(machine, item))
            elif not self._fits(machine, item):
                self._dropped[machine] += sum(map(_seconds, queue))
                kept = [waiting for waiting in queue if not isinstance(waiting, Placed)]
                queue.clear()
                queue.extend(kept)
            queue.append(item)
            self._change.notify_all()

    def take(self, timeout: float) -> tuple[int, Item] | None:
        """The next item and whose it is, machine by machine; None where none comes in time."""
        with self._change:
            if not self._change.wait_for(lambda: any(self._queues), timeout):
                return None
            count = len(self._queues)
            turns = ((self._turn + n) % count for n in range(count))
            machine = next(n for n in turns if self._queues[n])
            self._turn = machine + 1
            item = self._queues[machine].popleft()
            self._change.notify_all()
            return machine, item

    def waits(self, machine: int) -> bool:
        """Whether something of a machine does."""
        with self._change:
            return bool(self._queues[machine])

    def dropped(self, machine: int) -> float:
        """Seconds of a machine's sound that were dropped since it was asked last."""
        with self._change:
            dropped, self._dropped[machine] = self._dropped[machine], 0.0
            return dropped

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _fits(self, machine: int, item: Item) -> bool:
        return sum(map(_seconds, self._queues[machine])) + _seconds(item) <= _MOST


def _seconds(item: Item) -> float:
    if isinstance(item, Placed):
        return len(item.sound.samples) / item.sound.rate
    return _RECORDING if isinstance(item, RecordingFile) else 0.0
