"""What has been measured, on disk: a file a condition and judge, a room after the other."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.accuracy.reference.conditions import Condition
from benchmarks.accuracy.reference.trial import Wins
from mimimi.audio.reference_channel import WINDOW
from mimimi.files import replace_file


@dataclass(frozen=True)
class Kept:
    """A folder of them. What was measured with another filter does not count."""

    folder: Path

    def rooms(self, condition: Condition, judge: str) -> list[Wins]:
        """Those that are there, in their order."""
        file = self._file(condition, judge)
        if not file.is_file():
            return []
        found = json.loads(file.read_text(encoding="utf-8"))
        return found["rooms"] if found["about"] == _about(condition) else []

    def add(self, condition: Condition, judge: str, room: Wins) -> None:
        """The next room."""
        rooms = [*self.rooms(condition, judge), room]
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"about": _about(condition), "rooms": rooms}, separators=(",", ":"))
        replace_file(self._file(condition, judge), (text + "\n").encode())

    def _file(self, condition: Condition, judge: str) -> Path:
        return self.folder / f"{condition.slug}.{judge}.json"


def _about(condition: Condition) -> dict[str, object]:
    return asdict(condition) | {"window": WINDOW}
