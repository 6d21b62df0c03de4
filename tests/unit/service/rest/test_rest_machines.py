"""Machines over HTTP: as they are and were, their clips, and events as they come."""

from __future__ import annotations

import io
import json

import numpy as np
import requests
import soundfile
from asking import TOKEN, problem
from prometheus_client.parser import text_string_to_metric_families
from segments import ALARM, NORMAL, on_press, series
from sqlalchemy.exc import OperationalError

from mimimi.service.clips import Clips
from mimimi.service.history.history import History
from mimimi.service.history.tables import folder
from mimimi.service.judgement import Report


def test_machines_are_shown_as_they_are_and_were(serve, heard):
    client = serve()
    (shown,) = client.get("/machines").json()
    assert (shown["name"], shown["alarm"], shown["acknowledged"]) == ("press 4", "on", False)
    assert shown == client.get("/machines/press 4").json()
    assert shown == client.get("/machines/press-4").json()
    when = {"start": "1970-01-01T00:00:00Z", "end": "1970-01-01T00:01:00Z", "points": 4}
    points = client.get("/machines/press 4/history", params=when).json()
    assert [point["unusual"] for point in points] == [0, 0, 0, 3]
    assert points[1]["at"] == "1970-01-01T00:00:15Z"
    (event,) = client.get("/machines/press 4/events").json()
    assert (event["id"], event["about"], event["on"]) == (1, "alarm", True)
    said = client.get("/machines/press 4/why", params={"at": "1970-01-01T00:00:03Z"}).json()
    assert any("score: 1.000" in line for line in said)
    naive = client.get("/machines/press 4/why", params={"at": "1970-01-01T00:00:03"})
    assert "timezone" in problem(naive)[1]
    early = client.get("/machines/press 4/why", params={"at": "0001-01-01T00:00:00Z"})
    assert "from the years 1970" in problem(early)[1]


def test_a_machine_is_acknowledged_and_muted(serve, heard):
    client = serve()
    assert client.post("/machines/press-4/acknowledge").json()["acknowledged"]
    assert client.get("/machines/press 4").json()["acknowledged"]
    assert "did you mean press 4?" in problem(client.get("/machines/pres-4"))[1]
    until = {"until": "2999-01-01T00:00:00Z"}
    muted = client.post("/machines/press 4/mute", json=until).json()
    assert muted["muted_until"] == "2999-01-01T00:00:00Z"
    last = {"until": "9999-12-31T23:59:59-12:00"}  # in UTC it is the year 10000
    assert client.post("/machines/press 4/mute", json=last).json()["muted_until"] > "9998"
    unmuted = client.post("/machines/press 4/mute", json={"until": None}).json()
    assert unmuted["muted_until"] is None
    heard.add("pump", Report(series(NORMAL)))
    assert "no alarm" in problem(client.post("/machines/pump/acknowledge"))[1]


def test_clips_are_listed_and_heard_also_by_a_link_in_a_message(serve, heard, rng):
    noise = rng.uniform(-1, 1, 16_000).astype(np.float32)
    Clips(folder() / "clips", 9, 365, print).keep("press 4", 0.0, noise, 16_000, "alarm", 3.0)
    client = serve(TOKEN)
    (clip,) = client.get("/machines/press 4/clips").json()
    answer = requests.get(client.address + clip["address"], timeout=600)  # without the token
    assert answer.headers["content-type"] == "audio/flac"
    assert len(soundfile.read(io.BytesIO(answer.content))[0]) == 16_000
    unsigned = clip["address"].partition("?")[0]
    assert requests.get(client.address + unsigned, timeout=600).status_code == 401
    assert client.get(unsigned).ok
    endless = f"/clips/press-4/{'x' * 300}.flac"
    for wrong in (
        endless,
        "/clips/press-4/no.flac",
        "/clips/..%2F/x.flac",
        "/clips/press-4/..%2F..%2Fa",
    ):
        assert problem(client.get(wrong))[0] == 404


def test_events_come_as_a_stream_and_none_is_missed_in_between(serve, heard):
    client = serve()

    def follow(count: int, last: int | None = None, meanwhile=lambda: None) -> list[dict]:
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        found, number = [], None
        with client.get("/events", headers=headers, stream=True) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            for line in stream.iter_lines(decode_unicode=True):
                if line.startswith(":") and "now" in line:
                    meanwhile()
                elif line.startswith("id: "):
                    number = int(line[4:])
                elif line.startswith("data: "):
                    found.append(json.loads(line[6:]))
                elif not line and found and number is not None and len(found) == count:
                    assert number == found[-1]["id"]
                    return found
        raise AssertionError("the stream ended")

    def ends() -> None:
        heard.add("press 4", Report(notices=[on_press(ALARM, is_on=False, at=99.0)]))

    (ended,) = follow(1, meanwhile=ends)
    assert (ended["id"], ended["on"]) == (2, False)
    heard.add("press 4", Report(notices=[on_press(ALARM, is_held=True)]))  # while it is muted
    heard.add("press 4", Report(notices=[on_press(ALARM, at=200.0)]))
    assert [event["id"] for event in follow(2, last=1)] == [2, 4]
    beyond = client.get("/events", headers={"Last-Event-ID": str(2**63)})
    assert problem(beyond)[0] == 422


def test_a_stream_of_events_outlasts_a_database_that_is_restarted(serve, heard, monkeypatch):
    answers, client = History.told_after, serve()
    away = iter([True] * 3)

    def told_after(history: History, number: int) -> list:
        if next(away, False):
            raise OperationalError("", None, Exception("no connection"))
        return answers(history, number)

    monkeypatch.setattr(History, "told_after", told_after)
    with client.get("/events", headers={"Last-Event-ID": "0"}, stream=True) as stream:
        lines = stream.iter_lines(decode_unicode=True)
        assert next(line for line in lines if line.startswith("id: ")) == "id: 1"


def test_prometheus_finds_each_machine(serve, heard):
    answer = serve().get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {
        (sample.name, sample.labels.get("fault") or sample.labels.get("state", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.labels["machine"] == "press 4"
    }
    assert found["mimimi_score", ""] == 3.0
    assert found["mimimi_threshold", ""] == 2.0
    assert found["mimimi_level_dbfs", ""] == -20.0
    assert found["mimimi_alarm", ""] == found["mimimi_running", ""] == 1.0
    assert found["mimimi_state", "running"] == 1.0
    assert found["mimimi_state", "off"] == found["mimimi_state", "deeper"] == 0.0
    assert found["mimimi_alarms_total", ""] == 1.0
    assert found["mimimi_muted", ""] == 0.0
    assert found["mimimi_microphone_fault", "silent"] == 0.0
    assert found["mimimi_heard_timestamp_seconds", ""] == 65.0
    assert found["mimimi_running_seconds_24h", ""] == 60.0
