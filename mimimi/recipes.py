"""What is trained how: named, complete, plain data."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from mimimi.config import Recipe
from mimimi.errors import UserError

RECIPES = {
    "paper": Recipe(name="paper"),
}


def recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UserError: there is none.

    Example:
        >>> recipe("paper").training.learning_rate
        0.0001
    """
    try:
        return RECIPES[name]
    except KeyError:
        known = ", ".join(RECIPES)
        raise UserError(f"There is no recipe {name!r}; choose one of: {known}.") from None


def as_dict(chosen: Recipe) -> dict[str, Any]:
    """A recipe as JSON types, to be written down beside what it made."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(chosen)))
    return plain
