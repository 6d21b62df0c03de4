"""Sound that is kept as FLAC: around alarms, and a fair sample of normal running."""

from __future__ import annotations

import io
import random
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal, cast

import numpy as np

from mimimi import files
from mimimi.audio.decoder import Block
from mimimi.names import slug
from mimimi.terminal import Log

Reason = Literal["alarm", "sample"]

_SAMPLES_SHARE = 0.25  # of the room, that samples of normal running may take
_LEFT_FREE = 200e6  # bytes of the disk that are no clip's, so that the history can be written
_TIME = "%Y-%m-%dT%H-%M-%SZ"
_NAME = re.compile(r"(\S+Z)(?:_([\d.]+)s_(alarm|sample)_(-?[\d.]+))?\.flac")


@dataclass(frozen=True)
class Clip:
    """A piece of sound that is kept, as its file's name says."""

    path: Path
    at: float  # s since 1970, UTC, where it begins
    seconds: float
    reason: Reason
    score: float  # of its most unusual segment

    @classmethod
    def of(cls, path: Path) -> Clip | None:
        """None where it is something else."""
        found = _NAME.fullmatch(path.name)
        if not found:
            return None
        try:
            at = datetime.strptime(found[1], _TIME).replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            return None
        seconds, score = float(found[2] or 60.0), float(found[4] or 0.0)  # as once called
        return cls(path, at, seconds, cast(Reason, found[3] or "alarm"), score)


def kept(folder: Path, machine: str) -> list[Clip]:
    """The clips of a machine, in order of time; `folder` is that of all clips."""
    found = map(Clip.of, (folder / slug(machine)).glob("*.flac"))
    return sorted((clip for clip in found if clip), key=lambda clip: clip.at)


@dataclass(frozen=True)
class _Stored:
    clip: Clip
    size: int  # bytes
    stored: float  # s since 1970


class Clips:
    """A folder of clips that takes up so much at most, and keeps none longer than so many days.

    What goes first where room is needed: samples, drawn by lot, while they take more than a quarter
    of it; then, of the machine whose clips take most, the one with the lowest score.

    Args:
        folder: made where it is missing.
        megabytes: that all clips take together, at most.
        days: after which a clip goes in any case.
        complain: told when one cannot be kept.
        chance: draws lots.
        now: s since 1970.
    """

    def __init__(
        self,
        folder: Path,
        megabytes: float,
        days: float,
        complain: Log,
        chance: random.Random | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._folder, self._most, self._days = folder, round(1e6 * megabytes), days
        self._complain, self._chance, self._now = complain, chance or random.Random(), now

    def keep(
        self, machine: str, at: float, samples: Block, rate: int, reason: Reason, score: float
    ) -> str | None:
        """Keep a clip.

        Args:
            machine: its name.
            at: when it begins, in s since 1970.
            samples: `(time,)` or `(time, channel)`, int16 or float32.
            rate: in Hz.
            reason: why.
            score: of its most unusual segment.

        Returns:
            Its path; None where it could not be kept.
        """
        import soundfile

        content = io.BytesIO()
        samples = samples if samples.dtype == np.int16 else np.clip(samples, -1, 1)
        soundfile.write(content, samples, rate, format="FLAC", subtype="PCM_16")
        size = content.getbuffer().nbytes
        begins = f"{datetime.fromtimestamp(at, timezone.utc):{_TIME}}"
        name = f"{begins}_{len(samples) / rate:.0f}s_{reason}_{score:.3f}.flac"
        path = self._folder / slug(machine) / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not self._make_room(size):
                if self._most >= size:  # else nobody wants one
                    self._complain(
                        f"no clip was kept: less than {_LEFT_FREE / 1e6:.0f} MB are free"
                    )
                return None
            files.replace_file(path, content.getvalue())
        except OSError as error:
            self._complain(f"no clip was kept: {error.strerror or error}")
            return None
        return str(path)

    def _make_room(self, size: int) -> bool:
        """Whether there is room for so many bytes, now that what had to go has gone."""
        stored = list(self._stored())
        for old in [s for s in stored if s.stored < self._now() - 86_400 * self._days]:
            self._drop(old, stored)
        total = sum(one.size for one in stored)
        free = shutil.disk_usage(self._folder).free - _LEFT_FREE
        most = min(self._most, total + free)
        while stored and total + size > most:
            total -= self._drop(self._least_missed(stored, most), stored)
        return total + size <= most

    def _least_missed(self, stored: list[_Stored], most: float) -> _Stored:
        samples = [one for one in stored if one.clip.reason == "sample"]
        alarms = [one for one in stored if one.clip.reason == "alarm"]
        if samples and (not alarms or sum(s.size for s in samples) > _SAMPLES_SHARE * most):
            return self._chance.choice(samples)
        of_machine = defaultdict(list)
        for one in alarms:
            of_machine[one.clip.path.parent].append(one)
        largest = max(of_machine.values(), key=lambda clips: sum(one.size for one in clips))
        return min(largest, key=lambda one: (one.clip.score, one.stored))

    def _drop(self, one: _Stored, stored: list[_Stored]) -> int:
        one.clip.path.unlink(missing_ok=True)
        stored.remove(one)
        return one.size

    def _stored(self) -> Iterator[_Stored]:
        for path in self._folder.glob("*/*.flac"):
            if clip := Clip.of(path):
                found = path.stat()
                yield _Stored(clip, found.st_size, found.st_mtime)
