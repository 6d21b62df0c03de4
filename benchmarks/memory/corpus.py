"""Clips to measure on, described by views once: real ones, the same in other noise, simulated."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from mimimi.memory.spectra import SEGMENT_SAMPLES, Array, spectra
from mimimi.memory.views import View
from mimimi.simulate import FAULTS, MACHINE_TYPES, simulate_clip


@dataclass(frozen=True)
class Row:
    """One segment of a clip."""

    recording: int
    channel: int
    split: str  # train, dev, shift
    label: str  # "normal", "anomaly" or the name of a simulated fault
    severity: float


@dataclass(frozen=True)
class Machine:
    """All segments of one machine, and what each view makes of them."""

    name: str  # "fan id_00"
    rows: tuple[Row, ...]
    vectors: dict[str, Array]  # (segment, band, value) by name of the view

    @property
    def type(self) -> str:
        return self.name.split()[0]

    @property
    def recordings(self) -> NDArray[np.int64]:
        return np.array([row.recording for row in self.rows])

    @property
    def channels(self) -> NDArray[np.int64]:
        return np.array([row.channel for row in self.rows])

    def where(self, **wanted: object) -> NDArray[np.bool_]:
        """Which segments have these values, `where(label="normal", channel=0)`."""
        return np.array(
            [
                all(getattr(row, name) == value for name, value in wanted.items())
                for row in self.rows
            ]
        )

    @property
    def normal(self) -> NDArray[np.bool_]:
        return self.where(label="normal")


def real(
    root: Path,
    views: Sequence[View],
    types: Sequence[str] = MACHINE_TYPES,
    channels: int | None = 1,
) -> list[Machine]:
    """The machines of `index.csv`; of each clip so many channels, all with None."""
    rows = list(csv.DictReader((root / "index.csv").open()))
    found = []
    for name in sorted({f"{row['machine_type']} {row['machine_id']}" for row in rows}):
        own = [row for row in rows if f"{row['machine_type']} {row['machine_id']}" == name]
        if name.split()[0] in types:
            found.append(described(name, _read(root, own, channels), views))
    return found


def shifted(root: Path, shift: Path, views: Sequence[View]) -> list[Machine]:
    """Machines with their training clips as they are, and their clips in other noise."""
    own = list(csv.DictReader((root / "index.csv").open()))
    rows = list(csv.DictReader((shift / "index.csv").open()))
    found = []
    groups = sorted(
        {(r["path"].split("/")[0], r["snr_db"], r["machine_type"], r["machine_id"]) for r in rows}
    )
    for mix, snr, machine_type, machine_id in groups:
        train = [
            row
            for row in own
            if (row["machine_type"], row["machine_id"], row["split"])
            == (machine_type, machine_id, "train")
        ]
        test = [
            row
            for row in rows
            if (row["path"].split("/")[0], row["snr_db"], row["machine_type"], row["machine_id"])
            == (mix, snr, machine_type, machine_id)
        ]
        read = chain(_read(root, train, 1), _read(shift, test, 1, first=len(train)))
        found.append(described(f"{machine_type} {machine_id} {mix} {snr}", read, views))
    return found


def simulated(
    views: Sequence[View],
    ids: Sequence[int],
    severities: Sequence[float] = (1, 3),
    references: int = 12,
    normal: int = 12,
    faulty: int = 6,
    types: Sequence[str] = MACHINE_TYPES,
) -> Iterator[Machine]:
    """Simulated machines with each of their faults."""
    for machine_type in types:
        for number in ids:
            takes: list[tuple[int, str, str | None, float]]
            takes = [(k, "train", None, 0.0) for k in range(references)]
            takes += [(10_000 + k, "dev", None, 0.0) for k in range(normal)]
            for f, fault in enumerate(FAULTS[machine_type]):
                first = 20_000 + 1_000 * f
                takes += [(first + k, "dev", fault, s) for s in severities for k in range(faulty)]
            name = f"id_{number}"
            made = (
                (
                    Row(k, 0, split, fault or "normal", severity),
                    simulate_clip(machine_type, name, clip=clip, fault=fault, severity=severity),
                )
                for k, (clip, split, fault, severity) in enumerate(takes)
            )
            yield described(f"{machine_type} {name}", made, views)


Clips = Iterator[tuple[Row, Array]]


def _read(
    root: Path, index: Sequence[dict[str, str]], channels: int | None, first: int = 0
) -> Clips:
    for number, row in enumerate(index):
        samples, _ = soundfile.read(root / row["path"], dtype="float32", always_2d=True)
        for channel in range(samples.shape[1])[:channels]:
            yield (
                Row(first + number, channel, row["split"], row["label"], 0.0),
                samples[:SEGMENT_SAMPLES, channel],
            )


def described(name: str, clips: Clips, views: Sequence[View]) -> Machine:
    """A machine of clips of 10 s."""
    rows, vectors = [], []
    for row, samples in clips:
        heard = spectra(samples)
        rows.append(row)
        vectors.append([view.describe(heard) for view in views])
    stacked = {
        view.name: np.stack([of[k] for of in vectors]).astype(np.float32)
        for k, view in enumerate(views)
    }
    return Machine(name, tuple(rows), stacked)
