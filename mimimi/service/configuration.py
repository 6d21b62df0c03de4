"""`mimimi.toml`: read, checked, and each mistake told with its line."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mimimi import names
from mimimi.errors import UserError
from mimimi.monitor.alarm import Rule
from mimimi.service.hours import Hours
from mimimi.service.settings import (
    ListenerSettings,
    MachineSettings,
    MqttSettings,
    WebhookSettings,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SHORTEST_SECRET = 16  # signs
_HEADING = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?")
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
Check = Callable[[Any], Any]


def template() -> str:
    """A `mimimi.toml` to begin with; its comments say what can be changed."""
    return files("mimimi.service").joinpath("mimimi.toml").read_text(encoding="utf-8")


def read(path: Path) -> ListenerSettings:
    """Read a configuration.

    Raises:
        UserError: it is missing, or holds a mistake; all mistakes are told, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(
            f"{path}: there is no such file; `python -m mimimi listen --init` makes one."
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: is not text in UTF-8; save it as such.") from None
    return parse(text, str(path))


def parse(text: str, name: str = "mimimi.toml") -> ListenerSettings:
    """The settings in the text of a configuration; raises as `read`.

    Example:
        >>> parse('''
        ... [[machine]]
        ... name = "roof fan"
        ... detector = "fan"
        ... source = "rtsp://camera.local/1"
        ... alarm = "7/6"
        ... ''')
        Traceback (most recent call last):
        mimimi.errors.UserError: mimimi.toml, line 6: alarm: '7/6' is no alarm rule: give k of n \
segments as k/n, such as 3/5.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{name}: {error}.") from None
    return _Checked(name, text).settings(found)


def machine_of(given: Mapping[str, Any]) -> MachineSettings:
    """The settings of one machine, as they were given on the command line.

    Raises:
        UserError: one of them cannot be right.
    """
    checked = {}
    for key, value in given.items():
        try:
            checked[key] = _MACHINE[key](value)
        except UserError as error:
            raise UserError(f"{key.replace('_', '-')}: {str(error).rstrip('.')}.") from None
    return MachineSettings(**checked)


class _Checked:
    """Checks one configuration and gathers what is wrong with it."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._mistakes = name, list[tuple[int, str]]()
        self._lines: dict[tuple[str, int, str], int] = {}  # table, which of its name, key
        table, counts = "", dict[str, int]()
        for number, line in enumerate(text.splitlines(), start=1):
            if heading := _HEADING.match(line):
                table = heading[1]
                counts[table] = counts.get(table, 0) + 1
                self._lines[table, counts[table], ""] = number
            elif key := _KEY.match(line):
                self._lines.setdefault((table, counts.get(table, 0), key[1]), number)

    def settings(self, found: Mapping[str, Any]) -> ListenerSettings:
        top = {k: value for k, value in found.items() if k not in ("machine", "webhook", "mqtt")}
        listener = self._table("", 0, top, _LISTENER, ())
        machines = []
        listed = found.get("machine", [])
        if not isinstance(listed, list) or not all(isinstance(m, dict) for m in listed):
            self._wrong("machine", 1, "", "begin each machine with [[machine]]")
        elif not listed:
            self._wrong("", 0, "", "there is no machine in it; add a [[machine]]")
        else:
            for n, one in enumerate(listed, start=1):
                machines.append(self._table("machine", n, one, _MACHINE, _NEEDED))
        self._one_each(machines, "name", "give each machine a name of its own")
        self._one_each(machines, "source", "only one machine can read it", only="-")
        sinks = {
            table: self._table(table, 1, found[table], checks, ("url",))
            for table, checks in (("webhook", _WEBHOOK), ("mqtt", _MQTT))
            if table in found
        }
        if self._mistakes:
            told = [
                f"{self._name}, line {line}: {what}" if line else f"{self._name}: {what}"
                for line, what in sorted(self._mistakes)
            ]
            raise UserError("\n".join(told))
        return ListenerSettings(
            machines=tuple(MachineSettings(**machine) for machine in machines),
            webhook=WebhookSettings(**sinks["webhook"]) if "webhook" in sinks else None,
            mqtt=MqttSettings(**sinks["mqtt"]) if "mqtt" in sinks else None,
            **listener,
        )

    def _table(
        self, table: str, n: int, found: Any, checks: Mapping[str, Check], needed: tuple[str, ...]
    ) -> dict[str, Any]:
        if not isinstance(found, dict):
            self._wrong(table, n, "", f"{table} must be a table, [{table}]")
            return {}
        checked = {}
        for key, value in found.items():
            if key not in checks:
                known = ", ".join(checks)
                self._wrong(table, n, key, f"{key} is no setting here; there are {known}")
                continue
            try:
                checked[key] = checks[key](value)
            except UserError as error:
                self._wrong(table, n, key, f"{key}: {str(error).rstrip('.')}")
        for key in needed:
            if key not in found:
                self._wrong(table, n, "", f"{key} is missing in [{table}]")
        return checked

    def _one_each(
        self, machines: list[dict[str, Any]], key: str, advice: str, only: str | None = None
    ) -> None:
        seen = set()
        for n, machine in enumerate(machines, start=1):
            value = machine.get(key)
            if value in seen and only in (None, value):
                self._wrong("machine", n, key, f"{key}: {value!r} is there twice; {advice}")
            seen.add(value)

    def _wrong(self, table: str, n: int, key: str, what: str) -> None:
        places = ((table, n, key), (table, n, ""), ("", 0, table))
        line = next((self._lines[place] for place in places if place in self._lines), 0)
        self._mistakes.append((line, f"{what}."))


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


def _topic(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"[\w-]+(/[\w-]+)*", text):
        raise UserError("must be letters, digits, - and _, with / between")
    return text


_NEEDED = ("name", "detector", "source")
_MACHINE: Mapping[str, Check] = {
    "name": _name,
    "detector": _text,
    "source": _text,
    "machine_id": _text,
    "channel": _whole(0, 255, "a channel"),
    "alarm": _rule,
    "false_alarm_rate": _number(1e-6, 0.999, "a share of segments"),
    "cool_down": _number(0, 10_080, "minutes"),
    "off_below": _number(-150, 0, "a level in dBFS"),
    "quiet": lambda value: Hours.parse(_text(value)),
    "nothing_after": _number(1, 31_536_000, "seconds"),
    "rate": _whole(4_000, 400_000, "a sample rate in Hz"),
    "channels": _whole(1, 256, "a number of channels"),
}
_LISTENER: Mapping[str, Check] = {
    "history": _database,
    "clips_megabytes": _number(0, 1e9, "megabytes"),
    "clips_days": _number(0, 36_500, "days"),
}
_WEBHOOK: Mapping[str, Check] = {"url": _address("http", "https"), "secret": _secret}
_MQTT: Mapping[str, Check] = {
    "url": _address("mqtt", "mqtts"),
    "topic": _topic,
    "discovery": _topic,
}
