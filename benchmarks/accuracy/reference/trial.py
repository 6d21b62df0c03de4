"""Machines played in rooms, recorded by two microphones, and judged in every way."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.accuracy.reference.conditions import Condition
from benchmarks.accuracy.reference.judges import Judge
from benchmarks.accuracy.reference.ways import Sound, Way
from benchmarks.memory.trial import wins
from mimimi.simulate.room import Room
from mimimi.simulate.two_microphones import Hall

SIZE = (12.0, 8.0, 5.0)  # m
SEGMENT = 160_000
NO_HALL = "no hall"

Wins = dict[str, dict[str, list[list[float]]]]  # by way, by machine: (normal, anomalous)


@dataclass(frozen=True)
class Machine:
    """Clips of a machine, each `(time,)`."""

    name: str
    learn: list[Sound]
    normal: list[Sound]
    anomalous: list[Sound]

    @property
    def type(self) -> str:
        """Such as "fan"."""
        return self.name.split()[0]


def machines(root: Path, near: str) -> list[Machine]:
    """MIMII's, or the cars: learnt from training clips, judged on dev clips."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader((root / "index.csv").open()):
        if (row["machine_type"] == "car") == (near == "cars"):
            found.setdefault(f"{row['machine_type']} {row['machine_id']}", []).append(row)
    return [
        Machine(
            name,
            _cut(root, of, "train", "normal"),
            _cut(root, of, "dev", "normal"),
            _cut(root, of, "dev", "anomaly"),
        )
        for name, of in sorted(found.items())
    ]


def _cut(root: Path, rows: Sequence[dict[str, str]], split: str, label: str) -> list[Sound]:
    """Segments of 10 s, six of a long recording at most; channel 0."""
    segments = []
    for row in rows:
        if (row["split"], row["label"]) == (split, label):
            samples = soundfile.read(root / row["path"], dtype="float32", always_2d=True)[0][:, 0]
            count = min(6, samples.size // SEGMENT)
            segments += [samples[k * SEGMENT : (k + 1) * SEGMENT] for k in range(count)]
    return segments


def measure(
    condition: Condition,
    here: Sequence[Machine],
    others: Sequence[Machine],
    number: int,
    ways: Mapping[str, Way],
    judge: Judge,
) -> Wins:
    """What each way wins with every machine in its room of this number.

    A room has its places, and its other machines of other types, drawn anew for each machine.
    Every way hears the very same recordings.
    """
    found: Wins = {way: {} for way in (*ways, NO_HALL)}
    for machine in here:
        played = Played.drawn(condition, machine, others, number)
        for name in found:
            way = ways.get(name)
            scores = judge(machine.name, partial(played.heard, "learn", way))
            normal, anomalous = (scores(played.heard(of, way)) for of in ("normal", "anomalous"))
            found[name][machine.name] = wins(normal, anomalous).tolist()
    return found


@dataclass(frozen=True, eq=False)
class Played:
    """A machine in a hall, and what the hall plays beside each of its clips.

    What it plays while the machine is learnt it does not play while it is judged.
    """

    condition: Condition
    hall: Hall
    clips: Mapping[str, Sequence[Sound]]
    noises: Mapping[str, Sequence[Sequence[Sound]]]

    @classmethod
    def drawn(
        cls, condition: Condition, machine: Machine, others: Sequence[Machine], number: int
    ) -> Played:
        """Places, neighbours and their takes at random; the same for the same number."""
        rng = np.random.default_rng([number, *machine.name.encode()])
        room = Room(SIZE, condition.reverberation)
        hall = Hall.drawn(room, rng, condition.standing, condition.moving)
        strange = [other for other in others if other.type != machine.type]
        chosen = rng.choice(len(strange), condition.standing + condition.moving)
        around = [strange[k] for k in chosen]
        clips = {"learn": machine.learn, "normal": machine.normal, "anomalous": machine.anomalous}
        noises = {
            part: [
                [
                    _take(other.learn[:3] if part == "learn" else other.learn[3:], rng)
                    for other in around
                ]
                for _ in of
            ]
            for part, of in clips.items()
        }
        return cls(condition, hall, clips, noises)

    def heard(self, part: str, way: Way | None) -> list[Sound]:
        """Clips to learn from, normal or anomalous ones, in one way; None: without the hall."""
        recorded = self._recorded.setdefault(part, [])
        if not recorded:
            recorded += map(self._record, self.clips[part], self.noises[part])
        return [way(both[0], both[1], self.hall) if way else alone for both, alone in recorded]

    @cached_property
    def _recorded(self) -> dict[str, list[tuple[Sound, Sound]]]:
        """Each made when it is first asked for: not everybody learns."""
        return {}

    def _record(self, clip: Sound, noises: Sequence[Sound]) -> tuple[Sound, Sound]:
        """Both microphones `(2, time)`, and the near one without any hall `(time,)`."""
        ratio, leak = self.condition.ratio_db, self.condition.leak_db
        both = self.hall.record(
            clip, [of[: clip.size] for of in noises], ratio_db=ratio, leak_db=leak
        )
        return both, self.hall.alone(clip)[0]


def _take(takes: Sequence[Sound], rng: np.random.Generator) -> Sound:
    """One of them, begun anywhere."""
    take = takes[int(rng.integers(len(takes)))]
    return np.roll(take, int(rng.integers(take.size)))
