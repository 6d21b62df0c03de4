"""A full disk, a home that cannot be written to, a clock that is set: said, and nothing lost."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading
from dataclasses import replace

import numpy as np
import pytest
from listening import eventually
from segments import NORMAL, series
from sqlalchemy import event, func, select

from mimimi.errors import UserError
from mimimi.monitor.alarm import Rule, ScoredSegment
from mimimi.service import reader as reader_module
from mimimi.service.clock import Clock
from mimimi.service.history import history as history_module
from mimimi.service.history.history import History
from mimimi.service.history.tables import judgements
from mimimi.service.inbox import Inbox, Placed
from mimimi.service.judgement import Report
from mimimi.service.listener import Listener
from mimimi.service.reader import Reader
from mimimi.service.settings import ListenerSettings, MachineSettings
from mimimi.service.sources.source import Sound
from mimimi.service.switch import Switch

HOUR = 3600.0


def test_a_full_disk_is_said_waited_for_and_nothing_is_lost(tmp_path, monkeypatch):
    """SQLite says so itself, as of a disk, where it may take no more pages."""
    monkeypatch.setattr(history_module, "_RETRY_EVERY", 0.02)
    said: list[str] = []
    history = History(f"sqlite:///{tmp_path}/h.sqlite", complain=said.append)
    pages = ["64"]

    @event.listens_for(history.engine, "checkout")
    def _limit(connection, *_):
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    def write() -> None:
        for n in range(400):
            history.add("fan", Report(series(*[NORMAL] * 10, start=50.0 * n)))

    writer = threading.Thread(target=write)
    writer.start()
    eventually(lambda: said, 300.0)
    assert "database or disk is full" in said[0]
    assert history.newest("fan") is not None  # what was kept can be read meanwhile
    pages[0] = "100000"
    writer.join()
    assert said[1:] == ["the history is written again"]
    with history.engine.connect() as connection:
        found = select(func.count(), func.count(judgements.c.at.distinct()))
        assert connection.execute(found.select_from(judgements)).one() == (4000, 4000)
    history.close()
    with sqlite3.connect(tmp_path / "h.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_home_that_cannot_be_written_to_is_said_in_a_sentence(tmp_path, hum_detector):
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    sound = tmp_path / "dropped"
    sound.mkdir()
    os.chmod(tmp_path, 0o755)
    settings = ListenerSettings((MachineSettings("press 4", "hum", str(sound)),))
    said, child_says = multiprocessing.Pipe(duplex=False)

    def listen() -> None:
        if os.geteuid() == 0:
            os.setuid(65_534)  # to root nothing is forbidden
        os.environ["MIMIMI_HOME"] = str(home)
        try:
            Listener(settings, print, print, lambda _: hum_detector)
        except UserError as error:
            child_says.send(str(error))
        else:
            child_says.send("nothing")

    child = multiprocessing.get_context("fork").Process(target=listen)
    child.start()
    assert said.poll(600)
    sentence = said.recv()
    child.join()
    assert "ermission denied" in sentence
    assert "MIMIMI_HOME" in sentence
    assert list(home.iterdir()) == []


def test_sound_is_placed_by_the_clock_as_it_was_set(monkeypatch):
    """An hour back in the midst of a stream: no sample is lost, and times follow the clock."""
    ahead = [0.0]
    steady = iter(np.arange(0, 1e6, 0.25))
    now = [0.0]

    class Stream:
        can_wait, is_live = True, True

        def read(self, stop):
            for n in range(40):
                now[0] = next(steady)
                if n == 20:
                    ahead[0] = -HOUR
                yield Sound(np.zeros(4_000, np.int16), 16_000, 4_000 * n)

    def wall() -> float:
        return 1e6 + now[0] + ahead[0]

    monkeypatch.setattr(reader_module.time, "time", wall)
    monkeypatch.setattr(reader_module.time, "monotonic", lambda: now[0])
    inbox = Inbox(1)
    monkeypatch.setattr(reader_module, "Clock", lambda: Clock(wall, lambda: now[0]))
    Reader(Stream(), inbox, 0, threading.Event()).run()
    placed = []
    while (taken := inbox.take(0.0)) and isinstance(taken[1], Placed):
        placed.append(taken[1])
    assert [one.sound.first for one in placed] == [4_000 * n for n in range(40)]
    opened = [one.opened for one in placed]
    assert opened[:20] == 20 * [opened[0]]
    assert opened[20:] == 20 * [opened[0] - HOUR]


def test_a_clock_set_back_neither_holds_alarms_back_nor_stops_counting_what_ran(
    hum_detector, turning
):
    from mimimi.service.machine import Machine
    from mimimi.service.past import Past

    machine = Machine(
        MachineSettings("press 4", "hum", "-", cool_down=30.0),
        hum_detector,
        Past(),
        lambda *_: None,
    )
    pcm = np.round(turning * 32_767).astype(np.int16)

    def hear(opened: float) -> Report:
        found = Report()
        for first in range(0, len(pcm), 4_000):
            part = machine.hear(Placed(Sound(pcm[first : first + 4_000], 16_000, first), opened))
            found.judgements.extend(part.judgements)
            found.notices.extend(part.notices)
        return found

    def began(report: Report) -> int:
        return sum(notice.about == "alarm" and notice.is_on for notice in report.notices)

    before, after = hear(1e6), hear(1e6 - HOUR)
    assert began(before) == began(after) == 1
    assert sum(j.new for j in after.judgements) == pytest.approx(120, abs=1)


def test_only_what_ended_lately_holds_back():
    heard = [ScoredSegment("", 0.0, 10.0, 1.0, True)]
    switch = Switch(Rule(1, 1), cool_down=600.0, ended=HOUR)
    assert switch.hear(heard[0]) == "began"
    switch = Switch(Rule(1, 1), cool_down=600.0, ended=HOUR)
    assert switch.hear(replace(heard[0], start=HOUR + 60)) is None


def test_a_listener_says_that_the_clock_was_set(own_home, tmp_path, hum_detector, monkeypatch):
    from mimimi.service import listener as listener_module

    monkeypatch.setattr(listener_module, "_LOOK_EVERY", 0.02)
    said: list[str] = []
    sound = tmp_path / "dropped"
    sound.mkdir()
    settings = ListenerSettings((MachineSettings("press 4", "hum", str(sound)),))
    listener = Listener(settings, said.append, said.append, lambda _: hum_detector)
    ahead = [0.0]
    listener._clock = Clock(lambda: ahead[0], lambda: 0.0)
    thread = threading.Thread(target=listener.run)
    thread.start()
    ahead[0] = -HOUR
    eventually(lambda: any("the clock was set back by 60 min" in line for line in said), 300.0)
    listener.stop()
    thread.join()
