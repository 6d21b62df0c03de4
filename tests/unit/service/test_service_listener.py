from __future__ import annotations

import io
import json
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import requests
from listening import RtspServer, eventually
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from mimimi.errors import UserError
from mimimi.monitor.alarm import Rule
from mimimi.service import listener as listener_module
from mimimi.service import reader as reader_module
from mimimi.service.history import history as history_module
from mimimi.service.history.history import History
from mimimi.service.history.tables import judgements, recordings
from mimimi.service.inbox import Inbox, Placed
from mimimi.service.listener import Listener
from mimimi.service.reader import Backoff
from mimimi.service.settings import (
    ListenerSettings,
    MachineSettings,
    MqttSettings,
    ServeSettings,
    WebhookSettings,
)
from mimimi.service.sources import folder as folder_module
from mimimi.service.sources.source import Sound
from mimimi.service.telling import courier as courier_module


@pytest.fixture
def quick(monkeypatch, own_home):
    """Nothing is waited for that need not be."""
    monkeypatch.setattr(listener_module, "_LOOK_EVERY", 0.02)
    monkeypatch.setattr(folder_module, "_LOOK_EVERY", 0.02)
    for module in (reader_module, courier_module):
        monkeypatch.setattr(module, "Backoff", lambda: Backoff(0.02, 0.1))
    return own_home


@pytest.fixture
def run(quick, hum_detector):
    """Run a listener until something is true; what it said."""

    def go(settings: ListenerSettings, until) -> list[str]:
        said: list[str] = []
        listener = Listener(settings, said.append, said.append, lambda _: hum_detector)
        thread = threading.Thread(target=listener.run)
        thread.start()
        try:
            eventually(lambda: until(said), 300.0)
        finally:
            listener.stop()
            thread.join()
        return said

    return go


def of_folder(path: Path, **more) -> ListenerSettings:
    return ListenerSettings((MachineSettings("press 4", "hum", str(path), **more),))


def judged(count: int):
    """Whether so many recordings have been judged."""

    def is_it(_: object = None) -> bool:
        history = History()
        with history.engine.connect() as connection:
            found = connection.execute(select(func.count()).select_from(recordings)).scalar()
        history.close()
        return found >= count

    return is_it


@pytest.fixture
def day(drop, turning) -> Path:
    """Twelve recordings of 10 s, of which four are faulty."""
    for n, part in enumerate(np.split(turning, 12), start=1):
        path = drop(part, 10.0 * n)
    return path.parent


RULE = {"alarm": Rule(2, 3)}


def kept() -> list:
    history = History()
    with history.engine.connect() as connection:
        columns = (judgements.c.at, judgements.c.score, judgements.c.unusual, judgements.c.alarm)
        rows = connection.execute(select(*columns).order_by(judgements.c.id)).all()
    history.close()
    return [tuple(row) for row in rows]


def test_a_folder_is_judged_once_and_told_of_and_a_restart_does_neither_again(
    run, day, told, quick
):
    settings = replace(of_folder(day, **RULE), webhook=WebhookSettings(told.url))
    said = run(settings, judged(12))
    assert [(m["about"], m["on"]) for m in told.told] == [("alarm", True), ("alarm", False)]
    assert Path(told.told[0]["clip"]).is_file()
    assert any("press 4 sounds unusual" in line for line in said)
    assert len(kept()) == 12
    before = kept()
    run(settings, lambda _: time.sleep(0.3) or True)
    assert kept() == before
    assert len(told.told) == 2


def test_a_message_links_to_its_clip_which_the_listener_serves(run, day, told, quick):
    settings = replace(
        of_folder(day, **RULE),
        webhook=WebhookSettings(told.url),
        serve=ServeSettings(port=0, token="a token of this test"),
    )
    heard: list[requests.Response] = []

    def until(_: list[str]) -> bool:
        if told.told and not heard:
            heard.append(requests.get(told.told[0]["link"], timeout=600))
        return bool(heard)

    said = run(settings, until)
    assert heard[0].headers["content-type"] == "audio/flac"
    assert any(line.startswith("serving at http://127.0.0.1:") for line in said)


def test_a_detector_that_was_told_something_is_heeded_without_a_restart(
    quick, day, drop, hum, hum_detector, monkeypatch, tmp_path
):
    monkeypatch.setattr(listener_module, "_RELOAD_EVERY", 0.05)
    place = tmp_path / "learnt"
    hum_detector.save_pretrained(place)
    machine = MachineSettings("press 4", str(place), str(day))
    listener = Listener(ListenerSettings((machine,)), print, print)
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        eventually(judged(12), 300.0)
        assert kept()[7][1] > 5  # it hums otherwise
        hum_detector.was_normal((hum(10, hertz=600.0, seed=103), 16_000)).save_pretrained(place)
        changed = listener.machines[0]
        eventually(lambda: changed._detector.occasions[-1].kind == "normal", 300.0)
        drop(hum(10, hertz=600.0, seed=103), 130.0)
        eventually(judged(13), 300.0)
    finally:
        listener.stop()
        thread.join()
    assert kept()[12][1] < 5


def test_a_detector_that_no_longer_knows_its_machine_stops_nobody(
    quick, day, drop, hum, hum_detector, monkeypatch, tmp_path
):
    monkeypatch.setattr(listener_module, "_RELOAD_EVERY", 0.05)
    place = tmp_path / "learnt"
    hum_detector.save_pretrained(place)
    machine = MachineSettings("press 4", str(place), str(day), machine_id="hum")
    said: list[str] = []
    listener = Listener(ListenerSettings((machine,)), said.append, said.append)
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        eventually(judged(12), 300.0)
        hum_detector.renamed("buzz").save_pretrained(place)
        eventually(lambda: any("knows no" in line for line in said), 300.0)
        drop(hum(10, seed=103), 130.0)
        eventually(judged(13), 300.0)
    finally:
        listener.stop()
        thread.join()
    assert sum("knows no" in line for line in said) == 1


def test_a_listener_that_is_killed_loses_nothing_and_tells_everything(
    run, day, told, quick, hum_detector, monkeypatch
):
    """By SIGKILL, at moments drawn at random; compared with one that nobody kills."""
    settings = replace(of_folder(day, **RULE), webhook=WebhookSettings(told.url))
    run(settings, judged(12))
    whole, events = kept(), [(m["about"], m["on"], m["at"]) for m in told.told]

    monkeypatch.setenv("MIMIMI_HOME", str(quick / "another"))
    told.told.clear()
    chance, fork = random.Random(0), multiprocessing.get_context("fork")

    def listen() -> None:
        quiet: list[str] = []
        Listener(settings, quiet.append, quiet.append, lambda _: hum_detector).run()

    for _ in range(5):
        child = fork.Process(target=listen)
        child.start()
        time.sleep(chance.uniform(0.05, 0.4))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    run(settings, judged(12))  # what was still to be judged and told
    assert kept() == whole
    numbers = [m["id"] for m in told.told]
    once = {m["id"]: (m["about"], m["on"], m["at"]) for m in told.told}
    assert numbers == sorted(numbers)  # in order, though perhaps twice
    assert list(once.values()) == events


def test_a_database_that_is_away_for_a_while_costs_nothing(run, day, quick, monkeypatch):
    away = iter(range(9))

    def sometimes(real):
        def do(*arguments):
            if next(away, None) is not None:
                raise OperationalError("", {}, Exception("the server closed the connection"))
            return real(*arguments)

        return do

    monkeypatch.setattr(history_module, "_RETRY_EVERY", 0.02)
    for name in ("is_judged", "_add", "to_tell", "newest"):
        monkeypatch.setattr(History, name, sometimes(getattr(History, name)))
    said = run(of_folder(day, **RULE), judged(12))
    assert len(kept()) == 12
    assert any("the server closed the connection" in line for line in said)


def test_two_listeners_of_one_home_are_refused(quick, day, hum_detector):
    first = Listener(of_folder(day), print, print, lambda _: hum_detector)
    with pytest.raises(UserError, match="Another listener"):
        Listener(of_folder(day), print, print, lambda _: hum_detector)
    first.stop()
    first.run()
    Listener(of_folder(day), print, print, lambda _: hum_detector).stop()


def test_a_stream_that_breaks_is_opened_again_and_it_is_told(run, hum, quick):
    server = RtspServer(hum(12), pace=20.0)
    address = f"rtsp://127.0.0.1:{server.port}/live"
    machine = MachineSettings("press 4", "hum", address, nothing_after=2.0, cool_down=0.0)
    servers = [server]

    def until(said: list[str]) -> bool:
        text = "\n".join(said)
        if len(servers) == 1 and kept():
            server.close()
            servers.append(None)
        if len(servers) == 2 and "for 2 s now" in text:  # it was told that it is away
            servers.append(RtspServer(hum(12, seed=1), port=server.port, pace=20.0))
        return "sound comes again" in text and len([row for row in kept() if row[1]]) >= 2

    said = run(ListenerSettings((machine,)), until)
    servers[-1].close()
    assert any("cannot be read" in line or "has ended" in line for line in said)
    history = History()
    told = [(notice.about, notice.is_on) for _, notice in history.notices("press 4")]
    assert told[:2] == [("disconnected", True), ("disconnected", False)]
    history.close()


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
    taken = [inbox.take(5.0)[1].sound.first for _ in range(100)]
    writer.join()
    assert taken == list(range(100))


def test_machines_are_heard_in_turn():
    inbox, second = Inbox(2), np.zeros(16_000, np.int16)
    for n in range(10):
        inbox.put(0, Placed(Sound(second, 16_000, n), 0.0), can_wait=False)
    inbox.put(1, Placed(Sound(second, 16_000, 0), 0.0), can_wait=False)
    assert [inbox.take(0.0)[0] for _ in range(3)] == [0, 1, 0]


def test_a_machine_that_turns_faulty_is_told_to_broker_and_webhook_within_40_s_and_not_before(
    run, turning, told, quick, broker, subscribe, monkeypatch
):
    """Through a pipe, which waits: as fast as it goes, on however busy a machine."""
    pcm = np.round(turning * 32_767).astype("<i2").tobytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(pcm)))
    phone = subscribe()
    settings = ListenerSettings(
        (MachineSettings("press 4", "hum", "-"),),
        webhook=WebhookSettings(told.url),
        mqtt=MqttSettings(broker.url),
    )
    run(settings, lambda _: len(told.told) == 2 and len(phone.events()) == 2)
    history = History()
    began = history.past("press 4", 1000).judgements[0].at
    history.close()
    events = [json.loads(text) for topic, text, _ in phone.heard if topic.endswith("/event")]
    assert events == told.told
    assert [(event["about"], event["on"]) for event in events] == [
        ("alarm", True),
        ("alarm", False),
    ]
    at = datetime.fromisoformat(events[0]["at"].replace("Z", "+00:00")).timestamp() - began
    assert 40 < at <= 80  # faulty from 40 s on
    assert phone.last["mimimi/press-4/alarm"] == "OFF"


def test_lines_on_standard_output_are_the_events(run, day, quick, capsys):
    run(of_folder(day, **RULE), judged(12))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["machine"], line["about"], line["on"]) for line in lines] == [
        ("press 4", "alarm", True),
        ("press 4", "alarm", False),
    ]
