"""A session with the page without a browser: what Streamlit's frontend does, which is little.

Messages over a web socket, each a protocol buffer that Streamlit ships, and a PUT for a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import urllib3
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin

OVER = (
    ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY,
    ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
PATIENCE = 300.0  # s without a word from the server


class Refused(Exception):
    """The server would not have a file; its status and what it said are the arguments."""


class Session:
    """A web socket that stands open.

    Args:
        url: of the app.
        headers: `Host` and `Origin`, where others than a browser's are to be sent.
    """

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.id = ""  # as the server calls it
        health = urllib3.request("GET", f"{url}/_stcore/health")
        cookie = health.headers["Set-Cookie"].partition(";")[0]
        self.xsrf = {"Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2]}
        there, sent = urlsplit(url), dict(headers or {})
        self._closing = ExitStack()
        self._socket = self._closing.enter_context(
            connect(
                f"ws://{sent.pop('Host', there.netloc)}/_stcore/stream",
                address=(there.hostname, there.port),
                proxy=None,
                additional_headers={"Cookie": cookie},
                origin=Origin(sent.pop("Origin", url)),
                open_timeout=PATIENCE,
                max_size=None,
                max_queue=None,
                ping_interval=None,  # as a browser: it waits as long as its visitor does
            )
        )

    def close(self) -> None:
        """Leave."""
        self._closing.close()

    def tell(self, message: BackMsg) -> None:
        """Send any message."""
        self._socket.send(message.SerializeToString())

    def drawn(self) -> Iterator[Delta]:
        """What changes on the page, as it comes, until it stands."""
        while True:
            answer = self._next()
            match answer.WhichOneof("type"):
                case "new_session":
                    self.id = answer.new_session.initialize.session_id
                case "delta":
                    yield answer.delta
                case "script_finished" if answer.script_finished in OVER:
                    return

    def put(self, name: str, content: bytes) -> dict[str, Any]:
        """Hand a file in; gives the fields by which an uploader will know it.

        Raises:
            Refused: the server would not have it.
        """
        asked = BackMsg()
        asked.file_urls_request.request_id = name
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.id
        self.tell(asked)
        while not (answer := self._next()).HasField("file_urls_response"):
            pass
        place = answer.file_urls_response.file_urls[0]
        fields = {"file": (name, content, "audio/wav")}
        done = urllib3.request("PUT", self.url + place.upload_url, headers=self.xsrf, fields=fields)
        if done.status != 204:
            raise Refused(done.status, done.data.decode(errors="replace"))
        return {
            "name": name,
            "size": len(content),
            "file_id": place.file_id,
            "file_urls": place,
        }

    def _next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(PATIENCE, decode=False))
        return message
