"""What is told: an alarm, or something wrong with a microphone, that began or ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal

About = Literal[
    "alarm",
    "silent",
    "clipped",
    "offset",
    "missing_band",
    "covered",
    "moved",
    "reference_silent",
    "disconnected",
    "nothing_comes",
]


@dataclass(frozen=True)
class Notice:
    """One thing that is told once, to everyone who is to know.

    Example:
        >>> Notice("fan", "silent", True, 60.0, 30.0, "fan: the microphone is silent.").as_json(7)
        '{"id": 7, "machine": "fan", "about": "silent", "on": true, "at": \
"1970-01-01T00:01:00.0Z", "since": "1970-01-01T00:00:30.0Z", "text": "fan: the microphone is \
silent."}'
    """

    machine: str
    about: About
    is_on: bool  # it began; else it ended
    at: float  # s since 1970, UTC: the sound after which it was known
    since: float  # s since 1970, UTC: where it began
    text: str  # a sentence
    details: dict[str, Any] = field(default_factory=dict)  # of an alarm
    is_held: bool = False  # kept, but nobody is told: the machine is muted

    def as_dict(self, number: int) -> dict[str, Any]:
        """As JSON types; `number` counts up, and is the same where it is told again."""
        return {
            "id": number,
            "machine": self.machine,
            "about": self.about,
            "on": self.is_on,
            "at": as_text(self.at),
            "since": as_text(self.since),
            "text": self.text,
            **self.details,
        }

    def as_json(self, number: int) -> str:
        """The same, one line."""
        return json.dumps(self.as_dict(number), ensure_ascii=False, allow_nan=False)


def as_text(time: float) -> str:
    """A time in s since 1970 as ISO 8601, in UTC, to a tenth of a second.

    Example:
        >>> as_text(1_700_000_000.26)
        '2023-11-14T22:13:20.3Z'
    """
    whole, tenth = divmod(round(time * 10), 10)
    return f"{datetime.fromtimestamp(whole, timezone.utc):%Y-%m-%dT%H:%M:%S}.{tenth}Z"
