"""Machines played in rooms, recorded by two microphones, and judged in every way."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
        rng = np.random.default_rng([number, *machine.name.encode()])
        room = Room(SIZE, condition.reverberation)
        hall = Hall.drawn(room, rng, condition.standing, condition.moving)
        strange = [other for other in others if other.type != machine.type]
        count = condition.standing + condition.moving
        around = [strange[k] for k in rng.choice(len(strange), count)]
        learn, normal, anomalous = (
            [_recorded(hall, condition, clip, around, half, rng) for clip in clips]
            for half, clips in enumerate((machine.learn, machine.normal, machine.anomalous))
        )
        for way in found:
            heard = [
                [alone if way == NO_HALL else ways[way](*both, hall) for both, alone in of]
                for of in (learn, normal, anomalous)
            ]
            scores = judge(machine.name, heard[0])
            found[way][machine.name] = wins(scores(heard[1]), scores(heard[2])).tolist()
    return found


def _recorded(
    hall: Hall,
    condition: Condition,
    clip: Sound,
    around: Sequence[Machine],
    half: int,
    rng: np.random.Generator,
) -> tuple[Sound, Sound]:
    """Both microphones `(2, time)`, and the near one without any hall `(time,)`.

    What the hall plays while the machine is learnt it does not play while it is judged.
    """
    noises = []
    for other in around:
        pool = other.learn[3:] if half else other.learn[:3]
        take = pool[rng.integers(len(pool))]
        noises.append(np.roll(take, int(rng.integers(take.size)))[: clip.size])
    both = hall.record(clip, noises, ratio_db=condition.ratio_db, leak_db=condition.leak_db)
    return both, hall.alone(clip)[0]
