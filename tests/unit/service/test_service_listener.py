"""A listener over days: what it judges, and what cannot stop it."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from listening import eventually
from of_folder import RULE, judged, kept, of_folder
from sqlalchemy.exc import OperationalError

from mimimi.errors import UserError
from mimimi.service import listener as listener_module
from mimimi.service.history import history as history_module
from mimimi.service.history.history import History
from mimimi.service.inbox import Placed
from mimimi.service.listener import Listener
from mimimi.service.settings import (
    ListenerSettings,
    MachineSettings,
    WebhookSettings,
)
from mimimi.service.sources.source import Sound


def test_a_folder_is_judged_once_and_told_of_and_a_restart_does_neither_again(
    run, day, told, quick
):
    settings = replace(of_folder(day, **RULE), webhook=WebhookSettings(told.url))
    said = run(settings, judged(12))
    assert [(m["about"], m["on"]) for m in told.told] == [("alarm", True), ("alarm", False)]
    assert Path(told.told[0]["clip"]).is_file()
    assert any("press 4 sounds unusual" in line for line in said)
    assert not any("has ended" in line for line in said)  # it was stopped
    assert len(kept()) == 12
    before = kept()
    run(settings, lambda _: time.sleep(0.3) or True)
    assert kept() == before
    assert len(told.told) == 2


def test_a_file_that_is_no_sound_is_said_once(run, day, quick):
    (day / "notes.wav").write_text("this is a note, no sound")
    os.utime(day / "notes.wav", (1e9, 1e9))
    said = run(of_folder(day), judged(13))
    assert [line for line in said if "notes.wav" in line][1:] == []
    assert any(line.startswith("press 4: ") and "notes.wav" in line for line in said)
    assert not any("notes.wav" in line for line in run(of_folder(day), judged(13)))


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
    run, day, told, quick, hum_detector, monkeypatch, tmp_path
):
    """By SIGKILL, at 20 moments drawn at random; compared with one that nobody kills."""
    settings = replace(of_folder(day, **RULE), webhook=WebhookSettings(told.url))
    run(settings, judged(12))
    whole, events = kept(), [(m["about"], m["on"], m["at"]) for m in told.told]

    monkeypatch.setenv("MIMIMI_HOME", str(quick / "another"))
    told.told.clear()
    chance, fork = random.Random(0), multiprocessing.get_context("fork")

    def listen() -> None:
        quiet: list[str] = []
        Listener(settings, quiet.append, quiet.append, lambda _: hum_detector).run()

    for path in (coming := sorted(day.iterdir())):
        path.rename(tmp_path / path.name)
    for _ in range(20):
        for path in coming[:1]:  # that each has something to judge, or what was left of the last
            (tmp_path / path.name).rename(path)
        coming = coming[1:]
        child = fork.Process(target=listen)
        child.start()
        time.sleep(chance.uniform(0.02, 0.3))
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


def test_a_source_whose_sound_waits_has_not_fallen_silent(own_home, hum_detector):
    settings = ListenerSettings((MachineSettings("press 4", "hum", "rtsp://127.0.0.1:9/x"),))
    listener = Listener(settings, print, print, lambda _: hum_detector)
    with listener._open:
        listener.machines[0].away._clock = lambda: 1e9  # a database was away for years
        sound = Sound(np.zeros(16_000, np.int16), 16_000, 0)
        listener._inbox.put(0, Placed(sound, 0.0), can_wait=True)
        listener._look(0)
        assert not listener._history.notices("press 4")
        listener._inbox.take(0.0)
        listener._look(0)
        ((_, told),) = listener._history.notices("press 4")
        assert told.about == "nothing_comes"


def test_two_listeners_of_one_home_are_refused(quick, day, hum_detector):
    first = Listener(of_folder(day), print, print, lambda _: hum_detector)
    with pytest.raises(UserError, match="Another listener"):
        Listener(of_folder(day), print, print, lambda _: hum_detector)
    first.stop()
    first.run()
    Listener(of_folder(day), print, print, lambda _: hum_detector).stop()


def test_a_camera_that_is_killed_and_comes_back_is_heard_again_and_it_is_told(run, hum, camera):
    watched = camera(hum(60))
    machine = MachineSettings("press 4", "hum", watched.url, nothing_after=2.0, cool_down=0.0)
    heard: list[int] = []  # segments, when it was killed and when it came back

    def until(said: list[str]) -> bool:
        if not heard and kept():
            watched.kill()
            heard.append(len(kept()))
        elif len(heard) == 1 and any(" s now" in line for line in said):  # that it is away
            watched.start()
            heard.append(len(kept()))
        return len(heard) == 2 and len(kept()) >= heard[1] + 2

    said = run(ListenerSettings((machine,)), until)
    broken = ("cannot be read", "cannot be reached", "has ended")
    assert any(why in line for line in said for why in broken)
    assert any("sound comes again" in line for line in said)
    history = History()
    told = [(notice.about, notice.is_on) for _, notice in history.notices("press 4")]
    assert told[:2] == [("disconnected", True), ("disconnected", False)]
    history.close()
