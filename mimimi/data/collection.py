"""Recordings of one's own machines: one name a machine, normal sound only, kept as a corpus."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from mimimi.audio import read
from mimimi.data.download.unpack import listed, unpack
from mimimi.data.index import AUDIO_SUFFIXES, COLUMNS, INDEX_NAME
from mimimi.errors import CorpusError
from mimimi.files import replace_file, slug

PIECE = 10.0  # s, a segment; longer recordings are cut, so that some of each can be kept aside
_EVERY = 4  # one in so many pieces is kept aside for the threshold
_FAULTY = re.compile(r"abnormal|anomal", re.IGNORECASE)


@dataclass(frozen=True)
class Own:
    """A machine in a collection."""

    name: str
    clips: int
    minutes: float


def machine_name(text: str) -> str:
    """A name that can be a folder and a machine id.

    Raises:
        CorpusError: nothing is left of it.

    Example:
        >>> machine_name("Pump 3, hall B")
        'pump-3-hall-b'
    """
    words = slug(text, longest=40)
    if not words:
        raise CorpusError("Give the machine a name, of letters or digits.")
    return words


def add(folder: Path, machine_type: str, machine: str, name: str, content: bytes) -> int:
    """Add a recording of a machine running well; the same one again changes nothing.

    It keeps its sample rate and its channels. More than two pieces of 10 s are cut apart. Every
    fourth piece of a machine is kept aside for its threshold (split "test" of `index.csv`).

    Args:
        folder: of the collection; made where it is missing.
        machine_type: such as "fan", one for the whole collection.
        machine: its name, see `machine_name`.
        name: of the recording.
        content: of its file.

    Returns:
        The number of pieces.

    Raises:
        AudioError: it cannot be learnt from.

    Example:
        >>> import soundfile
        >>> from mimimi.simulate import simulate_clip
        >>> file = io.BytesIO()
        >>> soundfile.write(file, simulate_clip("fan", seconds=45.0), 16_000, format="WAV")
        >>> with TemporaryDirectory() as folder:
        ...     add(Path(folder), "fan", "north", "a.wav", file.getvalue())
        4
    """
    import soundfile

    read(content, name=name)  # what is wrong with it is said now, not when it is learnt from
    place = folder / machine_name(machine)
    place.mkdir(parents=True, exist_ok=True)
    stem = f"{machine_name(Path(name).stem or 'clip')}-{hashlib.sha256(content).hexdigest()[:12]}"
    with soundfile.SoundFile(io.BytesIO(content)) as sound:
        piece = round(PIECE * sound.samplerate)
        length = piece if sound.frames > 2 * piece else sound.frames
        kind = sound.subtype if soundfile.check_format("WAV", sound.subtype) else "PCM_16"
        count = 0
        while len(block := sound.read(length, dtype="float32", always_2d=True)) == length:
            file = io.BytesIO()
            soundfile.write(file, block, sound.samplerate, format="WAV", subtype=kind)
            replace_file(place / f"{stem}-{count:04d}.wav", file.getvalue())
            count += 1
    write_index(folder, machine_type)
    return count


def add_zip(
    folder: Path, machine_type: str, machine: str, archive: Path, *, most_bytes: float | None = None
) -> int:
    """Add recordings from a ZIP: a folder in it is a machine, what lies in none is of `machine`.

    Its list of entries is checked before anything is written: number, unpacked size, paths.

    Args:
        folder: of the collection.
        machine_type: such as "fan".
        machine: for recordings that lie in no folder.
        archive: from a stranger.
        most_bytes: that it may unpack to.

    Returns:
        The number of pieces.

    Raises:
        UnsafeArchive: see `mimimi.data.download.unpack.check`.
        CorpusError: too much, no recordings, or recordings of faulty machines.
        AudioError: one of them cannot be learnt from; those before it are there.
    """
    entries = listed(archive, most_bytes=most_bytes)
    if faulty := [entry.filename for entry in entries if _FAULTY.search(entry.filename)]:
        raise CorpusError(
            f"{archive.name} holds recordings of a faulty machine ({faulty[0]}), and only sound of "
            "machines running well is learnt: leave them out."
        )
    with TemporaryDirectory(dir=_made(folder.parent)) as place:
        unpacked = Path(place) / "unpacked"
        unpack(archive, unpacked, Path(place) / "staging")
        sounds = [
            path
            for path in sorted(unpacked.rglob("*"))
            if path.suffix.lower() in AUDIO_SUFFIXES and not _hidden(path.relative_to(unpacked))
        ]
        if not sounds:
            raise CorpusError(f"{archive.name} holds no recordings: put WAV, FLAC, OGG or MP3 in.")
        return sum(
            add(
                folder,
                machine_type,
                machine if path.parent == unpacked else path.parent.name,
                path.name,
                path.read_bytes(),
            )
            for path in sounds
        )


def machines(folder: Path) -> list[Own]:
    """The machines of a collection, by name."""
    import soundfile

    found = []
    for place in _places(folder):
        clips = sorted(place.glob("*.wav"))
        seconds = sum(soundfile.info(clip).duration for clip in clips)
        found.append(Own(place.name, len(clips), seconds / 60))
    return found


def machine_type_of(folder: Path) -> str | None:
    """The kind of machine that a collection is of; None while it is empty."""
    index = folder / INDEX_NAME
    if not index.is_file():
        return None
    with index.open(encoding="utf-8", newline="") as lines:
        row = next(csv.DictReader(lines), None)
    return row["machine_type"] if row else None


def remove(folder: Path, machine: str) -> None:
    """Take a machine out of a collection, with its recordings."""
    machine_type = machine_type_of(folder)
    shutil.rmtree(folder / machine_name(machine), ignore_errors=True)
    if machine_type:
        write_index(folder, machine_type)


def write_index(folder: Path, machine_type: str) -> None:
    """Write `index.csv` from the files that are there."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, "corpus"])
    for place in _places(folder):
        for number, clip in enumerate(sorted(place.glob("*.wav")), 1):
            split = "train" if number % _EVERY else "test"
            path = PurePosixPath(place.name, clip.name)
            writer.writerow([path, machine_type, place.name, "normal", split, folder.name])
    replace_file(folder / INDEX_NAME, text.getvalue().encode())


def _places(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob("*.wav")))


def _hidden(path: Path) -> bool:
    """As `__MACOSX/._a.wav`, which a Mac puts beside each file."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
