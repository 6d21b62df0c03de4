"""Which launcher: a job's record says whose it is, whatever is configured since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mimimi.jobs import local, on_ray
from mimimi.jobs.launcher import Launcher


def of(record: Mapping[str, Any]) -> Launcher:
    """The one that has started a job: one with `ray_job` is Ray's."""
    return on_ray if "ray_job" in record else local


def configured() -> Launcher:
    """The one that starts the next job.

    Raises:
        UserError: the address of the cluster is none.
    """
    return on_ray if on_ray.address() else local
