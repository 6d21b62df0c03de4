"""A visitor of the Live page without a browser, whose microphone hums in real time."""

from __future__ import annotations

import base64
import json
import re
import time

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta

from benchmarks.speed.visitor import Visitor

RATE = 16_000
BLOCK = 2.5  # s, as app/recorder/live.js
_ALARM = re.compile("microphones are being listened to")


class LiveVisitor(Visitor):
    """A session on the page Live, listening.

    Args:
        url: of the app.
        number: another one, another sound.
        query: which machine.
    """

    def __init__(self, url: str, number: int, query: str = "type=fan&id=id_50") -> None:
        self._rng = np.random.default_rng(number)
        self._take, self._first = f"visitor {number}", 0
        self._component = self._fragment = ""
        self.refused = False
        super().__init__(url, query, page="live")

    def listen(self, seconds: float) -> list[float]:
        """Send sound in real time; gives how long each block waited for its answer, in s.

        Args:
            seconds: of sound.
        """
        delays, began = [], time.monotonic()
        for number in range(round(seconds / BLOCK)):
            time.sleep(max(0.0, began + number * BLOCK - time.monotonic()))
            sent = time.monotonic()
            for element in self._run(self._block()):
                self.refused |= bool(_ALARM.search(str(element)))
            delays.append(time.monotonic() - sent)
            if self.refused:
                break
        return delays

    def _block(self) -> BackMsg:
        samples = self._rng.normal(0, 1_000, round(BLOCK * RATE)).astype("<i2")
        value = {"take": self._take, "first": self._first, "rate": RATE, "settings": {}}
        value["pcm"] = base64.b64encode(samples.tobytes()).decode()
        self._first += len(samples)
        message = BackMsg()
        message.rerun_script.fragment_id = self._fragment
        states = message.rerun_script.widget_states.widgets
        states.add(id=self._component, json_value=json.dumps({"listening": True}))
        states.add(
            id=f"$$STREAMLIT_INTERNAL_KEY_{self._component}__events",
            json_trigger_value=json.dumps([{"event": "block", "value": value}]),
        )
        return message

    def _drawn(self, delta: Delta) -> None:
        super()._drawn(delta)
        if re.search(r"-live$", delta.new_element.bidi_component.id):
            self._component = delta.new_element.bidi_component.id
            self._fragment = delta.fragment_id
