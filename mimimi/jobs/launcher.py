"""Where jobs run: as processes of this machine, or on a Ray cluster where one is configured.

A launcher starts, looks at, and stops jobs; a job's record says whose it is, whatever is configured
since: one with `ray_job` is Ray's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

RAY_ADDRESS = "MIMIMI_RAY_ADDRESS"  # of the dashboard of a cluster
RAY_JOB = "MIMIMI_RAY_JOB"  # tells a job's process which of Ray's jobs it is

# "forgotten": it never began, and whoever was to start it knows nothing of it any more; "unknown":
# whoever knows cannot be asked.
Seen = Literal["waiting", "running", "stopped", "over", "forgotten", "unknown"]


class Launcher(Protocol):
    """Starts jobs, looks at them, stops them."""

    def start(self, folder: Path, record: Mapping[str, Any], command: Sequence[str]) -> None:
        """Start a job, whose lock is held, or write down why not.

        Args:
            folder: of the job.
            record: what its `run.json` says.
            command: arguments of `python -m mimimi`.
        """

    def look(self, record: Mapping[str, Any]) -> Seen:
        """How a job stands that is thought to wait or to run."""

    def output(self, folder: Path, record: Mapping[str, Any]) -> str:
        """The end of what a job has printed."""

    def stop(self, record: Mapping[str, Any]) -> None:
        """Ask a job to end.

        Raises:
            UserError: it cannot be asked from here.
        """


def of(record: Mapping[str, Any]) -> Launcher:
    """The one that has started a job."""
    if "ray_job" not in record:
        return here()
    from mimimi.jobs import on_ray

    return on_ray


def configured() -> Launcher:
    """The one that starts the next job."""
    if not os.environ.get(RAY_ADDRESS):
        return here()
    from mimimi.jobs import on_ray

    return on_ray if on_ray.address() else here()


def here() -> Launcher:
    """The one of this machine."""
    from mimimi.jobs import local

    return local


def package_path() -> str:
    """What PYTHONPATH must hold for a job to find this very package."""
    return str(Path(__file__).parents[2])
