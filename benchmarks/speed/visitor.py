"""A visitor of the page without a browser.

Twenty pages in one headless Chromium get in each other's way, and twenty Chromiums would be the
load themselves.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import urllib3
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element

from benchmarks.speed.session import Session

# Of the verdict, as app/analyse/result.py has it.
HEADLINE = re.compile(r"^## :\w+\[:material/\w+: (.+)\]$")
WAITING = re.compile(r"^Waiting for \d+ other")  # as app/texts/on_guard.py has it


@dataclass(frozen=True)
class Read:
    """What a visitor read: the headline, the verdict he took away as JSON, and how long it took."""

    headline: str
    verdict: dict[str, Any]
    seconds: float  # from the begin of the upload until the headline came
    waited: bool  # whether he was told his place among those who wait


class Visitor:
    """A session of its own, the page standing open.

    Args:
        url: of the app.
        query: what the address says, such as `type=fan&id=id_00`.
        page: such as "live"; the first one by default.
    """

    def __init__(self, url: str, query: str, page: str = "") -> None:
        self._query, self._page = query, page
        self._session = Session(url)
        self._uploader = ""
        for _ in self._run(BackMsg()):
            pass

    def close(self) -> None:
        """Leave."""
        self._session.close()

    def judge(self, name: str, content: bytes) -> Read:
        """Upload a recording and read its verdict."""
        began = time.monotonic()
        run = BackMsg()
        widget = run.rerun_script.widget_states.widgets.add(id=self._uploader)
        widget.file_uploader_state_value.uploaded_file_info.add(**self._session.put(name, content))
        headline, seconds, taken_away, waited = "", 0.0, "", False
        for element in self._run(run):
            match element.WhichOneof("type"):
                case "markdown":
                    if found := HEADLINE.match(element.markdown.body):
                        headline, seconds = found[1], time.monotonic() - began
                case "progress":
                    waited |= bool(WAITING.match(element.progress.text))
                case "download_button" if element.download_button.label == "JSON":
                    taken_away = element.download_button.url
        answer = urllib3.request("GET", self._session.url + taken_away)
        return Read(headline, json.loads(answer.data)[0], seconds, waited)

    def _run(self, message: BackMsg) -> Iterator[Element]:
        """Have the page drawn anew; gives its elements as they come."""
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        self._session.tell(message)
        for delta in self._session.drawn():
            if delta.HasField("new_element"):
                self._drawn(delta)
                yield delta.new_element

    def _drawn(self, delta: Delta) -> None:
        uploader = delta.new_element.file_uploader.id
        if re.search(r"-uploads_\d+$", uploader):  # a new one each time
            self._uploader = uploader
