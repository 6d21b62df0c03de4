"""A ZIP that somebody uploads: the recordings in it onto the disk, whatever system packed it."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from mimimi.data.download.disk import FULL, disk_error, require_free
from mimimi.data.download.unpack import PLAIN
from mimimi.data.find import INDEX_NAME, Found, is_hidden, is_recording, natural
from mimimi.errors import CorpusError

MOST_FILES = 5_000
_NOT_EVERYWHERE = re.compile(r'[\x00-\x1f<>:"|?*]')  # in names of files
_UTF_8 = 1 << 11  # flag of an entry that says so of its name
_ENCRYPTED = 1
_LONGEST_ENTRY = 1 << 10  # bytes in the archive's list, on average
_BLOCK = 1 << 20  # bytes


def unpack_recordings(archive: Path, folder: Path, most_bytes: float | None = None) -> Found:
    """Unpack what counts as a recording (`mimimi.data.find`), and tables that tell of them.

    Its list of entries is read before anything is written. Names come out as they were meant:
    backslashes part folders, and what no file may be called everywhere becomes `_`.

    Args:
        archive: from a stranger.
        folder: to be made.
        most_bytes: that it may unpack to.

    Returns:
        The recordings as paths, and the names of what was left out.

    Raises:
        CorpusError: no archive, an encrypted one, one with more than 5,000 files, with names that
            lead out of its folder, or with more than may be or can be written.
    """
    try:
        _check_length(archive)
        with zipfile.ZipFile(archive) as content:
            entries = [e for e in content.infolist() if not e.filename.endswith(("/", "\\"))]
            _check(entries, archive.name, most_bytes)
            folder.mkdir()
            require_free(folder, sum(e.file_size for e in entries), f"What {archive.name} holds")
            return _unpack(content, {_path(entry): entry for entry in entries}, folder)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise CorpusError(f"{archive.name} is no ZIP archive, or a damaged one.") from error


def _check_length(archive: Path) -> None:
    """Refuse a list of entries that takes long to be read."""
    with archive.open("rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end and end[zipfile._ECD_SIZE] > MOST_FILES * _LONGEST_ENTRY:  # type: ignore[attr-defined]
        raise CorpusError(f"{archive.name} holds more than {MOST_FILES} files; give fewer.")


def _check(entries: list[zipfile.ZipInfo], name: str, most_bytes: float | None) -> None:
    if len(entries) > MOST_FILES:
        raise CorpusError(f"{name} holds more than {MOST_FILES} files; give fewer.")
    size = sum(entry.file_size for entry in entries)
    if most_bytes is not None and size > most_bytes:
        raise CorpusError(
            f"{name} unpacks to {size / 1e6:.0f} MB and {most_bytes / 1e6:.0f} MB are "
            "left; give fewer recordings."
        )
    for entry in entries:
        path = _path(entry)
        if path.is_absolute() or ".." in path.parts:
            raise CorpusError(f"{name} was not unpacked: {entry.filename!r} leaves its folder.")
        if entry.flag_bits & _ENCRYPTED:
            raise CorpusError(f"{name} asks for a password; give it without one.")


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where an entry belongs."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF_8:  # a Mac does not say that its names are UTF-8
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(_NOT_EVERYWHERE.sub("_", name.replace("\\", "/")))


def _unpack(
    content: zipfile.ZipFile, entries: dict[PurePosixPath, zipfile.ZipInfo], folder: Path
) -> Found:
    found = Found()
    for path in sorted(entries, key=lambda path: natural(str(path))):
        entry = entries[path]
        if any(map(is_hidden, path.parts)):
            if is_recording(path.name):
                found.hidden.append(str(path))
        elif not is_recording(path.name) and path.name != INDEX_NAME:
            found.others.append(str(path))
        elif not _is_plain(entry) or not _write(content, entry, folder / path):
            found.closed.append(str(path))
        elif path.name != INDEX_NAME:
            found.files.append(str(folder / path))
    return found


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """No link and no device, and named and packed as everybody does."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind in (0, stat.S_IFREG) and entry.compress_type in PLAIN and entry.filename != ""


def _write(content: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> bool:
    """Write an entry, at most as much as the archive's list says; nothing of a damaged one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with content.open(entry) as packed, path.open("xb") as file:
            while block := packed.read(_BLOCK):
                file.write(block)
        return True
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        path.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in FULL:
            raise disk_error(error, path.parent) from error
    return False  # damaged, or of a name that no file here can have
