"""Whom a listener tells: broker, webhook and standard output, in time and with the sound."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

import numpy as np
import requests
from of_folder import RULE, judged, of_folder

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
