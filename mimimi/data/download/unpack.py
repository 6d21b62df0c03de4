"""Unpack a ZIP archive from a stranger: all of it into a new folder, or nothing."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from mimimi.data.download.disk import require_free
from mimimi.errors import CorpusError

MARK = ".complete.json"  # in an unpacked folder: what it is of, written before it gets its name
LARGEST_RATIO = 20  # of unpacked to packed; recorded sound has less than 2, a ZIP bomb 1000
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BLOCK = 1 << 20  # bytes


class UnsafeArchive(CorpusError):
    """An archive that is damaged, or that would do more than put files into its folder."""


def is_unpacked(folder: Path) -> bool:
    """Tell whether `unpack` made this folder, which it does only when it is complete."""
    return (folder / MARK).is_file()


def unpack(
    archive: Path,
    target: Path,
    staging: Path,
    *,
    inside: str = ".",
    on_bytes: Callable[[int], None] = lambda done: None,
) -> int:
    """Unpack an archive, or a folder of it, so that the target is there complete or not at all.

    Args:
        archive: a ZIP file.
        target: a folder that does not exist yet.
        staging: a folder on the same disk to unpack into first; what is in there is lost.
        inside: the folder of the archive that becomes the target; what lies beside it is dropped.
        on_bytes: told how many bytes of the archive are unpacked.

    Returns:
        The number of files in the archive.

    Raises:
        UnsafeArchive: damaged; an entry that would leave the folder, is a link, is encrypted or
            stands there twice; more than a sound archive of this size can hold.
        CorpusError: not enough room.
        OSError: it cannot be written; nothing is left of it.
    """
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        with zipfile.ZipFile(archive) as content:
            entries = content.infolist()
            check(entries, archive.stat().st_size, archive.name)
            needed = sum(entry.file_size for entry in entries)
            require_free(staging, needed, f"The files of {archive.name}")
            files = [entry for entry in entries if not entry.is_dir()]
            done = 0
            for entry in files:
                _unpack_entry(content, entry, staging / entry.filename)
                done += entry.compress_size
                on_bytes(done)
        if not (staging / inside).is_dir():
            raise UnsafeArchive(f"{archive.name} holds no folder {inside}; it was not unpacked.")
        (staging / inside / MARK).write_text(json.dumps({"archive": archive.name}) + "\n")
        if hasattr(os, "sync"):  # after a power cut, a name must not stand for empty files
            os.sync()
        (staging / inside).rename(target)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise UnsafeArchive(
            f"{archive.name} is damaged inside ({error}) and was not unpacked."
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    on_bytes(archive.stat().st_size)
    return len(files)


def check(entries: Sequence[zipfile.ZipInfo], packed: int, name: str) -> None:
    """Refuse an archive by its list of entries, before anything of it is written.

    Args:
        entries: as `ZipFile.infolist` gives them.
        packed: bytes of the archive.
        name: of the archive, for the sentence.

    Raises:
        UnsafeArchive: see `unpack`.

    Example:
        >>> check([zipfile.ZipInfo("../a.wav")], 9, "a.zip")
        Traceback (most recent call last):
        mimimi...UnsafeArchive: a.zip was not unpacked: '../a.wav' leaves its folder.
    """

    def refuse(why: str) -> UnsafeArchive:
        return UnsafeArchive(f"{name} was not unpacked: {why}.")

    names: set[str] = set()
    for entry in entries:
        told = repr(entry.orig_filename)
        if _leaves(entry.orig_filename):
            raise refuse(f"{told} leaves its folder")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise refuse(f"{told} is a link or a device")
        if entry.flag_bits & 1 or entry.compress_type not in PLAIN:
            raise refuse(f"{told} is encrypted or packed in an unusual way")
        if entry.header_offset < 0:
            raise refuse(f"{told} would lie before its beginning")
        if not entry.is_dir():
            path = PurePosixPath(entry.filename).as_posix().casefold()
            if path in names:
                raise refuse(f"{told} stands there twice")
            names.add(path)
    if sum(entry.file_size for entry in entries) > LARGEST_RATIO * packed:
        raise refuse("it would unpack to absurdly much")
    for path in names:
        if any(parent.as_posix() in names for parent in PurePosixPath(path).parents):
            raise refuse(f"{path!r} lies in what is also a file")


def _leaves(name: str) -> bool:
    """Whether a name points anywhere but below, on any system, or hides what it is."""
    return (
        not name.strip("/")
        or name.startswith("/")
        or any(part in ("..", MARK) for part in name.split("/"))
        or any(character in '\\:*?"<>|' or ord(character) < 32 for character in name)
    )


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Write one file; zipfile stops at its stated size and compares its checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as packed, path.open("xb") as file:
        while block := packed.read(BLOCK):
            written += file.write(block)
    if written != entry.file_size:
        raise zipfile.BadZipFile(f"{entry.filename!r} is shorter than it says")
