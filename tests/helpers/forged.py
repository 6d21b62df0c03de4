"""A browser that nobody tamed: it speaks Streamlit's protocol, and sends whatever it likes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from benchmarks.speed.session import Session


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
        self.page, self.query = page, query
        self.messages: list[Message] = []  # all that was ever drawn
        self.kinds: dict[str, str] = {}  # of widgets, such as "selectbox", by their keys
        self._ids: dict[str, str] = {}  # of widgets, by the keys of `state.keys`
        self._states: dict[str, WidgetState] = {}
        self.session = Session(url, headers)
        self.first = self.send()  # what the page says before anybody does anything

    def __enter__(self) -> Forged:
        return self

    def __exit__(self, *why: object) -> None:
        self.session.close()

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
        self.session.tell(message)
        for key in [k for k, state in self._states.items() if state.HasField("trigger_value")]:
            del self._states[key]
        return "\n".join(self._drawn())

    def upload(self, key: str, *files: tuple[str, bytes]) -> str:
        """Hand files in at an uploader, under any name, and have the page drawn."""
        state = WidgetState(id=self.id(key))
        for name, content in files:
            put = self.session.put(name, content)
            state.file_uploader_state_value.uploaded_file_info.add(**put)
        self._states[key] = state
        drawn = self.send()
        del self._states[key]
        return drawn

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
        for delta in self.session.drawn():
            self.messages.append(delta)
            for text in strings(delta):
                if found := re.fullmatch(r"\$\$ID-[0-9a-f]+-(.+)", text):
                    self._ids[found[1]] = text
                    self.kinds[found[1]] = delta.new_element.WhichOneof("type") or ""
                yield text


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


def simulate_fans(page: Forged) -> None:
    """Start a simulation of two fans on the page Train."""
    page.send(way={"string_array_value": {"data": ["Simulated"]}})
    page.send(
        simulated_type={"string_value": "fan"},
        simulated_ids={"int_value": 2},
        simulated_clips={"int_value": 2},
        start_simulate={"trigger_value": True},
    )


def looking_at_runs(page: Forged) -> str:
    """What the page Train says of its runs."""
    return page.send(train_view={"string_array_value": {"data": ["Runs"]}})
