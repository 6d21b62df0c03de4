"""Numbers that took long to find, kept line by line, so that what was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mimimi.detector.checkpoint import read_config
from mimimi.detector.detector import Detector
from mimimi.detector.locate import locate


class Kept:
    """A JSONL file of what a function found for each key; a line cut off is found anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._found: dict[str, Any] = dict(self._lines()) if path.exists() else {}

    def _lines(self) -> Iterator[tuple[str, Any]]:
        for line in self.path.read_text().splitlines():
            try:
                name, value = json.loads(line)
            except ValueError:
                continue
            yield name, value

    def get(self, key: str, find: Callable[..., Any], *arguments: object) -> Any:
        """What was found for this key, else what `find(*arguments)` finds now."""
        if key not in self._found:
            self._found[key] = find(*arguments)
            with self.path.open("a") as file:
                file.write("\n" + json.dumps([key, self._found[key]]))
        return self._found[key]


def load(name: str) -> tuple[Detector, str]:
    """A detector, and eight digits of its weights: its scores are no other detector's."""
    folder, _ = locate(name)
    return Detector.from_pretrained(name), str(read_config(folder)["weights_sha256"])[:8]
