"""A browser that nobody tamed: it speaks Streamlit's protocol, and sends whatever it likes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import urllib3
from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.sync.client import connect
from websockets.typing import Origin

OVER = (
    ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY,
    ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
PATIENCE = 120.0  # s without a word from the server


class Refused(Exception):
    """The server would not have it; the status is its argument."""


class Forged:
    """A session with the server.

    Args:
        url: of the app.
        page: of its address, such as "train".
        query: of its address, without the question mark.
        headers: `Host` and `Origin` of the web socket, where a browser would send others.
    """

    def __init__(
        self, url: str, page: str = "", query: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.url, self.page, self.query = url, page, query
        self.session = ""
        self.messages: list[Message] = []  # all that was ever drawn
        self.kinds: dict[str, str] = {}  # of widgets, such as "selectbox", by their keys
        self._ids: dict[str, str] = {}  # of widgets, by the keys of `state.keys`
        self._states: dict[str, WidgetState] = {}
        health = urllib3.request("GET", f"{url}/_stcore/health")
        cookie = health.headers["Set-Cookie"].partition(";")[0]
        self._xsrf = {"Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2]}
        there, sent = urlsplit(url), dict(headers or {})
        self._closing = ExitStack()
        self._socket = self._closing.enter_context(
            connect(
                f"ws://{sent.pop('Host', there.netloc)}/_stcore/stream",
                address=(there.hostname, there.port),
                proxy=None,
                additional_headers={"Cookie": cookie},
                origin=Origin(sent.pop("Origin", url)),
                max_size=None,
                max_queue=None,
                ping_interval=None,
            )
        )
        self.first = self.send()  # what the page says before anybody does anything

    def __enter__(self) -> Forged:
        return self

    def __exit__(self, *why: object) -> None:
        self._closing.close()

    def send(self, **states: Mapping[str, Any]) -> str:
        """Have the page drawn anew.

        Args:
            states: of widgets by their keys, each fields of Streamlit's `WidgetState`, such as
                `{"string_value": "a"}`; a click is `{"trigger_value": True}`.

        Returns:
            All text that came.
        """
        for key, fields in states.items():
            self._states[key] = WidgetState(id=self.id(key), **fields)
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        message.rerun_script.widget_states.CopyFrom(WidgetStates(widgets=self._states.values()))
        self.tell(message)
        for key in [k for k, state in self._states.items() if state.HasField("trigger_value")]:
            del self._states[key]
        return "\n".join(self._drawn())

    def upload(self, key: str, *files: tuple[str, bytes]) -> str:
        """Hand files in at an uploader, under any name, and have the page drawn."""
        state = WidgetState(id=self.id(key))
        for name, content in files:
            file_id, place = self.put(name, content)
            info = state.file_uploader_state_value.uploaded_file_info.add()
            info.name, info.size, info.file_id = name, len(content), file_id
            info.file_urls.CopyFrom(place)
        self._states[key] = state
        drawn = self.send()
        del self._states[key]
        return drawn

    def put(self, name: str, content: bytes) -> tuple[str, Any]:
        """Send a file that no widget asked for."""
        asked = BackMsg()
        asked.file_urls_request.request_id = "1"
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        self.tell(asked)
        while not (answer := self._next()).HasField("file_urls_response"):
            pass
        place = answer.file_urls_response.file_urls[0]
        fields = {"file": (name, content, "audio/wav")}
        done = urllib3.request(
            "PUT", self.url + place.upload_url, headers=self._xsrf, fields=fields
        )
        if done.status != 204:
            raise Refused(done.status, done.data.decode(errors="replace"))
        return place.file_id, place

    def tell(self, message: BackMsg) -> None:
        """Send any message."""
        self._socket.send(message.SerializeToString())

    def id(self, key: str) -> str:
        """The id by which the server knows a widget that was drawn, by its key."""
        return next(known for name, known in self._ids.items() if re.fullmatch(key, name))

    def has(self, key: str) -> bool:
        """Whether such a widget was drawn."""
        return any(re.fullmatch(key, name) for name in self._ids)

    @property
    def keys(self) -> list[str]:
        """Of all widgets that were drawn."""
        return list(self._ids)

    def _drawn(self) -> Iterator[str]:
        while True:
            answer = self._next()
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self.session = answer.new_session.initialize.session_id
            elif kind == "delta":
                self.messages.append(answer.delta)
                for text in strings(answer.delta):
                    if found := re.fullmatch(r"\$\$ID-[0-9a-f]+-(.+)", text):
                        self._ids[found[1]] = text
                        self.kinds[found[1]] = answer.delta.new_element.WhichOneof("type") or ""
                    yield text
            elif kind == "script_finished" and answer.script_finished in OVER:
                return

    def _next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(PATIENCE, decode=False))
        return message


MARKDOWN = {"body", "label", "text", "help", "content", "caption", "title", "tooltip"}


def marked_up(message: Message) -> Iterator[str]:
    """Every text in it that a browser reads as Markdown."""
    for field, value in message.ListFields():
        if field.name in ("code", "file_uploader_state_value"):
            continue
        values = value if field.is_repeated else [value]
        for one in values if not isinstance(values, Mapping) else values.values():
            if isinstance(one, Message):
                yield from marked_up(one)
            elif isinstance(one, str) and field.name in MARKDOWN:
                yield one


def strings(message: Message) -> Iterator[str]:
    """Every text in a message, however deep."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        for one in values if not isinstance(values, Mapping) else values.values():
            if isinstance(one, Message):
                yield from strings(one)
            elif isinstance(one, str):
                yield one
