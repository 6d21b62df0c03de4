"""A folder into which a recorder drops files: each is judged once, when it is whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from mimimi.audio import SUFFIXES
from mimimi.errors import UserError
from mimimi.service.sources.source import RecordingFile, SourceError

Judged = Callable[[RecordingFile], bool]

_SETTLED = 5.0  # s in which a file that is still written to would have grown
_LOOK_EVERY = 1.0  # s


class Folder:
    """The recordings in a folder, oldest first, and those that come later.

    Whole are files that have not changed for five seconds: by their own time where that is past,
    else by two looks.

    Args:
        path: of the folder; folders in it are looked into as well.
        judged: tells which recordings have been judged before.

    Raises:
        UserError: there is no such folder.
    """

    can_wait, is_live = True, False

    def __init__(self, path: str | Path, judged: Judged) -> None:
        self._path, self._judged = Path(path), judged
        if not self._path.is_dir():
            raise UserError(
                f"{path}: there is no such folder; give a folder of recordings, an address such as "
                "rtsp://camera.local/audio, card for the sound card, or - for standard input."
            )
        self._seen: dict[Path, tuple[RecordingFile, float]] = {}  # and since when it is as it is
        self._handed_on: set[Path] = set()  # still there, as `_seen` knows them

    def read(self, stop: Event) -> Iterator[RecordingFile]:
        """See `Source.read`."""
        while not stop.is_set():
            for recording in self._whole():
                if stop.is_set():
                    return
                if not self._judged(recording):
                    yield recording
                self._handed_on.add(recording.path)
            stop.wait(_LOOK_EVERY)

    def _whole(self) -> list[RecordingFile]:
        """Those that are new and whole, by their time."""
        now, looked = time.time(), time.monotonic()
        before, self._seen = self._seen, {}
        for recording in self._found():
            known, since = before.get(recording.path, (None, looked))
            if known != recording:
                self._handed_on.discard(recording.path)
                since = looked
            self._seen[recording.path] = recording, since
        self._handed_on &= self._seen.keys()
        return sorted(
            (
                recording
                for recording, since in self._seen.values()
                if recording.path not in self._handed_on
                and (now - recording.changed > _SETTLED or looked - since > _SETTLED)
            ),
            key=lambda recording: (recording.changed, recording.path),
        )

    def _found(self) -> Iterator[RecordingFile]:
        try:
            if not self._path.is_dir():  # a disk that was pulled looks like an empty folder
                raise FileNotFoundError
            paths = list(self._path.rglob("*"))
        except OSError:
            raise SourceError(f"{self._path}: the folder cannot be read") from None
        for path in paths:
            if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
                continue
            try:
                found = path.stat()
            except OSError:  # gone in the meantime
                continue
            if found.st_size and path.is_file():
                yield RecordingFile(path, found.st_size, found.st_mtime)
