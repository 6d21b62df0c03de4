"""The logbook of one machine: plain files in a folder, each there whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from mimimi.files import replace_file
from mimimi.logbook.entry import Entry

MOST_ENTRIES = 1000
MOST_BYTES = 512 * 2**20  # of sound
_MOST_OF_ONE = 64 * 2**20
_NUMBER = re.compile("[0-9a-f]{16}")
_PHOTO, _LOCK = "photo.jpg", ".lock"
_PATIENCE = 10.0  # s; whoever holds the lock is stuck then


@dataclass(frozen=True)
class Logbook:
    """The oldest entries go when there are more than a thousand, the oldest sounds before that.

    Several threads and processes may change one at once: each change is made to what is there.

    Args:
        folder: made when something is first written to it.

    Example:
        >>> import tempfile
        >>> from mimimi.logbook.entry import now
        >>> book = Logbook(Path(tempfile.mkdtemp()) / "logbook")
        >>> kept = book.write(Entry("0" * 16, now(), "a.wav", "1" * 16), b"sound")
        >>> [entry.file for entry in book.entries()], book.sound("1" * 16)
        (['a.wav'], b'sound')
    """

    folder: Path

    def entries(self) -> list[Entry]:
        """All that can be read, the newest first."""
        found = [entry for path in self.folder.glob("*.json") if (entry := _read(path))]
        return sorted(found, key=lambda entry: (entry.when, entry.number), reverse=True)

    def find(self, number: str) -> Entry | None:
        """The entry of this number, from wherever that comes; None where there is none."""
        if not _NUMBER.fullmatch(number):
            return None
        return _read(self.folder / f"{number}.json")

    def write(self, entry: Entry, sound: bytes | None = None) -> Entry:
        """Add an entry; gives the one that is kept: of two of the same number the first.

        Args:
            entry: the new one.
            sound: the recording as it came, where it is new.

        Raises:
            OSError: it cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            place = self._sound(entry.sound)
            if sound is not None and len(sound) <= _MOST_OF_ONE and not place.exists():
                replace_file(place, sound)
            if kept := self.find(entry.number):
                return kept
            self._put(entry)
            self._thin()
        return entry

    def say(self, number: str, sentence: str) -> None:
        """Add what is said of a recording to an entry that has nothing yet; raises OSError."""
        if not self.find(number):
            return
        with self._alone():
            entry = self.find(number)
            if entry and not entry.sentence:
                self._put(replace(entry, sentence=sentence))

    def tell(self, sound: str, told: str | None) -> None:
        """Note what somebody said of a recording, or that it was taken back; raises OSError."""
        if not self.folder.is_dir():
            return
        with self._alone():
            for entry in self.entries():
                if entry.sound == sound and entry.verdict:
                    self._put(replace(entry, told=told))

    def remove(self, number: str) -> None:
        """Take an entry out, and its sound where no other entry is of it; raises OSError."""
        if not self.find(number):
            return
        with self._alone():
            self._remove(number)

    def sound(self, name: str) -> bytes | None:
        """A recording as it came; None where it is not kept any more."""
        if not _NUMBER.fullmatch(name):
            return None
        try:
            return self._sound(name).read_bytes()
        except OSError:
            return None

    def has_sound(self, name: str) -> bool:
        """Whether a recording is still kept."""
        return bool(_NUMBER.fullmatch(name)) and self._sound(name).is_file()

    @property
    def photo(self) -> bytes | None:
        """A JPEG, where there is one."""
        try:
            return (self.folder / _PHOTO).read_bytes()
        except OSError:
            return None

    def keep_photo(self, jpeg: bytes | None) -> None:
        """Keep another photo, or none; raises OSError."""
        if jpeg is None:
            (self.folder / _PHOTO).unlink(missing_ok=True)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.folder / _PHOTO, jpeg)

    def _alone(self) -> FileLock:
        return FileLock(self.folder / _LOCK, timeout=_PATIENCE)

    def _remove(self, number: str) -> None:
        if not (entry := self.find(number)):
            return
        (self.folder / f"{number}.json").unlink(missing_ok=True)
        if not any(other.sound == entry.sound for other in self.entries()):
            self._sound(entry.sound).unlink(missing_ok=True)

    def _put(self, entry: Entry) -> None:
        replace_file(self.folder / f"{entry.number}.json", entry.as_json())

    def _sound(self, name: str) -> Path:
        return self.folder / f"{name}.sound"

    def _thin(self) -> None:
        entries = self.entries()
        for entry in entries[MOST_ENTRIES:]:
            self._remove(entry.number)
        total = 0
        for path in self._newest_sounds(entries):
            with suppress(OSError):
                total += path.stat().st_size
                if total > MOST_BYTES:
                    path.unlink()

    def _newest_sounds(self, entries: list[Entry]) -> Iterator[Path]:
        """What was learnt from first: the page plays it beside others."""
        first = [entry for entry in entries if entry.verdict is None]
        ordered = [*first, *(entry for entry in entries if entry.verdict)]
        yield from dict.fromkeys(self._sound(entry.sound) for entry in ordered)


def _read(path: Path) -> Entry | None:
    """An entry; None where it is missing or damaged."""
    try:
        entry = Entry.from_json(path.read_bytes())
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    whole = entry.number == path.stem and _NUMBER.fullmatch(entry.sound)
    return entry if whole else None
