"""Between sources and the judge: bounded, counted, in turn."""

from __future__ import annotations

import threading

import numpy as np

from mimimi.service.inbox import Inbox, Placed
from mimimi.service.sources.source import Sound


def test_sound_that_comes_faster_than_it_is_judged_is_dropped_in_bounded_memory_and_counted():
    inbox, second = Inbox(2), np.zeros(16_000, np.int16)
    for n in range(1000):
        inbox.put(0, Placed(Sound(second, 16_000, 16_000 * n), 0.0), can_wait=False)
    waiting = []
    while taken := inbox.take(0.0):
        waiting.append(taken[1].sound.first // 16_000)
    assert len(waiting) <= 30
    assert waiting == list(range(waiting[0], 1000))  # one stretch, the newest
    assert inbox.dropped(0) == 1000 - len(waiting)
    assert inbox.dropped(1) == inbox.dropped(0) == 0


def test_a_source_that_can_wait_is_made_to_and_nothing_is_lost():
    inbox, second = Inbox(1), np.zeros(16_000, np.int16)

    def write() -> None:
        for n in range(100):
            inbox.put(0, Placed(Sound(second, 16_000, n), 0.0), can_wait=True)

    writer = threading.Thread(target=write)
    writer.start()
    taken = [inbox.take(600.0)[1].sound.first for _ in range(100)]
    writer.join()
    assert taken == list(range(100))


def test_machines_are_heard_in_turn():
    inbox, second = Inbox(2), np.zeros(16_000, np.int16)
    for n in range(10):
        inbox.put(0, Placed(Sound(second, 16_000, n), 0.0), can_wait=False)
    inbox.put(1, Placed(Sound(second, 16_000, 0), 0.0), can_wait=False)
    assert [inbox.take(0.0)[0] for _ in range(3)] == [0, 1, 0]
