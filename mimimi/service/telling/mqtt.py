"""An MQTT broker: each notice, and how each machine is, kept there for whoever comes later."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from mimimi.names import slug
from mimimi.service.judgement import Judgement
from mimimi.service.notice import About, Notice
from mimimi.service.settings import MqttSettings
from mimimi.service.telling.home_assistant import discovery
from mimimi.service.telling.sink import NotToldError
from mimimi.terminal import Log

_ARRIVES = 10.0  # s in which the broker confirms
_GOODBYE = 2.0  # s, likewise
_KEEPALIVE = 30  # s
_LONGEST_WAIT = 60  # s before it is connected to again


class Mqtt:
    """Tells a broker.

    Below `topic/MACHINE` lie `event` (JSON, each notice once it happens) and, retained, `alarm` and
    `microphone` (ON, OFF) and `now` (JSON: score, threshold, level, state). `topic/LISTENER/status`
    is online, or offline as the listener's last will. What is retained is sent again whenever the
    broker is back, which may have forgotten it.

    Args:
        settings: of the broker.
        listener: name of this listener.
        machines: what was told of each last, by its name.
        complain: told once when the broker cannot be reached, and once when it can again.
    """

    def __init__(
        self,
        settings: MqttSettings,
        listener: str,
        machines: Mapping[str, Mapping[About, Notice]],
        complain: Log = print,
    ) -> None:
        address = urlsplit(settings.url)
        self.name = f"MQTT broker {address.hostname}"
        self._complain, self._is_away = complain, False
        self._base = settings.topic
        self._status = f"{self._base}/{plain(listener)}/status"
        self._retained: dict[str, str] = {}
        self._wrong: dict[str, set[str]] = {}  # with each machine's microphone
        self._lock = Lock()
        for machine, notices in machines.items():
            topic, short = self._topic(machine), plain(machine)
            self._retained.update(
                discovery(settings.discovery, topic, short, machine, self._status)
            )
            told: set[str] = {about for about, notice in notices.items() if notice.is_on}
            self._wrong[machine] = told - {"alarm"}
            self._retained[f"{topic}/alarm"] = _on("alarm" in told)
            self._retained[f"{topic}/microphone"] = _on(bool(self._wrong[machine]))
        self._client = Client(CallbackAPIVersion.VERSION2, f"mimimi-{plain(listener)}")
        if address.username:
            self._client.username_pw_set(
                unquote(address.username), unquote(address.password or "") or None
            )
        if address.scheme == "mqtts":
            self._client.tls_set()
        self._client.will_set(self._status, "offline", qos=1, retain=True)
        self._client.reconnect_delay_set(1, _LONGEST_WAIT)
        self._client.on_connect = self._answered
        self._client.on_connect_fail = lambda *_: self._away(sys.exc_info()[1] or "no answer")
        self._client.on_disconnect = self._disconnected
        port = address.port or (8883 if address.scheme == "mqtts" else 1883)
        self._client.connect_async(address.hostname or "", port, _KEEPALIVE)
        self._client.loop_start()

    def tell(self, number: int, notice: Notice) -> None:
        """See `Sink.tell`."""
        if not self._client.is_connected():
            raise NotToldError("not connected")
        topic = self._topic(notice.machine)
        wrong = self._wrong.setdefault(notice.machine, set())
        if notice.about == "alarm":
            self._retain(f"{topic}/alarm", _on(notice.is_on))
        else:
            (wrong.add if notice.is_on else wrong.discard)(notice.about)
            self._retain(f"{topic}/microphone", _on(bool(wrong)))
        sent = self._client.publish(f"{topic}/event", notice.as_json(number), qos=1)
        try:
            sent.wait_for_publish(_ARRIVES)
        except (RuntimeError, ValueError) as error:
            raise NotToldError(str(error)) from None
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS or not sent.is_published():
            raise NotToldError("the broker does not confirm")

    def show(self, machine: str, judged: Judgement) -> None:
        """Let everyone see how a machine is now; nobody is told again should it be lost."""
        now = {
            "score": judged.score,
            "threshold": judged.threshold,
            "level": None if judged.level is None else round(judged.level, 1),
            "state": judged.state or "unknown",
        }
        self._retain(f"{self._topic(machine)}/now", json.dumps(now))

    def close(self) -> None:
        """Say goodbye."""
        if self._client.is_connected():
            goodbye = self._client.publish(self._status, "offline", qos=1, retain=True)
            with suppress(RuntimeError, ValueError):  # the last will says so, too
                goodbye.wait_for_publish(_GOODBYE)
        self._client.disconnect()
        self._client.loop_stop()

    def _topic(self, machine: str) -> str:
        return f"{self._base}/{plain(machine)}"

    def _retain(self, topic: str, message: str) -> None:
        with self._lock:
            self._retained[topic] = message
        if self._client.is_connected():
            self._client.publish(topic, message, qos=1, retain=True)

    def _answered(
        self, client: Client, _: Any, __: Any, code: ReasonCode, ___: Properties | None
    ) -> None:
        if code.is_failure:  # what is published now would wait, and be more with every try
            self._away(code)
            return
        if self._is_away:
            self._complain(f"{self.name} is reached again")
        self._is_away = False
        client.publish(self._status, "online", qos=1, retain=True)
        with self._lock:
            retained = list(self._retained.items())
        for topic, message in retained:
            client.publish(topic, message, qos=1, retain=True)

    def _disconnected(
        self, _: Client, __: Any, ___: Any, code: ReasonCode, ____: Properties | None
    ) -> None:
        if code.is_failure:  # it was not us who said goodbye; no code says more of it
            self._away("the connection was lost")

    def _away(self, why: object) -> None:
        """Said at once: who waits for a first alarm would learn only then that none can come."""
        if not self._is_away:
            reason = getattr(why, "strerror", None) or str(why)
            self._complain(f"{self.name} cannot be reached ({reason}); trying again")
        self._is_away = True


def plain(name: str) -> str:
    """A name in the signs that Home Assistant allows in a topic.

    Example:
        >>> plain("Pump 3, hall B"), plain("насос")
        ('pump-3-hall-b', 'ac434f6abc7a')
    """
    short = slug(name)
    return short if short.isascii() else hashlib.sha256(short.encode()).hexdigest()[:12]


def _on(is_on: bool) -> str:
    return "ON" if is_on else "OFF"
