"""The clips that every row of a table is made of, and scores of them kept on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mimimi.config import MACHINE_TYPES
from mimimi.data.index import Recording, index
from mimimi.errors import UserError
from mimimi.files import replace_file

Scores = dict[str, float]  # by name of clip; higher = stranger


@dataclass(frozen=True)
class Clips:
    """What is learnt from, and what is reported on."""

    root: Path
    learn: Sequence[Recording]  # normal, of the training split, all channels
    report: Sequence[Recording]  # of the other splits, channel 0

    @classmethod
    def under(cls, root: Path) -> Clips:
        """The recordings of the four machine types under a folder."""
        found = [r for r in index([root], log=lambda line: None) if r.machine_type in MACHINE_TYPES]
        learn = [r for r in found if r.split == "train" and r.label == "normal"]
        known = {r.machine for r in learn}
        report = [r for r in found if r.split != "train" and r.machine in known]
        if not report:
            raise UserError(f"{root} needs normal clips to learn from and others to report on.")
        return cls(root, learn, report)

    @property
    def machines(self) -> list[str]:
        """Names such as "fan id_00"."""
        return sorted({r.machine for r in self.learn})

    def name(self, recording: Recording) -> str:
        """The clip's path below the root."""
        return recording.path.relative_to(self.root).as_posix()


@dataclass(frozen=True)
class Row:
    """A system to be measured: whoever changes what it does changes `how`, and it is run anew."""

    name: str
    group: str
    title: str
    how: str
    score: Callable[[Clips, int], Scores]  # with a seed
    seeds_matter: bool = True


@dataclass(frozen=True)
class Kept:
    """Scores by row and seed: a JSON file each, written whole or not at all."""

    folder: Path

    def scores(self, row: Row, seed: int, clips: Clips) -> Scores | None:
        """Those kept, if they were made as the row says and on these clips."""
        file = self._file(row, seed)
        if not file.exists():
            return None
        kept = json.loads(file.read_text(encoding="utf-8"))
        same = kept["how"] == row.how and set(kept["scores"]) == set(map(clips.name, clips.report))
        return kept["scores"] if same else None

    def keep(self, row: Row, seed: int, scores: Scores, seconds: float) -> None:
        """Write scores down, with the processor time they took."""
        rounded = {clip: float(f"{score:.6g}") for clip, score in sorted(scores.items())}
        text = json.dumps(
            {"row": row.name, "how": row.how, "seed": seed, "cpu_seconds": round(seconds)}
            | {"scores": rounded},
            indent=1,
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self._file(row, seed), (text + "\n").encode())

    def _file(self, row: Row, seed: int) -> Path:
        return self.folder / f"{row.name}.{seed}.json"
