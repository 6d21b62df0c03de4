"""A FLAC whose header says fewer samples than stand in it: it is said to be of unknown length.

Source: RFC 9639, sections 8.2 (STREAMINFO) and 9.1 (frame header).
"""

from __future__ import annotations

import io

from mimimi.audio.sound_file import Readable
from mimimi.audio.span import Span

_HEADER = 42  # bytes: "fLaC", a block's header, STREAMINFO
_COUNT = 21  # where in it the number of samples stands: four bits there, and four bytes
_TAIL = 1 << 17  # bytes in which the last frame begins; longer ones are none of recorded sound
_LONGEST = 16  # bytes of a frame's header


def mend_flac(file: Readable, size: int) -> Readable | None:
    """The file with its length unknown; None where it is true, or cannot be told to be wrong.

    Args:
        file: begins with "fLaC".
        size: of it, in bytes.
    """
    file.seek(0)
    header = bytearray(file.read(_HEADER))
    if len(header) < _HEADER:
        return None
    said = (header[_COUNT] & 0xF) << 32 | int.from_bytes(header[_COUNT + 1 : _COUNT + 5], "big")
    if not said or _last_frame(file, size, int.from_bytes(header[8:10], "big")) < said:
        return None
    header[_COUNT] &= 0xF0
    header[_COUNT + 1 : _COUNT + 5] = bytes(4)
    return io.BufferedReader(Span(bytes(header), file, _HEADER, size))


def _last_frame(file: Readable, size: int, block: int) -> int:
    """The number of samples before the last frame; 0 where none is found."""
    file.seek(max(size - _TAIL, _HEADER))
    tail = file.read(_TAIL)
    at = len(tail)
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        if tail[at + 1 : at + 2] in (b"\xf8", b"\xf9"):
            head = tail[at : at + _LONGEST]
            number = _number(head)
            if number is not None:
                return number if head[1] & 1 else number * block
    return 0


def _number(head: bytes) -> int | None:
    """Of a frame, or of its first sample; None where this is no frame's header."""
    if len(head) < 6 or head[2] >> 4 == 0 or head[3] >> 4 > 10:
        return None
    first = head[4]
    more = next((k for k in range(8) if not first & 0x80 >> k), 8)  # as in UTF-8
    if more in (1, 8) or len(head) < 5 + more:
        return None
    number = first & 0x7F >> more
    following = head[5 : 5 + max(more - 1, 0)]
    for byte in following:
        if byte & 0xC0 != 0x80:
            return None
        number = number << 6 | byte & 0x3F
    end = 5 + len(following)
    end += {6: 1, 7: 2}.get(head[2] >> 4, 0) + {12: 1, 13: 2, 14: 2}.get(head[2] & 0xF, 0)
    return number if end < len(head) and _crc(head[:end]) == head[end] else None


def _crc(content: bytes) -> int:
    """Of eight bits, with the polynomial x^8 + x^2 + x + 1."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc
