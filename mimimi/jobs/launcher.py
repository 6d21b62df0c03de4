"""What is asked of whoever starts jobs: processes of this machine do it, or a Ray cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from mimimi.runs import Run

# "forgotten": it never began, and whoever was to start it knows nothing of it any more; "unknown":
# whoever knows cannot be asked.
Seen = Literal["waiting", "running", "stopped", "over", "forgotten", "unknown"]


class Launcher(Protocol):
    """Starts jobs, looks at them, stops them."""

    def start(self, run: Run, command: Sequence[str]) -> None:
        """Start a job, whose lock is held, or write down why not.

        Args:
            run: of the job.
            command: arguments of `python -m mimimi`.
        """

    def look(self, record: Mapping[str, Any]) -> Seen:
        """How a job stands that is thought to wait or to run."""

    def output(self, run: Run) -> str:
        """The end of what a job has printed."""

    def stop(self, record: Mapping[str, Any]) -> None:
        """Ask a job to end.

        Raises:
            UserError: it cannot be asked from here.
        """


def package_path() -> str:
    """What PYTHONPATH must hold for a job to find this very package."""
    return str(Path(__file__).parents[2])
