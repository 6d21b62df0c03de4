"""The public data sets: which archives they are made of, and how they get onto the disk.

MIMII: Purohit et al. 2019, https://zenodo.org/records/3384388, CC BY-SA 4.0. Development set of
DCASE 2020 Task 2: Koizumi et al. 2020, https://zenodo.org/records/3678171, CC BY-NC-SA 4.0.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from mimimi.data.download.disk import disk_error, require_free, size_text
from mimimi.data.download.fetch import RemoteFile, fetch
from mimimi.data.download.progress import Meter, Progress
from mimimi.data.download.unpack import UnsafeArchive, is_unpacked, unpack
from mimimi.data.download.zenodo import ZENODO, published
from mimimi.errors import CorpusError

DataSet = Literal["mimii", "dcase2020"]
Choice = TypeVar("Choice", str, int)
RECORDS: dict[DataSet, int] = {"mimii": 3384388, "dcase2020": 3678171}
TYPES: dict[DataSet, tuple[str, ...]] = {
    "mimii": ("fan", "pump", "slider", "valve"),
    "dcase2020": ("fan", "pump", "slider", "valve", "ToyCar", "ToyConveyor"),
}
NOISE_LEVELS = (-6, 0, 6)  # dB, of MIMII
UNPACKED = 1.7  # times an archive, expected: 6_dB_valve.zip of MIMII has 1.54
WORKSHOP = ".download"  # in the folder of the data set; an index does not look into it


@dataclass(frozen=True)
class Archive:
    """A published archive, and the folder that it becomes."""

    name: str
    folder: str  # below the folder of the data set
    inside: str = "."  # the folder of the archive that is meant


def archives(dataset: DataSet, types: Sequence[str] = (), snr: Sequence[int] = ()) -> list[Archive]:
    """List the archives that hold a part of a data set.

    Args:
        dataset: "mimii" or "dcase2020".
        types: machine types; none named: all there are.
        snr: noise levels of MIMII in dB; none named: all three.

    Raises:
        CorpusError: the data set has no such part.

    Example:
        >>> archives("mimii", ["fan"], [-6])
        [Archive(name='-6_dB_fan.zip', folder='-6_dB_fan', inside='.')]
        >>> archives("dcase2020", ["fan"])
        [Archive(name='dev_data_fan.zip', folder='fan', inside='fan')]
    """
    if dataset not in RECORDS:
        raise CorpusError(f"There is no data set {dataset!r}; choose {' or '.join(RECORDS)}.")
    if dataset == "dcase2020" and snr:
        raise CorpusError("The DCASE 2020 set has no noise levels to choose from; leave out --snr.")
    types = _chosen(types, TYPES[dataset], f"{dataset} has no machine type")
    if dataset == "dcase2020":
        return [Archive(f"dev_data_{name}.zip", name, inside=name) for name in types]
    levels = _chosen(snr, NOISE_LEVELS, "MIMII has no noise level")
    folders = [f"{level}_dB_{name}" for name in types for level in levels]
    return [Archive(f"{folder}.zip", folder) for folder in folders]


@dataclass(frozen=True)
class Size:
    """What a part of a data set takes, in bytes."""

    fetched: int  # of archives
    disk: int  # of archives and clips, at its most
    free: int  # on the disk that it would be put on

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.disk <= self.free


def size(
    folder: Path,
    dataset: DataSet,
    types: Sequence[str] = (),
    snr: Sequence[int] = (),
    zenodo: str | None = None,
) -> Size:
    """Ask the archive's server how large a part of a data set is.

    Args:
        folder: an existing one on the disk that it would be put on.
        dataset: as for `download_data_set`, as are the others.
        types: machine types.
        snr: noise levels.
        zenodo: base address of the server.

    Raises:
        CorpusError: there is no such part, or no connection.
    """
    record = published(RECORDS[dataset], _server(zenodo), say=lambda line: None)
    packed = [record[archive.name].size for archive in archives(dataset, types, snr)]
    return Size(sum(packed), _room(packed), shutil.disk_usage(folder).free)


def download_data_set(
    out: Path,
    dataset: DataSet,
    types: Sequence[str] = (),
    snr: Sequence[int] = (),
    *,
    say: Callable[[str], None],
    progress: Callable[[Progress], None],
    zenodo: str | None = None,
) -> None:
    """Put a part of a public data set into a folder, so that it can be trained and judged on.

    Archive by archive it is fetched, verified, unpacked and removed. MIMII becomes
    `out/-6_dB_fan/fan/id_00/normal/*.wav`, DCASE 2020 `out/fan/train/*.wav`; a folder has its
    name only when it is complete, and is then not fetched again. Whatever ends a download, the
    same call goes on with it; until then what is there lies in `out/.download`.

    Args:
        out: folder of the data set, made where it is missing.
        dataset: "mimii" or "dcase2020".
        types: machine types; none named: all there are.
        snr: noise levels of MIMII in dB; none named: all three.
        say: told, a sentence at a time, what happens.
        progress: told how far fetching or unpacking an archive is, a few times a second.
        zenodo: base address of the archive's server; default MIMIMI_ZENODO or zenodo.org.

    Raises:
        CorpusError: there is no such part, not enough room, another download into this folder,
            no connection, or something that is not what was published.

    Example:
        >>> download_data_set(Path("data"), "mimii", snr=[3], say=print, progress=print)
        Traceback (most recent call last):
        mimimi.errors.CorpusError: MIMII has no noise level 3; there are: -6, 0, 6.
    """
    wanted = archives(dataset, types, snr)
    workshop = out / WORKSHOP
    try:
        workshop.mkdir(parents=True, exist_ok=True)
        with _alone_in(workshop):
            missing = [archive for archive in wanted if not _is_there(out / archive.folder, say)]
            if not missing:
                return
            record = published(RECORDS[dataset], _server(zenodo), say)
            files = [record[archive.name] for archive in missing]
            _require_room(files, workshop)
            total = size_text(sum(file.size for file in files))
            say(f"To be fetched from {record.url}: archives {len(files)}, together {total}.")
            for archive, file in zip(missing, files, strict=True):
                _obtain(archive, file, out, say, progress)
    except OSError as error:
        raise disk_error(error, out) from error


def _chosen(asked: Sequence[Choice], there: Sequence[Choice], otherwise: str) -> tuple[Choice, ...]:
    for choice in asked:
        if choice not in there:
            raise CorpusError(f"{otherwise} {choice}; there are: {', '.join(map(str, there))}.")
    return tuple(dict.fromkeys(asked)) or tuple(there)


@contextmanager
def _alone_in(workshop: Path) -> Iterator[None]:
    """Keep a second download out: it would write the same files, and reckon with the same room."""
    from filelock import FileLock, Timeout

    lock = FileLock(workshop / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise CorpusError(
            f"Another download is writing to {workshop.parent}; wait until it is done."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _is_there(folder: Path, say: Callable[[str], None]) -> bool:
    if is_unpacked(folder):
        say(f"{folder} is there already.")
        return True
    if folder.exists():
        raise CorpusError(
            f"{folder} exists and was not made by this command, so nobody knows whether it is "
            "complete; move it away, or choose another folder."
        )
    return False


def _require_room(files: Sequence[RemoteFile], workshop: Path) -> None:
    """All clips and the largest archive are on the disk at once, less what is there already."""
    packed = [file.size for file in files]
    there = [workshop / f"{file.name}{suffix}" for file in files for suffix in ("", ".part")]
    fetched = sum(path.stat().st_size for path in there if path.exists())
    needed = _room(packed) - fetched
    require_free(workshop.parent, needed, f"{size_text(sum(packed))} of archives and their clips")


def _room(packed: Sequence[int]) -> int:
    return round(sum(packed) * UNPACKED) + max(packed)


def _server(asked: str | None) -> str:
    return asked or os.environ.get("MIMIMI_ZENODO") or ZENODO


def _obtain(
    archive: Archive,
    file: RemoteFile,
    out: Path,
    say: Callable[[str], None],
    progress: Callable[[Progress], None],
) -> None:
    workshop = out / WORKSHOP
    fetching = Meter("fetch", file.name, file.size, progress)
    path = fetch(file, workshop, say=say, on_bytes=fetching)
    target, staging = out / archive.folder, workshop / archive.folder
    unpacking = Meter("unpack", file.name, file.size, progress)
    try:
        count = unpack(path, target, staging, inside=archive.inside, on_bytes=unpacking)
    except UnsafeArchive:
        path.unlink()
        raise
    path.unlink()
    say(f"{target}: {count} files.")
