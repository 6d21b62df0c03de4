"""What Home Assistant's documentation allows in a discovery message, as JSON Schema.

Sources, of 2026: https://www.home-assistant.io/integrations/mqtt/#discovery-messages (device and
origin), .../integrations/sensor.mqtt, .../integrations/binary_sensor.mqtt (configuration
variables); .../docs/configuration/customizing-devices (icons);
https://developers.home-assistant.io/docs/core/entity/sensor (state classes). Of the variables those
are listed that a sensor which only tells may have.
"""

from __future__ import annotations

import re
from typing import Any

TOPIC = re.compile(
    r"(?P<prefix>[a-zA-Z0-9_-]+)/(?P<component>binary_sensor|sensor)/"
    r"(?P<node>[a-zA-Z0-9_-]+)/(?P<object>[a-zA-Z0-9_-]+)/config"
)
"""discovery_prefix/component/[node_id/]object_id/config; ids of letters, digits, _ and - only."""

_TEXT = {"type": "string", "minLength": 1}
_SUBSCRIBED = {"type": "string", "pattern": r"^[^#+]+$", "maxLength": 65_535}
_SHARED: dict[str, Any] = {
    "name": {"type": ["string", "null"]},
    "unique_id": _TEXT,
    "state_topic": _SUBSCRIBED,
    "availability_topic": _SUBSCRIBED,
    "payload_available": _TEXT,
    "payload_not_available": _TEXT,
    "value_template": _TEXT,
    "icon": {"type": "string", "pattern": "^mdi:[a-z0-9-]+$"},
    "entity_category": {"enum": ["diagnostic"]},  # "config" is of what can be set
    "enabled_by_default": {"type": "boolean"},
    "expire_after": {"type": "integer", "minimum": 0},
    "force_update": {"type": "boolean"},
    "json_attributes_topic": _SUBSCRIBED,
    "qos": {"enum": [0, 1, 2]},
    "device": {
        "type": "object",
        "properties": {
            "identifiers": {"type": "array", "items": _TEXT, "minItems": 1},
            "name": _TEXT,
            "manufacturer": _TEXT,
            "model": _TEXT,
            "sw_version": _TEXT,
            "configuration_url": {"type": "string", "pattern": "^https?://"},
            "suggested_area": _TEXT,
        },
        "required": ["identifiers", "name"],
        "additionalProperties": False,
    },
    "origin": {
        "type": "object",
        "properties": {"name": _TEXT, "sw_version": _TEXT, "support_url": _TEXT},
        "required": ["name"],
        "additionalProperties": False,
    },
}


def _component(**more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": _SHARED | more,
        # A device is only made of entities that have a unique_id.
        "required": ["state_topic", "unique_id", "device", "origin"],
        "additionalProperties": False,
    }


SCHEMAS = {
    "sensor": _component(
        state_class={"enum": ["measurement", "total", "total_increasing"]},
        unit_of_measurement={"type": ["string", "null"]},
        suggested_display_precision={"type": "integer"},
        device_class={"enum": ["enum", "sound_pressure", "duration", None]},
        options={"type": "array", "items": _TEXT},
    ),
    "binary_sensor": _component(
        payload_on=_TEXT,
        payload_off=_TEXT,
        device_class={"enum": ["problem", "sound", "running", "connectivity", None]},
        off_delay={"type": "integer"},
    ),
}
