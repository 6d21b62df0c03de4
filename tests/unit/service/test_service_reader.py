from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from mimimi.errors import AudioError
from mimimi.service import reader as reader_module
from mimimi.service.away import Away
from mimimi.service.inbox import Broken, Ended, Inbox, Placed
from mimimi.service.past import Past
from mimimi.service.reader import Reader
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import Sound, SourceError

RATE = 16_000


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets; waiting takes as long as it says."""
    now = SimpleNamespace(steady=0.0, wall=5_000.0, waits=[])
    monkeypatch.setattr(reader_module.time, "monotonic", lambda: now.steady)
    monkeypatch.setattr(reader_module.time, "time", lambda: now.wall)
    yield now
    monkeypatch.undo()


class Scripted:
    """A source that gives blocks of a second in real time, then breaks, again and again."""

    can_wait, is_live = False, True

    def __init__(self, clock, *seconds: int, away: float, rates=(RATE,) * 9) -> None:
        self.clock, self.seconds, self.away, self.rates = clock, list(seconds), away, list(rates)

    def read(self, stop):
        rate = self.rates.pop(0)
        for n in range(self.seconds.pop(0)):
            self.clock.steady += 1.0
            self.clock.wall += 1.0
            yield Sound(np.zeros(rate, np.int16), rate, n * rate)
        if not self.seconds:
            return
        self.clock.steady += self.away
        self.clock.wall += self.away
        raise SourceError("it broke")


def items(source) -> list:
    stop = threading.Event()
    stop.wait = lambda _: False
    inbox = Inbox(1)
    Reader(source, inbox, 0, stop).run()
    taken = []
    while inbox._queues[0]:
        taken.append(inbox._queues[0].popleft())
    return taken


def test_time_is_kept_by_samples_and_by_the_clock_while_a_source_is_away(clock):
    found = items(Scripted(clock, 3, 2, away=7.5))
    firsts = [item.sound.first / RATE for item in found if isinstance(item, Placed)]
    assert firsts == [0, 1, 2, 10.5, 11.5]
    assert {item.opened for item in found if isinstance(item, Placed)} == {5_000.0}
    assert [type(item) for item in found[3:4]] == [Broken]
    assert isinstance(found[-1], Ended)


def test_a_clock_that_is_set_back_moves_nothing(clock):
    source = Scripted(clock, 3, 2, away=7.5)
    real = source.read

    def read(stop):
        for sound in real(stop):
            clock.wall -= 3600
            yield sound

    source.read = read
    firsts = [item.sound.first / RATE for item in items(source) if isinstance(item, Placed)]
    assert firsts == [0, 1, 2, 10.5, 11.5]


def test_a_source_that_comes_back_at_another_rate_begins_anew(clock):
    found = items(Scripted(clock, 2, 2, away=6.0, rates=(RATE, 48_000)))
    placed = [item for item in found if isinstance(item, Placed)]
    assert [(p.sound.first, p.opened) for p in placed] == [
        (0, 5_000.0), (RATE, 5_000.0), (0, 5_008.0), (48_000, 5_008.0),
    ]  # fmt: skip


def test_what_no_patience_mends_ends_it():
    class Hopeless(Scripted):
        def read(self, stop):
            raise AudioError("there is no channel 3.")
            yield

    assert items(Hopeless(None, 1, away=0.0)) == [Ended("there is no channel 3.")]


@pytest.mark.planted
def test_what_nobody_expected_is_said_and_tried_again(own_home):
    class Odd(Scripted):
        tries = 0

        def read(self, stop):
            Odd.tries += 1
            if Odd.tries < 3:
                raise ZeroDivisionError("by zero")
            yield Sound(np.zeros(RATE, np.int16), RATE, 0)

    first, second, placed, ended = items(Odd(None, 1, away=0.0))
    assert first == second  # one reference, not one a try
    assert "should not have" in first.reason
    assert (len(placed.sound.samples), ended) == (RATE, Ended())


def test_that_nothing_comes_is_told_once_and_that_it_is_back(monkeypatch):
    now = [0.0]
    settings = MachineSettings("fan", "fan", "rtsp://x", cool_down=1.0)
    away = Away(settings, Past(), lambda: now[0])
    now[0] = 1e6
    assert away.look(0.0) == []  # a folder may be empty for ever
    away.expect_live()
    (told,) = away.look(0.0)
    assert (told.about, told.is_on) == ("nothing_comes", True)
    assert away.look(0.0) == []
    (told,) = away.back(0.0)
    assert (told.about, told.is_on) == ("nothing_comes", False)
    away.reason = "the stream has ended"
    now[0] += 35.0
    assert away.look(0.0) == []  # the cool-down: it flickers
    now[0] += 30.0
    (told,) = away.look(1000.0)
    assert (told.about, told.since) == ("disconnected", 935.0)
    assert "the stream has ended" in told.text

    after = Away(settings, Past(notices={"disconnected": told}), lambda: now[0])
    assert [n.about for n in after.back(0.0)] == ["disconnected"]  # a restart knows
