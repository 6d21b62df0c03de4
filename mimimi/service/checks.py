"""What each setting of `mimimi.toml` may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from mimimi import names
from mimimi.errors import UserError
from mimimi.monitor.alarm import Rule
from mimimi.service.hours import Hours

_SHORTEST_SECRET = 16  # signs
Check = Callable[[Any], Any]
"""Gives what a value means; raises UserError where it means nothing."""


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UserError("must be a text between quotation marks")
    return value.strip()


def _name(value: Any) -> str:
    return names.checked(_text(value))


def _rule(value: Any) -> Rule:
    return Rule.parse(_text(value))


def _number(low: float, high: float, what: str) -> Check:
    def check(value: Any) -> float:
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not right or not low <= value <= high:
            raise UserError(f"must be {what}, from {low:g} to {high:g}")
        return float(value)

    return check


def _whole(low: int, high: int, what: str) -> Check:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise UserError(f"must be {what}, a whole number from {low} to {high}")
        return value

    return check


def _address(*schemes: str) -> Check:
    def check(value: Any) -> str:
        text = _text(value)
        try:
            parts = urlsplit(text)
            right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            right = False
        if not right:
            kinds = " or ".join(f"{scheme}://" for scheme in schemes)
            raise UserError(f"must be an address that begins with {kinds}")
        return text

    return check


def _database(value: Any) -> str:
    text = _text(value)
    if not text.startswith(("postgresql://", "sqlite:///")):
        raise UserError("must begin with postgresql:// or sqlite:///")
    return text


def _secret(value: Any) -> str:
    text = _text(value)
    if len(text) < _SHORTEST_SECRET:
        raise UserError(f"must have {_SHORTEST_SECRET} signs or more")
    return text


def _notified(value: Any) -> tuple[str, ...]:
    from mimimi.service.telling.notify import checked

    if not isinstance(value, list):
        raise UserError('must be a list of addresses, ["ntfy://ntfy.sh/topic"]')
    return tuple(checked(_text(one)) for one in value)


def _topic(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"[\w-]+(/[\w-]+)*", text):
        raise UserError("must be letters, digits, - and _, with / between")
    return text


NEEDED = ("name", "detector", "source")
"""Without which there is no machine."""
MACHINE: Mapping[str, Check] = {
    "name": _name,
    "detector": _text,
    "source": _text,
    "machine_id": _text,
    "channel": _whole(0, 255, "a channel"),
    "reference_channel": _whole(0, 255, "a channel"),
    "alarm": _rule,
    "false_alarm_rate": _number(1e-6, 0.999, "a share of segments"),
    "cool_down": _number(0, 10_080, "minutes"),
    "off_below": _number(-150, 0, "a level in dBFS"),
    "quiet": lambda value: Hours.parse(_text(value)),
    "nothing_after": _number(1, 31_536_000, "seconds"),
    "rate": _whole(4_000, 400_000, "a sample rate in Hz"),
    "channels": _whole(1, 256, "a number of channels"),
}
LISTENER: Mapping[str, Check] = {
    "history": _database,
    "clips_megabytes": _number(0, 1e9, "megabytes"),
    "clips_days": _number(0, 36_500, "days"),
    "notify": _notified,
}
WEBHOOK: Mapping[str, Check] = {"url": _address("http", "https"), "secret": _secret}
MQTT: Mapping[str, Check] = {
    "url": _address("mqtt", "mqtts"),
    "topic": _topic,
    "discovery": _topic,
}
SERVE: Mapping[str, Check] = {
    "host": _text,
    "port": _whole(0, 65_535, "a port"),
    "token": _secret,
    "address": _address("http", "https"),
    "megabytes": _number(0.001, 10_000, "megabytes"),
    "seconds": _number(10, 86_400, "seconds"),
    "waiting": _whole(1, 1000, "requests"),
}
