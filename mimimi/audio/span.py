"""A file put together: a header of our own, then a stretch of another file."""

from __future__ import annotations

import io

from mimimi.audio.sound_file import Readable


class Span(io.RawIOBase):
    """A header, then a stretch of a file, as one file.

    Example:
        >>> span = Span(b"head", io.BytesIO(b"0123456789"), 4, 7)
        >>> span.seek(2), span.read()
        (2, b'ad456')
    """

    def __init__(self, header: bytes, file: Readable, start: int, end: int) -> None:
        self._header, self._file, self._start = header, file, start
        self._size, self._position = len(header) + end - start, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of any file."""
        base = (0, self._position, self._size)[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """As of any file; less than asked for where the header ends."""
        count = max(min(len(buffer), self._size - self._position), 0)
        part = self._header[self._position : self._position + count]
        if not part and count:
            self._file.seek(self._start + self._position - len(self._header))
            part = self._file.read(count)
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)
