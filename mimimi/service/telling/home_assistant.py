"""Home Assistant's discovery: each machine appears by itself as a device with its sensors.

Source: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mimimi import __version__

_ALARM = {"payload_on": "ON", "payload_off": "OFF", "device_class": "problem"}
_ENTITIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "alarm": ("binary_sensor", "Alarm", _ALARM),
    "microphone": ("binary_sensor", "Microphone", {**_ALARM, "entity_category": "diagnostic"}),
    "state": ("sensor", "State", {"icon": "mdi:engine"}),
    "score": ("sensor", "Score", {"state_class": "measurement", "icon": "mdi:waveform"}),
    "level": (
        "sensor",
        "Level",
        {"state_class": "measurement", "unit_of_measurement": "dBFS", "icon": "mdi:volume-high"},
    ),
}
_FROM_NOW = ("state", "score", "level")  # fields of the JSON in `now`


def discovery(
    prefix: str, topic: str, slug: str, name: str, status: str
) -> Iterator[tuple[str, str]]:
    """Topics and messages that make a machine known.

    Args:
        prefix: where Home Assistant looks, "homeassistant".
        topic: of the machine; `alarm`, `microphone` and `now` lie below it.
        slug: of the machine, in letters, digits, - and _.
        name: of the machine.
        status: topic that says whether the listener is online.
    """
    device = {
        "identifiers": [f"mimimi_{slug}"],
        "name": name,
        "manufacturer": "MIMIMI",
        "model": "machine listened to",
        "sw_version": __version__,
    }
    for key, (component, called, fields) in _ENTITIES.items():
        from_now = key in _FROM_NOW
        message = {
            "name": called,
            "unique_id": f"mimimi_{slug}_{key}",
            "state_topic": f"{topic}/now" if from_now else f"{topic}/{key}",
            "availability_topic": status,
            "device": device,
            "origin": {"name": "MIMIMI", "sw_version": __version__},
            **fields,
        }
        if from_now:
            message["value_template"] = f"{{{{ value_json.{key} }}}}"
        yield f"{prefix}/{component}/mimimi_{slug}/{key}/config", json.dumps(message)
