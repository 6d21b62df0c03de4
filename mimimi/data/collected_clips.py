"""The clips of a collection one by one: listed, called faulty, removed, and brought back."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from mimimi.data.collection import FAULTY, machine_type_of, places, write_index
from mimimi.data.find import INDEX_NAME
from mimimi.data.pieces import PIECE

_REMOVED = ".removed"  # what was removed last, at the places it had
_NAME = re.compile(r"(?P<name>.*)-[0-9a-f]{12}-(?P<piece>\d{4})")


@dataclass(frozen=True)
class CollectedClip:
    """A recording in a collection, or 10 s that were cut from one."""

    path: Path  # within the collection
    name: str  # of the recording that it was given as
    start: float  # s, in that recording
    seconds: float
    faulty: bool


def clips(folder: Path, machine: str) -> list[CollectedClip]:
    """All clips of a machine, those of it running well first.

    Args:
        folder: of the collection.
        machine: as `collection.machines` names it.

    Example:
        >>> import tempfile, soundfile
        >>> from mimimi.data import collection
        >>> from mimimi.simulate import simulate_clip
        >>> folder = Path(tempfile.mkdtemp())
        >>> soundfile.write(folder / "a.wav", simulate_clip("fan", seconds=25.0), 16_000)
        >>> collection.add(folder, "fan", "north", "a.wav", folder / "a.wav")
        2
        >>> [(clip.name, clip.start) for clip in clips(folder, "north")]
        [('a', 0.0), ('a', 10.0)]
    """
    import soundfile

    place = folder / machine
    found = []
    for path in (*sorted(place.glob("*.wav")), *sorted((place / FAULTY).glob("*.wav"))):
        named = _NAME.fullmatch(path.stem)
        found.append(
            CollectedClip(
                path=path.relative_to(folder),
                name=named["name"] if named else path.stem,
                start=PIECE * int(named["piece"]) if named else 0.0,
                seconds=soundfile.info(path).duration,
                faulty=path.parent.name == FAULTY,
            )
        )
    return found


def mark(folder: Path, clip: Path, *, faulty: bool) -> None:
    """Say that the machine was faulty in a clip, or that it ran well after all.

    Args:
        folder: of the collection.
        clip: its path within.
        faulty: what it was.
    """
    place = folder / clip.parts[0] / (FAULTY if faulty else ".")
    _move(folder / clip, place / clip.name)
    _tidy(folder, machine_type_of(folder))


def remove(folder: Path, machine: str, clip: Path | None = None) -> None:
    """Take a machine out of a collection, or one of its clips; `bring_back` undoes the last time.

    Args:
        folder: of the collection.
        machine: as `collection.machines` names it.
        clip: its path within the collection; None: all of the machine.
    """
    removed, machine_type = folder / _REMOVED, machine_type_of(folder)
    if machine_type is None:
        return  # another click has emptied it
    shutil.rmtree(removed, ignore_errors=True)
    removed.mkdir()
    shutil.copy(folder / INDEX_NAME, removed)  # says of which kind they are
    for path in [clip] if clip else [found.path for found in clips(folder, machine)]:
        _move(folder / path, removed / path)
    _tidy(folder, machine_type)


def bring_back(folder: Path) -> None:
    """Undo the last `remove`."""
    removed = folder / _REMOVED
    machine_type = machine_type_of(removed)
    for path in removed.rglob("*.wav"):
        _move(path, folder / path.relative_to(removed))
    shutil.rmtree(removed, ignore_errors=True)
    _tidy(folder, machine_type)


def _move(origin: Path, target: Path) -> None:
    if origin.is_file():  # another click was not faster
        target.parent.mkdir(parents=True, exist_ok=True)
        origin.replace(target)


def _tidy(folder: Path, machine_type: str | None) -> None:
    """Leave no folder of a machine of which nothing is left, and write the table anew."""
    kept = places(folder)
    for place in folder.iterdir():
        if place.is_dir() and place not in kept and not place.name.startswith("."):
            shutil.rmtree(place)
    if machine_type:
        write_index(folder, machine_type)
