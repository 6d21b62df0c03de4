"""Whom a listener tells: broker, webhook and standard output, in time and with the sound."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
import requests
from camera import write_aac
from listening import pipe_of
from of_folder import RULE, judged, of_folder
from streamlit.testing.v1 import AppTest
from visit import MAIN, said

from mimimi.detector.detector import Detector
from mimimi.service import inbox
from mimimi.service.history.history import History
from mimimi.service.settings import (
    ListenerSettings,
    MachineSettings,
    MqttSettings,
    ServeSettings,
    WebhookSettings,
)


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


@pytest.fixture
def pipe(turning, hum_detector, monkeypatch, tmp_path) -> tuple[str, Detector]:
    """Which waits: as fast as it goes, on however busy a machine."""
    pcm = np.round(turning[:WELL_AND_FAULTY] * 32_767).astype("<i2").tobytes()
    monkeypatch.setattr(sys, "stdin", pipe_of(pcm, tmp_path))
    return "-", hum_detector


@pytest.fixture
def coded(turning, hum, camera, tmp_path, monkeypatch) -> tuple[str, Detector]:
    """The AAC of a camera, and a detector that has learnt from what such a camera sends."""
    monkeypatch.setattr(inbox, "_MOST", 600.0)  # nothing is dropped, however busy the machine
    heard = [tmp_path / f"{seed}.aac" for seed in range(20)]
    for seed, path in enumerate(heard):
        write_aac(path, hum(seed=seed))
    return camera(turning[:WELL_AND_FAULTY]).url, Detector.learn("hum", heard)


WELL_AND_FAULTY = 80 * 16_000  # samples, half of each


@pytest.mark.parametrize("kind", ["pipe", "coded"])
def test_a_machine_that_turns_faulty_is_told_to_broker_webhook_and_page_within_40_s_and_not_before(
    run, kind, told, quick, broker, subscribe, request
):
    source, detector = request.getfixturevalue(kind)
    phone = subscribe()
    settings = ListenerSettings(
        (MachineSettings("press 4", "hum", source, machine_id="hum"),),
        webhook=WebhookSettings(told.url),
        mqtt=MqttSettings(broker.url),
    )
    run(settings, lambda _: told.told and phone.events(), detector)
    history = History()
    heard = history.past("press 4", 1000).judgements
    history.close()
    [event] = told.told
    assert [json.loads(text) for topic, text, _ in phone.heard if topic.endswith("/event")] == [
        event
    ]
    assert (event["machine"], event["about"], event["on"]) == ("press 4", "alarm", True)
    at = datetime.fromisoformat(event["at"].replace("Z", "+00:00")).timestamp()
    assert 40 < at - heard[0].at <= 80  # faulty from 40 s on
    assert phone.last["mimimi/press-4/alarm"] == "ON"

    now = monitor()
    assert "Alarm: it sounds unusual" in said(now)
    before = said(monitor(machine="press 4", at=f"{heard[0].at + 34:.0f}")).replace("\\", "")
    assert "alarm: off (0 of the last 6 segments unusual" in before.lower()
    after = said(monitor(machine="press 4", at=f"{at - 4:.0f}")).replace("\\", "")
    assert "alarm: on (" in after.lower()


def monitor(**address: str) -> AppTest:
    """The page Monitor, as it is shown at an address."""
    page = AppTest.from_file(str(MAIN), default_timeout=600).run()
    page.query_params.update(address)
    return page.switch_page("monitor/page.py").run()


def test_lines_on_standard_output_are_the_events(run, day, quick, capsys):
    run(of_folder(day, **RULE), judged(12))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["machine"], line["about"], line["on"]) for line in lines] == [
        ("press 4", "alarm", True),
        ("press 4", "alarm", False),
    ]
