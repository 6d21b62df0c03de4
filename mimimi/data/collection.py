"""Recordings of one's own machines: a folder a machine, with a table.

Those of a faulty machine lie in a folder `faulty` within it; nothing is trained on them, but a
detector is tried on them.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from tempfile import TemporaryDirectory

from mimimi.audio import recording_hash
from mimimi.data.archive import unpack_recordings
from mimimi.data.download.disk import disk_error
from mimimi.data.find import INDEX_NAME, Found, no_recordings
from mimimi.data.index import index
from mimimi.data.layouts import machine_within
from mimimi.data.pieces import pieces
from mimimi.data.table import COLUMNS
from mimimi.errors import AudioError, CorpusError
from mimimi.files import replace_file
from mimimi.names import slug

EVERY = 4  # one in so many pieces is of the calibration set
_NAMED = 3  # recordings in a sentence
FAULTY = "faulty"  # the folder in a machine's
_FAULTY = re.compile(r"abnormal|anomal", re.IGNORECASE)


@dataclass(frozen=True)
class CollectedMachine:
    """A machine in a collection."""

    name: str
    clips: int  # running well
    minutes: float  # of them
    faulty: int  # clips of it being faulty


def machine_name(text: str) -> str:
    """The slug of a machine's name: its folder, and its machine id.

    Raises:
        CorpusError: nothing is left of it.

    Example:
        >>> machine_name("Pump 3, hall B")
        'pump-3-hall-b'
    """
    words = slug(text)
    if not words:
        but = f", not {text!r}" if text.strip() else ""
        raise CorpusError(f"Give the machine a name of letters or digits{but}.")
    return words


def add(
    folder: Path,
    machine_type: str,
    machine: str,
    name: str,
    content: bytes | Path,
    *,
    faulty: bool = False,
    most_bytes: float | None = None,
) -> int:
    """Add a recording of a machine; the same one again changes nothing.

    It keeps its sample rate and its channels. More than two pieces of 10 s are cut apart. Every
    fourth piece of a machine is of the calibration set (split "test" of `index.csv`).

    Args:
        folder: of the collection; made where it is missing.
        machine_type: such as "fan", one for the whole collection.
        machine: its name, see `machine_name`.
        name: of the recording.
        content: of its file, or where it lies.
        faulty: whether the machine did not run well.
        most_bytes: that its pieces may take.

    Returns:
        The number of pieces.

    Raises:
        AudioError: it cannot be trained on.
        CorpusError: its pieces take more; nothing of it is kept.

    Example:
        >>> import soundfile
        >>> from mimimi.simulate import simulate_clip
        >>> file = io.BytesIO()
        >>> soundfile.write(file, simulate_clip("fan", seconds=45.0), 16_000, format="WAV")
        >>> with TemporaryDirectory() as folder:
        ...     add(Path(folder), "fan", "north", "a.wav", file.getvalue())
        4
    """
    count, _ = _add(folder, machine, name, content, faulty, most_bytes)
    write_index(folder, machine_type)
    return count


def add_zip(
    folder: Path, machine_type: str, machine: str, archive: Path, *, most_bytes: float | None = None
) -> int:
    """Add recordings from a ZIP, each to the machine that its folder or a table in there names.

    Those that its folder or the table calls anomalous are of it being faulty.

    Args:
        folder: of the collection.
        machine_type: such as "fan".
        machine: for recordings that lie in no folder.
        archive: from a stranger.
        most_bytes: that it may unpack to, and that its pieces may take.

    Returns:
        The number of pieces.

    Raises:
        CorpusError: see `unpack_recordings`; or no recordings. If only some of them cannot be
            trained on, the others are there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as place:
        unpacked = Path(place) / "unpacked"
        found = unpack_recordings(archive, unpacked, most_bytes)
        if not found.files:
            raise no_recordings(archive.name, found.left_out)
        recordings = _in_archive(unpacked, found, machine)
        count, refused = 0, [f"{name} is damaged" for name in found.closed]
        left = most_bytes
        for path, owner, faulty in recordings:
            try:
                added, size = _add(folder, owner, path.name, path, faulty, left)
                count, left = count + added, None if left is None else left - size
            except (AudioError, CorpusError) as error:
                refused.append(str(error).rstrip("."))
    if count:
        write_index(folder, machine_type)
    if refused:
        raise CorpusError(
            f"{archive.name}: {len(refused)} of {len(found.files) + len(found.closed)} recordings "
            f"were not taken in: {'; '.join(refused[:_NAMED])}{'; …' * (len(refused) > _NAMED)}."
        )
    return count


def _in_archive(unpacked: Path, found: Found, machine: str) -> list[tuple[Path, str, bool]]:
    """Path, name of the machine, and whether it is faulty.

    Machines of one name in several folders are named by both.
    """
    if any(unpacked.rglob(INDEX_NAME)):
        return [(r.path, r.machine_id, r.label != "normal") for r in index([unpacked])]
    paths = [PurePath(file).relative_to(unpacked) for file in found.files]
    owners = {path: machine_within(path) for path in paths}
    around: dict[str, set[str]] = defaultdict(set)
    for name, outside in owners.values():
        around[name].add(outside)
    return [
        (
            unpacked / path,
            f"{outside} {name}" if len(around[name]) > 1 else name or machine,
            bool(_FAULTY.search(str(path))),
        )
        for path, (name, outside) in owners.items()
    ]


def _add(
    folder: Path,
    machine: str,
    name: str,
    content: bytes | Path,
    faulty: bool,
    most_bytes: float | None,
) -> tuple[int, int]:
    """Write its pieces, all or none; gives how many, and their bytes."""
    place = folder / machine_name(machine)
    if faulty:
        place /= FAULTY
    stem = f"{slug(Path(name).stem, longest=80) or 'clip'}-{recording_hash(content)[:12]}"
    written: list[Path] = []
    size = 0
    try:
        for piece in pieces(content, name):
            size += len(piece)
            if most_bytes is not None and size > most_bytes:
                raise CorpusError(
                    f"{name}: decoded it takes more than the {max(most_bytes, 0) / 1e6:.0f} MB "
                    "that are left; give less sound."
                )
            place.mkdir(parents=True, exist_ok=True)
            written.append(place / f"{stem}-{len(written):04d}.wav")
            replace_file(written[-1], piece)
    except (CorpusError, OSError) as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise disk_error(error, folder) from error
        raise
    return len(written), size


def machines(folder: Path) -> list[CollectedMachine]:
    """The machines of a collection, by name."""
    import soundfile

    found = []
    for place in places(folder):
        clips = sorted(place.glob("*.wav"))
        seconds = sum(soundfile.info(clip).duration for clip in clips)
        faulty = sum(1 for _ in (place / FAULTY).glob("*.wav"))
        found.append(CollectedMachine(place.name, len(clips), seconds / 60, faulty))
    return found


def machine_type_of(folder: Path) -> str | None:
    """The kind of machine that a collection is of; None while it is empty."""
    index = folder / INDEX_NAME
    if not index.is_file():
        return None
    with index.open(encoding="utf-8", newline="") as lines:
        row = next(csv.DictReader(lines), None)
    return row["machine_type"] if row else None


def write_index(folder: Path, machine_type: str) -> None:
    """Write `index.csv` from the files that are there."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, "corpus"])
    for place in places(folder):
        for number, clip in enumerate(sorted(place.glob("*.wav")), 1):
            split = "train" if number % EVERY else "test"
            path = PurePosixPath(place.name, clip.name)
            writer.writerow([path, machine_type, place.name, "normal", split, folder.name])
        for clip in sorted((place / FAULTY).glob("*.wav")):
            path = PurePosixPath(place.name, FAULTY, clip.name)
            writer.writerow([path, machine_type, place.name, "anomaly", "test", folder.name])
    replace_file(folder / INDEX_NAME, text.getvalue().encode())


def places(folder: Path) -> list[Path]:
    """The folders of the machines in a collection."""
    if not folder.is_dir():
        return []
    visible = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(path for path in visible if path.is_dir() and any(path.rglob("*.wav")))
