"""Who is let in over HTTP, and with how much."""

from __future__ import annotations

import threading

import pytest
import requests
from asking import TOKEN, problem
from listening import eventually

from mimimi.detector.detector import Detector
from mimimi.errors import UserError
from mimimi.service.history.tables import folder
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.server import Server
from mimimi.service.settings import ServeSettings


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
    assert client.get("/machines", headers={"Authorization": f"bearer {TOKEN}"}).ok
    for wrong in ("", "Bearer ", "Bearer a wrong one", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}"):
        answer = client.get("/machines", headers={"Authorization": wrong})
        assert problem(answer)[0] == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert requests.get(client.address + "/health", timeout=600).ok
    assert requests.get(client.address + "/openapi.json", timeout=600).ok
    assert requests.get(client.address + "/metrics", timeout=600).status_code == 401
