"""Servers of this computer, a detector, and a history to ask them for."""

from __future__ import annotations

import io

import pytest
import soundfile
from asking import Client
from listening import eventually
from segments import ALARM, NORMAL, UNUSUAL, on_press, series

from mimimi.files import home
from mimimi.service.history.history import History
from mimimi.service.history.tables import folder
from mimimi.service.judgement import Report
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.server import Server
from mimimi.service.settings import ServeSettings


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
