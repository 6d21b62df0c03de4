"""`metrics.jsonl`: a line an epoch and one every few seconds; a kill may cut the last one short."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mimimi.files import replace_file

NAME = "metrics.jsonl"
_NUMBERS = (
    "network",
    "networks",
    "epoch",
    "epochs",
    "done",
    "total",
    "seconds_left",
    "share",
    "loss_total",
)
_BETWEEN_LINES = 5.0  # s
_EARLIER = {"heldout_loss": "validation_loss", "heldout_accuracy": "validation_accuracy"}


class Metrics:
    """Writes the metrics of one run.

    Args:
        folder: of the run.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     Metrics(Path(folder)).add(epoch=1, loss_total=0.5)
        ...     read(Path(folder))
        [{'epoch': 1, 'loss_total': 0.5}]
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._last_line = float("-inf")

    def add(self, **values: Any) -> None:
        """Add a line."""
        with self.path.open("a") as file:
            file.write(json.dumps(values) + "\n")

    def now_and_then(self, **values: Any) -> None:
        """Add a line unless there was one a few seconds ago."""
        if time.monotonic() - self._last_line > _BETWEEN_LINES:
            self._last_line = time.monotonic()
            self.add(**values)

    def keep(self, wanted: Callable[[dict[str, Any]], bool]) -> None:
        """Drop the other lines, and what is left of one that was cut in the middle."""
        if self.path.is_file():
            kept = [json.dumps(line) + "\n" for line in read(self.path.parent) if wanted(line)]
            replace_file(self.path, "".join(kept).encode())


def read(folder: Path) -> list[dict[str, Any]]:
    """All whole lines of a run's metrics, the oldest first.

    A training writes a line an epoch (those with `loss_total`; see `EpochReport`) and every few
    seconds one with `epoch`, `windows` and `seconds_left`; a download or a simulation lines with
    `done`, `total` and, where known, `name` and `seconds_left`.
    """
    return _lines(folder, longest=None)


def latest(folder: Path) -> list[dict[str, Any]]:
    """The last few lines, without reading all that a long run has written."""
    return _lines(folder, longest=4096)


def _lines(folder: Path, longest: int | None) -> list[dict[str, Any]]:
    try:
        with (folder / NAME).open("rb") as file:
            if longest is not None:
                file.seek(max(0, os.fstat(file.fileno()).st_size - longest))
            content = file.read()
    except OSError:
        return []
    lines = []
    for text in content.splitlines():
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            continue  # cut in the middle by a kill, by a full disk, or by where we began to read
        if isinstance(line, dict) and _makes_sense(line):
            lines.append({str(_EARLIER.get(name, name)): value for name, value in line.items()})
    return lines


def _makes_sense(line: dict[str, Any]) -> bool:
    return all(isinstance(line.get(name), (int, float, type(None))) for name in _NUMBERS)
