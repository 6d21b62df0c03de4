"""Recordings of one's own machines: a folder a machine, normal sound only, with a table."""

from __future__ import annotations

import csv
import io
import re
import shutil
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

_EVERY = 4  # one in so many pieces is of the calibration set
_NAMED = 3  # recordings in a sentence
_FAULTY = re.compile(r"abnormal|anomal", re.IGNORECASE)


@dataclass(frozen=True)
class CollectedMachine:
    """A machine in a collection."""

    name: str
    clips: int
    minutes: float


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
    most_bytes: float | None = None,
) -> int:
    """Add a recording of a machine running well; the same one again changes nothing.

    It keeps its sample rate and its channels. More than two pieces of 10 s are cut apart. Every
    fourth piece of a machine is of the calibration set (split "test" of `index.csv`).

    Args:
        folder: of the collection; made where it is missing.
        machine_type: such as "fan", one for the whole collection.
        machine: its name, see `machine_name`.
        name: of the recording.
        content: of its file, or where it lies.
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
    count, _ = _add(folder, machine, name, content, most_bytes)
    write_index(folder, machine_type)
    return count


def add_zip(
    folder: Path, machine_type: str, machine: str, archive: Path, *, most_bytes: float | None = None
) -> int:
    """Add recordings from a ZIP, each to the machine that its folder or a table in there names.

    Args:
        folder: of the collection.
        machine_type: such as "fan".
        machine: for recordings that lie in no folder.
        archive: from a stranger.
        most_bytes: that it may unpack to, and that its pieces may take.

    Returns:
        The number of pieces.

    Raises:
        CorpusError: see `unpack_recordings`; no recordings, or recordings of faulty machines. If
            only some of them cannot be trained on, the others are there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as place:
        unpacked = Path(place) / "unpacked"
        found = unpack_recordings(archive, unpacked, most_bytes)
        if not found.files:
            raise no_recordings(archive.name, found.left_out)
        recordings = _in_archive(unpacked, found, machine)
        if faulty := [path for path, _, is_faulty in recordings if is_faulty]:
            raise CorpusError(
                f"{archive.name} holds recordings of a faulty machine "
                f"({faulty[0].relative_to(unpacked).as_posix()}), and only sound of machines "
                "running well is trained on: leave them out."
            )
        count, refused = 0, [f"{name} is damaged" for name in found.closed]
        left = most_bytes
        for path, owner, _ in recordings:
            try:
                added, size = _add(folder, owner, path.name, path, left)
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
    folder: Path, machine: str, name: str, content: bytes | Path, most_bytes: float | None
) -> tuple[int, int]:
    """Write its pieces, all or none; gives how many, and their bytes."""
    place = folder / machine_name(machine)
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
    for place in _places(folder):
        clips = sorted(place.glob("*.wav"))
        seconds = sum(soundfile.info(clip).duration for clip in clips)
        found.append(CollectedMachine(place.name, len(clips), seconds / 60))
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
