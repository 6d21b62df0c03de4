"""A CAF whose header lies about how much sound there is: told anew, as far as the file goes."""

from __future__ import annotations

import io
import struct

from mimimi.audio.sound_file import Readable
from mimimi.audio.span import Span

_HEADER = 8  # bytes: "caff", version, flags
_CHUNK = 12  # bytes of a chunk's name and size
_LONGEST = 1 << 16  # bytes of what describes the sound
_UNKNOWN = -1  # size of a recording that was never closed: it ends with the file
_NAMES = (
    b"desc data free info chan pakt strg mark regn uuid kuki peak umid edct midi ovvw inst".split()
)
_NOT_WORTH_A_WORD = 0.1  # s


def mend_caf(file: Readable, size: int) -> tuple[Readable, bool] | None:
    """The file with a size of the sound that is true, and whether its end is missing.

    None where that is not to be known: of what is packed, a table tells where it ends.

    Args:
        file: begins with "caff".
        size: of it, in bytes.
    """
    position, bytes_a_second = _HEADER, 0.0
    while position + _CHUNK <= size:
        name, said = struct.unpack(">4sq", _at(file, position, _CHUNK))
        start = position + _CHUNK
        if name == b"data":
            if not bytes_a_second:
                return None
            ends_there = said > 0 and _at(file, start + said, 4) in (*_NAMES, b"")
            end = min(start + said, size) if ends_there else size
            missing = 0 if said == _UNKNOWN else start + said - size
            head = _at(file, 0, position) + struct.pack(">4sq", b"data", end - start)
            mended = io.BufferedReader(Span(head, file, start, end))
            return mended, bool(missing > _NOT_WORTH_A_WORD * bytes_a_second)
        if not 0 <= said < _LONGEST:
            return None
        if name == b"desc":
            rate, kind, size_of_frame = struct.unpack(
                ">d4s4xI", _at(file, start, 20).ljust(20, b"\0")
            )
            if kind == b"lpcm" and 0 < rate < 1e9:
                bytes_a_second = rate * size_of_frame
        position = start + said
    return None


def _at(file: Readable, position: int, count: int) -> bytes:
    file.seek(position)
    return file.read(count)
