"""Who may ask the server at all, and how much he may hand in; the client sends what it likes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from browsing import running_app
from forged import Forged
from listening import eventually
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus

from benchmarks.speed.session import Refused
from guard.headers import policy
from guard.messages import Messages

ENVIRONMENT = {
    "MIMIMI_SHARED": "1",
    "MIMIMI_HOSTS": "plant.example",
    "MIMIMI_MAX_MEGABYTES": "2",
    "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("app")
    with running_app(place / "log", **ENVIRONMENT, MIMIMI_HOME=str(place / "home")) as url:
        yield url


REBOUND = {"Host": "evil.example:8501", "Origin": "http://evil.example:8501"}
FOREIGN = {"Origin": "http://evil.example"}
NEIGHBOUR = {"Origin": "http://localhost:9"}  # another program of the same computer


@pytest.mark.parametrize("headers", [REBOUND, FOREIGN, NEIGHBOUR, {"Origin": "null"}])
def test_a_foreign_page_gets_neither_a_socket_nor_an_answer(
    app: str, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus):
        Forged(app, headers=headers)
    answer = urllib3.request("GET", f"{app}/_stcore/host-config", headers=headers)
    assert answer.status == 421
    assert b"MIMIMI_HOSTS" in answer.data


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "plant.example", "Origin": "https://plant.example"},
        {"Origin": "https://plant.example"},  # a proxy asks under the computer's own name
        {"Host": "192.168.1.5:8501", "Origin": "http://192.168.1.5:8501"},
    ],
)
def test_names_that_were_said_and_addresses_in_digits_are_answered(
    app: str, headers: dict[str, str]
) -> None:
    with Forged(app, headers=headers) as page:
        assert page.has("teach_name_0")


def test_browsers_are_told_to_fetch_nothing_from_elsewhere(app: str) -> None:
    said = urllib3.request("GET", app).headers["Content-Security-Policy"]
    assert "default-src 'self'" in said
    assert "http:" not in said
    assert said.endswith("; frame-ancestors 'self' https://plant.example")


def test_pages_elsewhere_put_it_in_no_frame_but_those_around_a_space(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MIMIMI_HOSTS", raising=False)
    assert policy().endswith("frame-ancestors 'self'")
    monkeypatch.setenv("SPACE_ID", "some/one")
    assert "frame-ancestors" not in policy()


def test_a_visitor_cannot_hand_in_more_than_is_allowed(app: str) -> None:
    with Forged(app) as page:
        page.session.put("a.wav", bytes(1_500_000))
        with pytest.raises(Refused, match=r"413.*2 MB"):
            page.session.put("b.wav", bytes(1_500_000))
    with Forged(app) as another:
        another.session.put("b.wav", bytes(1_500_000))


def hands_in(app: str, until: ExitStack) -> bool:
    """One more visitor comes with a file that is nearly all that he may have, and stays."""
    page = until.enter_context(Forged(app))
    try:
        page.session.put("a.wav", bytes(1_900_000))
    except Refused:
        return False
    return True


def test_all_together_hand_in_no_more_than_five_may_and_who_leaves_makes_room(app: str) -> None:
    with ExitStack() as here:
        eventually(lambda: hands_in(app, here))  # those before have gone
        while hands_in(app, here):
            pass
        with ExitStack() as one_more:
            assert not hands_in(app, one_more)
    with ExitStack() as later:
        eventually(lambda: hands_in(app, later))


SIZES = [("Content-Length", "195000000"), ("Transfer-Encoding", "chunked")]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_195_mb_is_refused_before_it_is_sent(app: str, size: tuple[str, str]) -> None:
    with Forged(app) as page, closing(HTTPConnection(urlsplit(app).netloc)) as asking:
        asking.putrequest("PUT", f"/_stcore/upload_file/{page.session.id}/a")
        for name, value in (*page.session.xsrf.items(), size):
            asking.putheader(name, value)
        asking.endheaders()
        assert asking.getresponse().status == 413


def test_nobody_hands_in_for_a_session_that_is_none(app: str) -> None:
    with Forged(app) as page:
        url = f"{app}/_stcore/upload_file/nobody/a"
        fields = {"file": ("a.wav", b"a", "audio/wav")}
        asked = urllib3.request("PUT", url, headers=page.session.xsrf, fields=fields)
    assert asked.status == 400


@pytest.mark.parametrize("ask", ["clear_cache", "set_run_on_save", "debug_shutdown_runtime"])
def test_what_developers_ask_for_never_reaches_streamlit(ask: str) -> None:
    for_developers, stop = BackMsg(**{ask: True}), BackMsg(stop_script=True)
    sent = iter([for_developers, stop])

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive", "bytes": next(sent).SerializeToString()}

    async def streamlit(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["bytes"] == stop.SerializeToString()
        with pytest.raises(StopIteration):
            next(sent)

    with ThreadPoolExecutor(1) as elsewhere:  # a loop runs here where a browser was driven before
        elsewhere.submit(
            asyncio.run, Messages(streamlit)({"type": "websocket"}, receive, None)
        ).result()
