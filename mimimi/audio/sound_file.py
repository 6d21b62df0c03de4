"""What a decoder is handed: an ordinary file, open, whose damage harms nothing else."""

from __future__ import annotations

import io
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from mimimi.errors import AudioError


def open_recording(path: Path, name: str) -> BinaryIO:
    """Open a recording for reading.

    Args:
        path: of an ordinary file.
        name: what messages call it.

    Raises:
        AudioError: it is missing, a folder, a pipe or a device, or may not be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise AudioError(f"{name}: this is a folder; give the recordings in it ({name}/*.wav).")
        if not stat.S_ISREG(mode):  # to open a pipe would wait for ever
            raise AudioError(f"{name}: this is a device or a pipe, not a file; give a recording.")
        return path.open("rb")
    except FileNotFoundError as error:
        if path.is_symlink():
            raise AudioError(
                f"{name}: links to a file that is gone; give the recording."
            ) from error
        raise AudioError(f"{name}: there is no such file; check its name.") from error
    except PermissionError as error:
        raise AudioError(f"{name}: you may not read it; ask for the permission.") from error
    except (OSError, ValueError, RuntimeError) as error:  # Python 3.10 on a circle of links; NUL
        reason = getattr(error, "strerror", None) or error
        raise AudioError(f"{name}: cannot be read ({reason}); check its name.") from error


class Readable(Protocol):
    """What decoders ask of a file."""

    def read(self, count: int, /) -> bytes:
        """As of any file."""

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of any file."""

    def tell(self) -> int:
        """As of any file."""


class GuardedFile:
    """An open file for a decoder's callbacks, which no exception may leave.

    Without a `name`, by whose ending soundfile would take a file for headerless.

    Args:
        file: binary, and with a position that can be set.
    """

    def __init__(self, file: Readable) -> None:
        self._file = file
        self.size = file.seek(0, io.SEEK_END)
        self.error: OSError | None = None  # of reading
        file.seek(0)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of any file, but a position that cannot be is passed over."""
        # A damaged header leads before the beginning, or beyond what a position can be.
        with suppress(OSError, ValueError, OverflowError):
            self._file.seek(offset, whence)
        return self.tell()

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

    def read(self, count: int, /) -> bytes:
        """As of any file, but a disk that fails ends it, and `error` is set."""
        try:
            return self._file.read(min(count, self.size))
        except OSError as error:
            self.error = error
            return b""
