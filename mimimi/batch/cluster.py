"""Ray, for what is too much for one machine; it need not be installed until it is asked for."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from mimimi.errors import UserError


def ray_module(name: str = "ray") -> Any:
    """A module of Ray's, which tells its makers nothing.

    Raises:
        UserError: Ray is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return import_module(name)
    except ImportError:
        raise UserError(
            "Ray is not installed; bring it with:  pip install -r requirements-cluster.txt"
        ) from None
