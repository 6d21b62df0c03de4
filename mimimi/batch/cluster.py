"""Ray, for what is too much for one machine; it need not be installed until it is asked for."""

from __future__ import annotations

import os
from typing import Any

from mimimi import extras


def ray_module(name: str = "ray") -> Any:
    """A module of Ray's, which tells its makers nothing.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    return extras.need(name)
