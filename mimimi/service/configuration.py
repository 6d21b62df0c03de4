"""`mimimi.toml`: read, checked, and each mistake told with its line."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from mimimi.errors import UserError
from mimimi.names import slug
from mimimi.service.checks import LISTENER, MACHINE, MQTT, NEEDED, SERVE, WEBHOOK, Check
from mimimi.service.settings import (
    ListenerSettings,
    MachineSettings,
    MqttSettings,
    ServeSettings,
    WebhookSettings,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TABLES = {"webhook": WEBHOOK, "mqtt": MQTT, "serve": SERVE}
_TWICE = "is the same as channel; one is at the machine, the other hears the hall"
_HEADING = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?")
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")


def template() -> str:
    """A `mimimi.toml` to begin with; its comments say what can be changed."""
    return files("mimimi.service").joinpath("mimimi.toml").read_text(encoding="utf-8")


def read(path: Path) -> ListenerSettings:
    """Read a configuration.

    Raises:
        UserError: it is missing, or holds a mistake; all mistakes are told, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # Notepad begins with a mark
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
    return MachineSettings(**_of_flags(given, MACHINE))


def serving(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a server, likewise."""
    return _of_flags(given, SERVE)


def _of_flags(given: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
    checked = {}
    for key, value in given.items():
        try:
            checked[key] = checks[key](value)
        except UserError as error:
            raise UserError(f"{key.replace('_', '-')}: {str(error).rstrip('.')}.") from None
    return checked


def _misplaced(table: str, key: str, checks: Mapping[str, Check]) -> str:
    """Of a setting that there is not in a table, or of a table that there is not."""
    if table and key in LISTENER:
        return f"{key} belongs above the first table; below [{table}] it is of that one"
    known = [*checks, *(() if table else ("[[machine]]", *(f"[{name}]" for name in _TABLES)))]
    return f"{key} is no setting here; there are {', '.join(known)}"


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
        top = {k: value for k, value in found.items() if k != "machine" and k not in _TABLES}
        listener = self._table("", 0, top, LISTENER, ())
        machines = []
        listed = found.get("machine", [])
        if not isinstance(listed, list) or not all(isinstance(m, dict) for m in listed):
            self._wrong("machine", 1, "", "begin each machine with [[machine]]")
        elif not listed:
            self._wrong("", 0, "", "there is no machine in it; add a [[machine]]")
        else:
            for n, one in enumerate(listed, start=1):
                machines.append(self._table("machine", n, one, MACHINE, NEEDED))
        self._one_each(machines, "name", "give each machine a name of its own", as_one=slug)
        self._one_each(machines, "source", "only one machine can read it", only="-")
        others = {
            table: self._table(table, 1, found[table], checks, ("url",) if "url" in checks else ())
            for table, checks in _TABLES.items()
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
            webhook=WebhookSettings(**others["webhook"]) if "webhook" in others else None,
            mqtt=MqttSettings(**others["mqtt"]) if "mqtt" in others else None,
            serve=ServeSettings(**others["serve"]) if "serve" in others else None,
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
                self._wrong(table, n, key, _misplaced(table, key, checks))
                continue
            try:
                checked[key] = checks[key](value)
            except UserError as error:
                self._wrong(table, n, key, f"{key}: {str(error).rstrip('.')}")
        hall = checked.get("reference_channel")
        if hall is not None and hall == checked.get("channel"):
            self._wrong(table, n, "reference_channel", f"reference_channel: {_TWICE}")
        for key in needed:
            if key not in found:
                self._wrong(table, n, "", f"{key} is missing in [{table}]")
        return checked

    def _one_each(
        self,
        machines: list[dict[str, Any]],
        key: str,
        advice: str,
        only: str | None = None,
        as_one: Callable[[str], str] = str,
    ) -> None:
        """Tell of values that are there twice; `as_one` is the same for those that count as one."""
        seen = dict[str, str]()
        for n, machine in enumerate(machines, start=1):
            if (value := machine.get(key)) is None or only not in (None, value):
                continue
            if (one := as_one(value)) in seen:
                twice = seen[one] == value
                how = "is there twice" if twice else f"cannot be told from {seen[one]!r}"
                self._wrong("machine", n, key, f"{key}: {value!r} {how}; {advice}")
            else:
                seen[one] = value

    def _wrong(self, table: str, n: int, key: str, what: str) -> None:
        places = ((table, n, key), (key, 1, ""), (table, n, ""), ("", 0, table))
        line = next((self._lines[place] for place in places if place in self._lines), 0)
        self._mistakes.append((line, f"{what}."))
