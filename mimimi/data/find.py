"""Which files of a folder count as recordings: one rule for whoever is given a folder or a ZIP."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mimimi.audio import SUFFIXES
from mimimi.errors import CorpusError

LOOKED_FOR = "WAV, FLAC, OGG, Opus, MP3, AIFF, AU, W64, CAF, M4A, MP4, 3GP, WebM, MKA, WMA or AAC"
_SYSTEM = {
    *("__macosx", "@eadir", "@recycle", "@tmp", "#recycle", "#snapshot"),
    *("$recycle.bin", "recycler", "system volume information", "lost+found"),
}
INDEX_NAME = "index.csv"  # a table that tells of recordings; itself it is neither in nor left out
_NAMED = 3  # names in a sentence


@dataclass
class Found:
    """The recordings of some folders, and what in them was left out."""

    files: list[str] = field(default_factory=list)  # in natural order, folder by folder
    hidden: list[str] = field(default_factory=list)  # recordings, but hidden or thrown away
    others: list[str] = field(default_factory=list)  # no recordings by their endings
    closed: list[str] = field(default_factory=list)  # that cannot be read, damaged or locked
    empty: list[str] = field(default_factory=list)  # folders that were given, without recordings

    @property
    def left_out(self) -> str:
        """What was left out, in a line; empty for nothing.

        Example:
            >>> Found(hidden=["a/._1.wav"], others=["b.txt", "c.csv"]).left_out
            'left out: 1 hidden or thrown away (a/._1.wav); 2 of another kind (b.txt, c.csv)'
        """
        kinds = {
            "hidden or thrown away": self.hidden,
            "of another kind": self.others,
            "not to be read": self.closed,
        }
        told = [f"{len(names)} {what} ({_some(names)})" for what, names in kinds.items() if names]
        return f"left out: {'; '.join(told)}" if told else ""


def find(places: Iterable[str | os.PathLike[str]]) -> Found:
    """Files as they are given, and the recordings of folders at any depth.

    A file counts by its ending. Hidden files and folders, and those that systems keep for
    themselves, do not; links are followed, and each folder is looked at once. A folder without
    recordings stands among the files for itself: whoever opens it is told so, and the others are
    heard.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     for name in ("clip 10.wav", "clip 9.WAV", "._clip 9.wav", "notes.txt"):
        ...         Path(folder, name).touch()
        ...     found = find([folder])
        >>> [os.path.basename(file) for file in found.files], len(found.hidden), len(found.others)
        (['clip 9.WAV', 'clip 10.wav'], 1, 1)
    """
    found = Found()
    for place in (os.fspath(place) for place in places):
        if not os.path.isdir(place):
            found.files.append(place)
            continue
        before = len(found.files)
        for folder, names in folders(place, found):
            for name in names:
                if name != INDEX_NAME:
                    kind = found.files if is_recording(name) else found.others
                    kind.append(os.path.join(folder, name))
        if len(found.files) == before:
            found.empty.append(place)
            found.files.append(place)
    return found


def folders(root: str, found: Found, stop_at: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each visible folder once, with the names of its visible files, both in natural order.

    Args:
        root: is looked at even if it is hidden itself.
        found: is told what is hidden and what may not be read.
        stop_at: below a folder with a file of this name nothing is looked at.
    """
    seen = set()
    walk = os.walk(
        root, followlinks=True, onerror=lambda error: found.closed.append(str(error.filename))
    )
    for folder, inside, names in walk:
        place = os.path.realpath(folder)
        if place in seen:  # two links to one folder, or a circle of them
            inside.clear()
            continue
        seen.add(place)
        for name in filter(is_hidden, inside):
            found.hidden += _recordings_below(os.path.join(folder, name))
        found.hidden += [
            os.path.join(folder, name) for name in names if is_hidden(name) and is_recording(name)
        ]
        kept = [] if stop_at in names else [name for name in inside if not is_hidden(name)]
        inside[:] = sorted(kept, key=natural)
        yield folder, sorted((name for name in names if not is_hidden(name)), key=natural)


def is_recording(name: str) -> bool:
    """Whether a file's ending is that of sound."""
    return name.lower().endswith(SUFFIXES)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, a Mac's double of another, thrown away, or a system's."""
    return name.startswith(".") or name.lower() in _SYSTEM


def natural(name: str) -> tuple[Any, ...]:
    """By what to sort names, so that "Recording 2" comes before "Recording 10".

    Example:
        >>> sorted(["b1", "a10", "a9", "A1"], key=natural)
        ['A1', 'a9', 'a10', 'b1']
    """
    parts = re.split(r"(\d+)", name)
    return *(int(p) if k % 2 else p.casefold() for k, p in enumerate(parts)), name


def no_recordings(place: str | os.PathLike[str], left_out: str = "") -> CorpusError:
    """What to say of a folder, or of an archive, in which nothing counts.

    Args:
        place: its name.
        left_out: as of a `Found`.
    """
    what = "this is a folder that" if os.path.isdir(place) else "it"
    but = f" ({left_out})" if left_out else ""
    return CorpusError(f"{place}: {what} holds no recordings{but}; give {LOOKED_FOR}.")


def _recordings_below(folder: str) -> list[str]:
    return [
        os.path.join(path, name)
        for path, _, names in os.walk(folder)
        for name in names
        if is_recording(name)
    ]


def _some(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
