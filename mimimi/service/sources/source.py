"""What every source hands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Protocol

from mimimi.audio.decoder import Block
from mimimi.errors import UserError


class SourceError(UserError):
    """A source that is broken for now; it may come back."""


@dataclass(frozen=True)
class Sound:
    """What came next: `(time,)`, int16 or float32 within -1 to 1; `(time, 2)` where a second
    microphone hears the hall.

    `first` counts the source's samples since it was opened, lost ones too.
    """

    samples: Block
    rate: int  # Hz
    first: int


@dataclass(frozen=True)
class RecordingFile:
    """A recording that lies whole in a folder; by name, size and time it is known again."""

    path: Path
    size: int  # bytes
    changed: float  # s since 1970


class Source(Protocol):
    """Something that sound comes from."""

    can_wait: bool  # whether nothing is lost while it is not read, as from a folder or a pipe
    is_live: bool  # whether it should never fall silent

    def read(self, stop: Event) -> Iterator[Sound | RecordingFile]:
        """Open it and hand on what comes, until it ends for good or `stop` is set.

        Raises:
            SourceError: it cannot be opened, breaks off, or nothing comes any more.
        """
