"""A broker of a test's own, and someone who subscribes to everything at it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess

from listening import eventually
from ports import free_port

PROGRAMS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
MOSQUITTO = shutil.which("mosquitto", path=PROGRAMS)


class Broker:
    """A mosquitto of this test's own, which forgets everything when it ends."""

    def __init__(self, folder, lets_in: str = "allow_anonymous true") -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\n{lets_in}\n")
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self._config)], stderr=subprocess.DEVNULL
        )
        eventually(self._answers)

    def _answers(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


class Subscriber:
    """Someone who subscribes to everything, and what came."""

    def __init__(self, port: int) -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.heard: list[tuple[str, str, bool]] = []
        self.last: dict[str, str] = {}
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._message
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _message(self, _client, _data, message) -> None:
        text = message.payload.decode()
        self.heard.append((message.topic, text, message.retain))
        self.last[message.topic] = text

    def events(self) -> list[int]:
        return [json.loads(text)["id"] for topic, text, _ in self.heard if topic.endswith("/event")]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
