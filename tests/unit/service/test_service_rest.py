"""The REST interface, asked over HTTP as anybody would."""

from __future__ import annotations

import io
import json
import threading
import time
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
import requests
import soundfile
from listening import eventually
from prometheus_client.parser import text_string_to_metric_families
from segments import ALARM, NORMAL, UNUSUAL, series

from mimimi.detector.detector import Detector
from mimimi.errors import UserError
from mimimi.files import home
from mimimi.service.clips import Clips
from mimimi.service.history.history import History
from mimimi.service.history.tables import folder
from mimimi.service.judgement import Report
from mimimi.service.rest import examples
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.server import Server
from mimimi.service.settings import ServeSettings

TOKEN = "a token of this test"


class Client:
    """Asks one server."""

    def __init__(self, address: str, token: str | None) -> None:
        self.address = address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, headers=None, **more) -> requests.Response:
        headers = self._headers | (headers or {})
        return requests.get(self.address + path, headers=headers, timeout=600, **more)

    def post(self, path: str, headers=None, **more) -> requests.Response:
        headers = self._headers | (headers or {})
        return requests.post(self.address + path, headers=headers, timeout=600, **more)


@pytest.fixture
def serve(own_home):
    """Start servers on this computer; ask them by what is given."""
    started = []

    def start(token: str | None = None, **settings) -> Client:
        server = Server(
            Backend(ServeSettings(port=0, token=token, **settings), History(), folder() / "clips")
        )
        thread = server.start()
        started.append((server, thread))
        client = Client(server.address, token)
        eventually(lambda: client.get("/health").ok)
        return client

    yield start
    for server, thread in started:
        server.stop()
        thread.join()


@pytest.fixture
def learnt(own_home, hum_detector):
    hum_detector.save_pretrained(home() / "runs" / "hum")


@pytest.fixture
def wav(hum):
    def make(seconds: float = 10.0, **sound) -> bytes:
        file = io.BytesIO()
        soundfile.write(file, hum(seconds, **sound), 16_000, format="WAV")
        return file.getvalue()

    return make


@pytest.fixture
def heard(own_home):
    """A history with a machine that sounds unusual."""
    history = History()
    history.add("press 4", Report(series(*[NORMAL] * 9, *[UNUSUAL] * 3), [on_press(ALARM)]))
    return history


def on_press(notice, **more):
    return replace(notice, machine="press 4", **more)


def problem(answer: requests.Response) -> tuple[int, str]:
    """What is wrong, as RFC 9457 has it."""
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["type"] == "about:blank"
    return answer.status_code, told["detail"]


def test_a_recording_is_judged_as_anywhere_else(serve, learnt, hum_detector, wav):
    client, fault = serve(), wav(hertz=600.0, seed=7)
    files = {"recording": ("clip.wav", fault)}
    answer = client.post("/detectors/hum/score", files=files, data={"explanation": "true"})
    assert answer.status_code == 200, answer.text
    told, expected = answer.json(), hum_detector.analyse(fault, name="clip.wav")
    assert told["is_anomalous"] is True
    assert told["score"] == pytest.approx(expected.score)
    assert (told["file"], told["machine_id"]) == ("clip.wav", "hum")
    assert "Hz" in told["where"]
    well = client.post("/detectors/hum/score", files={"recording": ("a.wav", wav(seed=99))})
    assert well.json()["is_anomalous"] is False


def test_a_machine_is_learnt_judged_and_told_of(serve, wav):
    client = serve()
    minute = [("recordings", (f"{n}.wav", wav(seed=n))) for n in range(6)]
    answer = client.post("/detectors/Press 4", files=minute, data={"kind": "press"})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["machines"]) == ("press-4", ["Press 4"])
    assert "press-4" in client.get("/detectors").json()
    status, said = problem(client.post("/detectors/press 4", files=minute))
    assert status == 409
    assert "already" in said

    unusual = {"recording": ("a.wav", wav(hertz=600.0, seed=50))}
    assert client.post("/detectors/press-4/score", files=unusual).json()["is_anomalous"]
    bearing = {"was": "fault", "fault": "bearing"}
    told = client.post("/detectors/press-4/feedback", files=unusual, data=bearing)
    assert "bearing" in told.json()["learnt"][-1]
    like = {"recording": ("b.wav", wav(hertz=600.0, seed=51))}
    assert "bearing" in client.post("/detectors/press-4/score", files=like).json()["like"]
    assert Detector.from_pretrained(home() / "runs" / "press-4").occasions[-1].fault == "bearing"
    again = client.post("/detectors/press-4/feedback", files=unusual, data=bearing)
    assert problem(again)[0] == 422
    assert problem(client.post("/detectors/fan/feedback", files=unusual, data=bearing))[0] == 422


def test_what_is_wrong_is_a_problem_with_the_sentence_said_elsewhere(serve, learnt, wav):
    client = serve(megabytes=1.0, seconds=20.0)

    def score(content: bytes, name: str = "hum", **data) -> tuple[int, str]:
        files = {"recording": ("clip.wav", content)}
        return problem(client.post(f"/detectors/{name}/score", files=files, data=data))

    for status, found, said in [
        (422, score(b"this is no sound"), "not a sound file"),
        (422, score(b""), "empty"),
        (422, score(wav(), machine_id="id_99"), "knows no"),
        (422, score(wav(), channel="3"), "there is no channel 3"),
        (422, score(wav(), channel="many"), "channel"),
        (422, score(wav(25.0)), "longer than 20 s"),
        (404, score(wav(), name="press 9"), "There is no detector 'press 9'"),
        (404, score(wav(), name="..%2F..%2Fetc"), "Not Found"),
        (413, score(bytes(2_000_000)), "more than 1 MB"),
        (404, problem(client.get("/machines/pump")), "There is no history of 'pump'"),
        (404, problem(client.get("/nowhere")), "Not Found"),
        (405, problem(client.post("/machines")), "Not Allowed"),
    ]:
        assert found[0] == status, found
        assert said in found[1]


def test_sound_that_says_it_is_short_is_measured_all_the_same(serve, learnt, wav):
    client = serve(seconds=20.0)
    flac = io.BytesIO()
    silence = 1e-3 * np.random.default_rng(0).standard_normal(16_000 * 30)
    soundfile.write(flac, silence, 16_000, format="FLAC")
    lying = bytearray(flac.getvalue())
    lying[21:26] = bytes([lying[21] & 0xF0, 0, 0, 0x10, 0])  # 4,096 samples, its header says
    files = {"recording": ("clip.flac", bytes(lying))}
    status, said = problem(client.post("/detectors/hum/score", files=files))
    assert (status, "longer than 20 s" in said) == (422, True)


def test_a_body_that_does_not_say_its_length_is_cut_off(serve, learnt):
    def endless():
        yield b'--xxx\r\nContent-Disposition: form-data; name="recording"; filename="a"\r\n\r\n'
        for _ in range(300):
            yield bytes(10_000)

    client = serve(megabytes=1.0)
    kind = {"Content-Type": "multipart/form-data; boundary=xxx"}
    status, said = problem(client.post("/detectors/hum/score", headers=kind, data=endless()))
    assert (status, "more than 1 MB" in said) == (413, True)


def test_so_many_requests_wait_and_no_more(serve, learnt, wav, monkeypatch):
    held, reached = threading.Event(), threading.Event()

    def measure(self, sound):
        reached.set()
        held.wait(600)
        return real(self, sound)

    real = Detector.measure
    monkeypatch.setattr(Detector, "measure", measure)
    client, answers = serve(waiting=2), []
    files = {"recording": ("clip.wav", wav())}

    def ask() -> None:
        answers.append(client.post("/detectors/hum/score", files=files))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    threads[0].start()
    assert reached.wait(600)
    threads[1].start()

    def refused() -> list[requests.Response]:  # as soon as both wait
        answer = client.post("/nowhere", data=b"x")
        return [answer] if answer.status_code == 503 else []

    (answer,) = eventually(refused)
    assert "requests wait already" in problem(answer)[1]
    assert answer.headers["retry-after"]
    assert client.get("/health").ok
    held.set()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200]


def test_only_this_computer_is_let_in_without_a_token(serve, heard):
    client = serve()
    assert client.get("/machines").ok
    for host in ("evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""):
        status, said = problem(client.get("/machines", headers={"Host": host}))
        assert (status, "localhost" in said) == (403, True)
    mute = "/machines/press 4/mute"
    evil = {"Origin": "http://evil.example"}
    assert problem(client.post(mute, headers=evil, json={"until": None}))[0] == 403
    own = {"Origin": client.address}
    assert client.post(mute, headers=own, json={"until": None}).ok
    with pytest.raises(UserError, match="token"):
        Server(Backend(ServeSettings(host="0.0.0.0", port=0), heard, folder()))


def test_with_a_token_it_is_asked_for(serve, heard):
    client = serve(TOKEN)
    assert client.get("/machines").ok
    assert client.get("/machines", headers={"Host": "plant.local"}).ok
    for wrong in ("", "Bearer ", "Bearer a wrong one", TOKEN[:-1]):
        answer = client.get("/machines", headers={"Authorization": wrong})
        assert problem(answer)[0] == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert requests.get(client.address + "/health", timeout=600).ok
    assert requests.get(client.address + "/openapi.json", timeout=600).ok
    assert requests.get(client.address + "/metrics", timeout=600).status_code == 401


def test_machines_are_shown_as_they_are_and_were(serve, heard):
    client = serve()
    (shown,) = client.get("/machines").json()
    assert (shown["name"], shown["alarm"], shown["acknowledged"]) == ("press 4", "on", False)
    assert shown == client.get("/machines/press 4").json()
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


def test_a_machine_is_acknowledged_and_muted(serve, heard):
    client = serve()
    assert client.post("/machines/press 4/acknowledge").json()["acknowledged"]
    until = {"until": "2999-01-01T00:00:00Z"}
    muted = client.post("/machines/press 4/mute", json=until).json()
    assert muted["muted_until"] == "2999-01-01T00:00:00Z"
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
    for wrong in ("/clips/press-4/no.flac", "/clips/..%2F/x.flac", "/clips/press-4/..%2F..%2Fa"):
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


def test_prometheus_finds_each_machine(serve, heard):
    answer = serve().get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {
        (sample.name, sample.labels.get("fault", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.labels["machine"] == "press 4"
    }
    assert found["mimimi_score", ""] == 3.0
    assert found["mimimi_threshold", ""] == 2.0
    assert found["mimimi_level_dbfs", ""] == -20.0
    assert found["mimimi_alarm", ""] == found["mimimi_running", ""] == 1.0
    assert found["mimimi_alarms_total", ""] == 1.0
    assert found["mimimi_muted", ""] == 0.0
    assert found["mimimi_microphone_fault", "silent"] == 0.0
    assert found["mimimi_heard_timestamp_seconds", ""] == 65.0
    assert found["mimimi_running_seconds_24h", ""] == 60.0


def test_the_description_is_openapi_and_its_examples_fit_it(serve):
    told = serve().get("/openapi.json").json()
    assert told["openapi"].startswith("3.")
    seen = []
    for path, operations in told["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            for status, answer in operation["responses"].items():
                for media, content in answer.get("content", {}).items():
                    if "example" not in content:
                        continue
                    schema = content.get("schema") or schema_of(answer, status)
                    whole = {**schema, "components": told["components"]}
                    shown = content["example"]
                    # FastAPI leaves out what is null.
                    known = [e for e in EXAMPLES if without_null(e) == shown]
                    jsonschema.validate(known[0] if known else shown, whole)
                    seen.append((path, status, media))
    assert ("/detectors/{name}/score", "200", "application/json") in seen
    assert ("/detectors/{name}/score", "413", "application/problem+json") in seen
    assert len({path for path, _, _ in seen}) >= 8


EXAMPLES = [examples.DETECTOR, examples.VERDICT, examples.MACHINE]


def without_null(example: dict) -> dict:
    return {key: value for key, value in example.items() if value is not None}


def schema_of(answer: dict, status: str) -> dict:
    """Of a problem, whose schema stands beside another kind of content."""
    return next(content["schema"] for content in answer["content"].values() if "schema" in content)


def test_examples_are_as_things_are(serve, heard, learnt):
    client = serve()
    assert set(client.get("/machines").json()[0]) == set(examples.MACHINE)
    assert set(client.get("/detectors/hum").json()) == set(examples.DETECTOR)


@pytest.mark.planted
def test_a_mistake_of_ours_is_a_problem_with_a_reference(serve, heard, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    client = serve()
    monkeypatch.setattr(History, "newest", broken)
    status, said = problem(client.get("/machines"))
    assert status == 500
    assert "reference" in said


def test_a_port_that_is_taken_is_said(serve):
    client = serve()
    port = int(client.address.rpartition(":")[2])
    with pytest.raises(UserError, match=f"Port {port}"):
        Server(Backend(ServeSettings(port=port), History(), folder()))


def test_a_server_ends_though_somebody_follows_the_stream(serve, heard):
    client = serve()
    with client.get("/events", stream=True) as stream:
        next(stream.iter_lines())
        time.sleep(0)  # the fixture stops the server while this is open
