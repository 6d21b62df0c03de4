"""What was asked otherwise of one training than of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any


def between(asked: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The settings that are not the same in all trainings.

    Args:
        asked: of each training, by its name: `Job.asked`.

    Returns:
        By setting its value in each; "" where one has no such setting.

    Example:
        >>> between({"a": {"recipe": {"name": "paper"}}, "b": {"recipe": {"name": "ensemble"}}})
        {'recipe': {'a': 'paper', 'b': 'ensemble'}}
    """
    flat = {name: dict(_settings(of)) for name, of in asked.items()}
    every = dict.fromkeys(setting for of in flat.values() for setting in of)
    rows = {setting: {name: of.get(setting, "") for name, of in flat.items()} for setting in every}
    return {setting: row for setting, row in rows.items() if len(set(row.values())) > 1}


def _settings(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was asked as a list; of networks that others have not only the name."""
    yield "recordings", ", ".join(PurePath(place).name for place in asked.get("data", []))
    yield "kind of machine", str(asked.get("machine_type", ""))
    recipe = asked.get("recipe", {})
    yield "recipe", str(recipe.get("name", ""))
    members = recipe.get("members", [])
    yield "networks", ", ".join(member["name"] for member in members)
    for member in members:
        for part in ("training", "network", "front_end"):
            for setting, value in _flat(member.get(part, {})):
                yield f"{member['name']}: {setting}", value


def _flat(nested: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in nested.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        else:
            yield name.replace("_", " "), str(value)
