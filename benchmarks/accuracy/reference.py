"""What a second microphone is worth: AUC against how loud the hall is beside the machine.

    python -m benchmarks.accuracy.reference DATA [--kept DIR] [--halls 2] [--only TEXT]

Real machines (training clips learnt, dev clips judged, by a memory of each alone) are played in
simulated rooms of 12 x 8 x 5 m with a microphone half a metre away; other real machines, of other
types, are the hall; a second microphone stands 3 m off or more. Every way of judging hears the very
same recordings: the near microphone alone, with the hall taken away by complex least squares, by
magnitudes alone (the same |H|), and, as the best that could be had, without any hall. Each machine
stands in `--halls` rooms drawn at random. Intervals (95 %) over recordings; differences in pairs.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.memory.trial import interval, wins
from mimimi.audio.reference_channel import WINDOW, path, sound, spectrum, without_hall
from mimimi.files import replace_file
from mimimi.memory import MemoryBank
from mimimi.simulate.room import Room
from mimimi.simulate.two_microphones import Hall

SIZE = (12.0, 8.0, 5.0)  # m
SEGMENT = 160_000
_NO_HALL_DB = 200.0
_LEFT = 0.05  # of a magnitude, at least

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Condition:
    """One point of the figure."""

    near: str = "mimii"  # mimii or cars: what is listened to; the hall is MIMII
    ratio_db: float = -14.0  # machine to hall at the near microphone
    standing: int = 1
    moving: int = 0
    reverberation: float = 0.4  # s
    leak_db: float | None = None  # the machine at the far microphone; None: as the room has it

    @property
    def name(self) -> str:
        hall = f"{self.standing} standing" + (f" {self.moving} moving" if self.moving else "")
        leak = "" if self.leak_db is None else f", leak -{self.leak_db:.0f} dB"
        return f"{self.near}, {hall}, {self.reverberation} s, {self.ratio_db:+.0f} dB{leak}"

    @property
    def slug(self) -> str:
        """Its name, as a file is called."""
        return re.sub(r"[^\w.+-]+", "_", self.name)


RATIOS = (-20.0, -14.0, -8.0, -2.0, 6.0)
CONDITIONS = (
    *(Condition(ratio_db=ratio) for ratio in RATIOS),
    *(Condition(ratio_db=ratio, standing=3) for ratio in RATIOS),
    *(Condition(ratio_db=ratio, standing=2, moving=1) for ratio in RATIOS),
    *(Condition(reverberation=seconds) for seconds in (0.2, 0.8)),
    *(Condition(leak_db=leak) for leak in (0.0, 5.0, 10.0, 20.0)),
    *(Condition(near="cars", ratio_db=ratio) for ratio in RATIOS),
)


def by_magnitude(near: Sound, far: Sound) -> Sound:
    """What the hall has of each magnitude taken off, by the same path, the near phase kept."""
    heard, hall = (spectrum(x.astype(np.float64), WINDOW) for x in (near, far))
    size = np.abs(heard)
    left = np.maximum(size - np.abs(path(heard, hall) * hall), _LEFT * size)
    return sound(heard * left / np.maximum(size, 1e-12), near.size, WINDOW)


WAYS: dict[str, Callable[[Sound, Sound], Sound]] = {
    "near alone": lambda near, far: near,
    "complex": without_hall,
    "magnitude": by_magnitude,
}
NO_HALL = "no hall"


@dataclass(frozen=True)
class Machine:
    """Clips of a machine, each `(time,)`."""

    name: str
    learn: list[Sound]
    normal: list[Sound]
    anomalous: list[Sound]


def machines(root: Path, near: str) -> list[Machine]:
    """MIMII's, or the cars."""
    rows = list(csv.DictReader((root / "index.csv").open()))
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
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
    condition: Condition, here: Sequence[Machine], others: Sequence[Machine], halls: int
) -> dict[str, dict[str, list[list[float]]]]:
    """By way, by machine: wins `(normal, anomalous)`, means over the halls."""
    found: dict[str, dict[str, list[list[float]]]] = {}
    for machine in here:
        tables: dict[str, list[NDArray[np.floating]]] = {}
        for number in range(halls):
            rng = np.random.default_rng([number, *machine.name.encode()])
            hall = Hall.drawn(
                Room(SIZE, condition.reverberation), rng, condition.standing, condition.moving
            )
            count = condition.standing + condition.moving
            kind = machine.name.split()[0]
            strange = [m for m in others if m.name.split()[0] != kind]
            stand = [strange[k] for k in rng.choice(len(strange), count)]
            recorded = [
                list(_recorded(hall, condition, clips, stand, part, rng))
                for part, clips in (
                    ("learn", machine.learn),
                    ("dev", machine.normal),
                    ("dev", machine.anomalous),
                )
            ]
            for way in (*WAYS, NO_HALL):
                learn, normal, anomalous = (
                    [alone if way == NO_HALL else WAYS[way](*both) for both, alone in of]
                    for of in recorded
                )
                bank = MemoryBank.learn(learn)
                tables.setdefault(way, []).append(wins(bank.scores(normal), bank.scores(anomalous)))
        for way, of in tables.items():
            found.setdefault(way, {})[machine.name] = np.mean(of, axis=0).tolist()
    return found


def _recorded(
    hall: Hall,
    condition: Condition,
    clips: Sequence[Sound],
    stand: Sequence[Machine],
    part: str,
    rng: np.random.Generator,
) -> Iterator[tuple[Sound, Sound]]:
    """Both microphones `(2, time)`, and the near one without any hall `(time,)`.

    What the hall plays while it is learnt it does not play while it is judged.
    """
    for clip in clips:
        noises = []
        for other in stand:
            pool = other.learn[:3] if part == "learn" else other.learn[3:]
            take = pool[rng.integers(len(pool))]
            noises.append(np.roll(take, int(rng.integers(take.size)))[: clip.size])
        both = hall.record(clip, noises, ratio_db=condition.ratio_db, leak_db=condition.leak_db)
        yield both, hall.record(clip, noises, ratio_db=_NO_HALL_DB)[0]


def report(condition: Condition, found: dict[str, dict[str, list[list[float]]]]) -> str:
    """A row of the table."""
    as_arrays = {way: [np.array(t) for t in of.values()] for way, of in found.items()}
    cells = []
    for tables in as_arrays.values():
        auc, low, high = interval(tables)
        cells.append(f"{auc:.2f} [{low:.2f}, {high:.2f}]")
    apart = [c - n for c, n in zip(as_arrays["complex"], as_arrays["near alone"], strict=True)]
    gain, low, high = interval(apart)
    return f"| {condition.name} | {' | '.join(cells)} | {gain:+.2f} [{low:+.2f}, {high:+.2f}] |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is not kept yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--kept", type=Path, default=Path("benchmarks/accuracy/results/reference"))
    parser.add_argument("--halls", type=int, default=2)
    parser.add_argument("--only", default="", help="conditions whose name holds this")
    options = parser.parse_args(arguments)
    options.kept.mkdir(parents=True, exist_ok=True)
    others = machines(options.data, "mimii")
    print(f"| hall | {' | '.join((*WAYS, NO_HALL))} | complex less near alone |")
    print("|---" * (len(WAYS) + 3) + "|")
    for condition in CONDITIONS:
        if options.only not in condition.name:
            continue
        kept = options.kept / f"{condition.slug}.json"
        if not kept.is_file():
            found = measure(
                condition, machines(options.data, condition.near), others, options.halls
            )
            about = {"condition": asdict(condition), "halls": options.halls, "window": WINDOW}
            replace_file(kept, json.dumps(about | {"wins": found}).encode())
        print(report(condition, json.loads(kept.read_text())["wins"]), flush=True)


if __name__ == "__main__":
    main()
