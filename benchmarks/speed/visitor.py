"""A visitor of the page without a browser: speaks Streamlit's own protocol with the server.

Twenty pages in one headless Chromium get in each other's way, and twenty Chromiums would be the
load themselves. What Streamlit's frontend does is little: messages over a web socket, each a
protocol buffer that Streamlit ships, and a PUT for a file.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import urllib3
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin

WHOLE = (
    ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY,
    ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
PATIENCE = 300.0  # s without a word from the server
# Of the verdict, as app/analyse/result.py has it.
HEADLINE = re.compile(r"^## :\w+\[:material/\w+: (.+)\]$")


@dataclass(frozen=True)
class Read:
    """What a visitor read: the headline, the verdict he took away as JSON, and how long it took."""

    headline: str
    verdict: dict[str, Any]
    seconds: float  # from the begin of the upload until the headline came


class Visitor:
    """A session of its own, the page standing open.

    Args:
        url: of the app.
        query: what the address says, such as `type=fan&id=id_00`.
        page: such as "live"; the first one by default.
    """

    def __init__(self, url: str, query: str, page: str = "") -> None:
        self._url, self._query, self._page = url, query, page
        health = urllib3.request("GET", f"{url}/_stcore/health")
        cookie = health.headers["Set-Cookie"].partition(";")[0]
        self._headers = {"Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2]}
        self._closing = ExitStack()
        connection = connect(
            f"{url.replace('http', 'ws', 1)}/_stcore/stream",
            additional_headers={"Cookie": cookie},
            origin=Origin(url),
            open_timeout=PATIENCE,
            max_size=None,
            max_queue=None,
            ping_interval=None,  # as a browser: it waits as long as its visitor does
        )
        self._socket = self._closing.enter_context(connection)
        self._session = ""
        self._uploader = ""
        for _ in self._run(BackMsg()):
            pass

    def close(self) -> None:
        """Leave."""
        self._closing.close()

    def judge(self, name: str, content: bytes) -> Read:
        """Upload a recording and read its verdict."""
        began = time.monotonic()
        run = BackMsg()
        widget = run.rerun_script.widget_states.widgets.add(id=self._uploader)
        widget.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), **self._put(name, content)
        )
        headline, seconds, taken_away = "", 0.0, ""
        for element in self._run(run):
            match element.WhichOneof("type"):
                case "markdown":
                    if found := HEADLINE.match(element.markdown.body):
                        headline, seconds = found[1], time.monotonic() - began
                case "download_button" if element.download_button.label == "JSON":
                    taken_away = element.download_button.url
        answer = urllib3.request("GET", self._url + taken_away)
        return Read(headline, json.loads(answer.data)[0], seconds)

    def _put(self, name: str, content: bytes) -> dict[str, Any]:
        """Hand a file in; gives the fields by which the uploader will know it."""
        asked = BackMsg()
        asked.file_urls_request.request_id = name
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self._session
        self._socket.send(asked.SerializeToString())
        while not (answer := self._next()).HasField("file_urls_response"):
            pass
        place = answer.file_urls_response.file_urls[0]
        done = urllib3.request(
            "PUT",
            self._url + place.upload_url,
            headers=self._headers,
            fields={"file": (name, content, "audio/wav")},
        )
        if done.status != 204:
            raise RuntimeError(f"the upload was answered with {done.status}: {done.data!r}")
        return {"file_id": place.file_id, "file_urls": place}

    def _run(self, message: BackMsg) -> Iterator[Element]:
        """Have the page drawn anew; gives its elements as they come."""
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        self._socket.send(message.SerializeToString())
        while True:
            answer = self._next()
            match answer.WhichOneof("type"):
                case "new_session":
                    self._session = answer.new_session.initialize.session_id
                case "delta" if answer.delta.HasField("new_element"):
                    self._drawn(answer.delta)
                    yield answer.delta.new_element
                case "script_finished" if answer.script_finished in WHOLE:
                    return

    def _drawn(self, delta: Delta) -> None:
        uploader = delta.new_element.file_uploader.id
        if re.search(r"-uploads_\d+$", uploader):  # a new one each time
            self._uploader = uploader

    def _next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(PATIENCE, decode=False))
        return message
