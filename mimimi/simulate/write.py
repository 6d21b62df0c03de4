"""A corpus of simulated clips on disk, laid out as the DCASE 2020 Task 2 development set."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mimimi.simulate.clip import FAULTS, VERSION, simulate_clip
from mimimi.simulate.sound import RATE

FIRST_ID = 50  # so that a simulated machine never bears the name of a real one

# Clip numbers: training, normal test and faulty test clips are takes of their own.
_NORMAL_TEST = 1_000_000
_ANOMALY_TEST = 2_000_000
_TRAINING_CLIP = re.compile(r"normal_(?P<id>id_\d{2,4})_(?P<number>\d{8})\.wav")


@dataclass(frozen=True)
class _Row:
    """A line of `index.csv`."""

    path: str
    machine_type: str
    machine_id: str
    label: str
    split: str
    fault: str
    severity: float
    snr_db: float
    simulator_version: int


def _plan(
    machine_type: str, ids: int, clips: int, tests: int, snr_db: float
) -> Iterator[tuple[_Row, int]]:
    """The clips of one machine type, each with the number of its take."""
    sets = (
        ("train", "normal", clips, 0),
        ("test", "normal", tests, _NORMAL_TEST),
        ("test", "anomaly", tests, _ANOMALY_TEST),
    )
    faults = FAULTS[machine_type]
    for machine in range(ids):
        machine_id = f"id_{FIRST_ID + machine}"
        for split, label, count, first in sets:
            for number in range(count):
                faulty = label == "anomaly"
                row = _Row(
                    path=f"{machine_type}/{split}/{label}_{machine_id}_{number:08d}.wav",
                    machine_type=machine_type,
                    machine_id=machine_id,
                    label=label,
                    split=split,
                    fault=faults[(machine + number) % len(faults)] if faulty else "",
                    severity=1.0 if faulty else 0.0,
                    snr_db=snr_db,
                    simulator_version=VERSION,
                )
                yield row, first + number


def _merge_index(path: Path, rows: list[_Row]) -> None:
    """Write `index.csv`, keeping the lines of an earlier call that name other files."""
    lines = {row.path: {name: str(value) for name, value in asdict(row).items()} for row in rows}
    if path.exists():
        with path.open(newline="") as file:
            lines = {line["path"]: line for line in csv.DictReader(file)} | lines
    temporary = path.with_suffix(".partial")
    with temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(_Row.__dataclass_fields__), restval="")
        writer.writeheader()
        writer.writerows(lines[name] for name in sorted(lines))
    temporary.replace(path)


def written_again(machine_type: str, name: str) -> bytes | None:
    """A training clip of `write_corpus`, as the file it writes where no level or seed is said.

    Args:
        machine_type: of the machine.
        name: of the file, without folders.

    Returns:
        None where the name is of no such clip.

    Example:
        >>> written_again("valve", "normal_id_50_00000003.wav")[:4]
        b'RIFF'
        >>> written_again("valve", "00000003.flac")
    """
    import soundfile

    named = _TRAINING_CLIP.fullmatch(name)
    if not named or machine_type not in FAULTS or int(named["number"]) >= _NORMAL_TEST:
        return None
    sound = simulate_clip(machine_type, named["id"], clip=int(named["number"]))
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def write_corpus(
    out: Path,
    *,
    types: Sequence[str],
    ids: int = 4,
    clips: int = 10,
    tests: int | None = None,
    snr_db: float = -6.0,
    seed: int = 0,
    on_clip: Callable[[int, int], None] | None = None,
) -> int:
    """Write simulated clips as 16-bit WAV files and list them in `index.csv`.

    Per machine id: `clips` normal clips in `TYPE/train`, and in `TYPE/test` `tests` normal and as
    many anomalous ones, going round the faults of the type. An existing folder is added to:
    `index.csv` keeps its other lines.

    Args:
        out: the folder; made where it does not exist.
        types: machine types, of `MACHINE_TYPES`.
        ids: machines per type, called `id_50`, `id_51`, ...
        clips: normal training clips per machine.
        tests: test clips of either kind per machine; a quarter of `clips`, at least 2, if not said.
        snr_db: machine against factory noise, as in `simulate_clip`.
        seed: another seed is another set of machines.
        on_clip: called after each clip with (clips done, clips in all).

    Returns:
        The number of clips written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_corpus(Path(folder), types=["valve"], ids=1, clips=1)
        5
    """
    import soundfile

    if tests is None:
        tests = max(2, clips // 4)
    plan = [entry for name in types for entry in _plan(name, ids, clips, tests, snr_db)]
    for done, (row, take) in enumerate(plan, start=1):
        target = out / row.path
        target.parent.mkdir(parents=True, exist_ok=True)
        sound = simulate_clip(
            row.machine_type,
            row.machine_id,
            clip=take,
            fault=row.fault or None,
            severity=row.severity,
            snr_db=snr_db,
            seed=seed,
        )
        soundfile.write(target, sound, RATE, subtype="PCM_16")
        if on_clip is not None:
            on_clip(done, len(plan))
    _merge_index(out / "index.csv", [row for row, _ in plan])
    return len(plan)
