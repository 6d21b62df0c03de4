"""Headers that lie about where the sound is: what stands in the file decides, not what they say."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from mimimi.audio.caf_header import mend_caf
from mimimi.audio.flac_header import mend_flac
from mimimi.audio.sound_file import Readable
from mimimi.audio.span import Span

_STREAMED = {0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, (1 << 63) - 1, (1 << 64) - 1}  # "not known yet"
_NEARLY_STREAMED = 1 << 16  # some say the largest size less the header, or whole blocks of it
_SEARCHED = 1 << 16  # bytes in which the sound is looked for where a chunk leads astray
_NOT_WORTH_A_WORD = 0.1  # s
# What stands before and after the sound in files of recorders, editors and broadcasters.
_KNOWN = (
    b"fmt data fact LIST list bext iXML cue  smpl inst JUNK junk FLLR PAD  PEAK acid afsp DISP "
    b"axml chna levl id3  ID3  minf elm1 regn umid link ds64 _PMX COMM SSND FVER MARK INST NAME "
    b"AUTH ANNO COMT (c)  APPL MIDI CHAN"
)
_KNOWN_IDS = {name.ljust(4) for name in _KNOWN.split()}


@dataclass(frozen=True)
class Mended:
    """A file whose header tells the truth."""

    file: Readable
    cut_off: bool | None = None  # whether its end is missing; None: the decoder has to tell


def mend(file: Readable, size: int) -> Mended:
    """Let the header of a recording say what there is; the file itself is not touched.

    Args:
        file: with a position that can be set.
        size: of it, in bytes.

    Example:
        >>> import soundfile
        >>> whole = io.BytesIO()
        >>> soundfile.write(whole, [0.1, -0.1] * 8_000, 16_000, format="WAV")
        >>> lost = bytearray(whole.getvalue())
        >>> lost[40:44] = bytes(4)  # the power was lost before the size was known
        >>> soundfile.info(mend(io.BytesIO(lost), len(lost)).file).frames
        16000
    """
    begin = _after_tag(file, size)
    kind, form = _at(file, begin, 4), _at(file, begin + 8, 4)
    if (kind in (b"RIFF", b"RIFX", b"RF64", b"BW64") and form == b"WAVE") or (
        kind == b"FORM" and form in (b"AIFF", b"AIFC")
    ):
        mended = _mend_chunks(file, begin, size, kind, form)
        if mended:
            return mended
    if kind == b".snd" and _number(_at(file, begin + 8, 4), ">") < size - begin - 24:
        start = begin + _number(_at(file, begin + 4, 4), ">")
        header = _at(file, begin, start - begin)
        if begin + 24 <= start <= size:  # nothing follows the sound of an AU
            header = header[:8] + b"\xff" * 4 + header[12:]
            return Mended(io.BufferedReader(Span(header, file, start, size)), False)
    if kind == b"caff" and not begin and (caf := mend_caf(file, size)):
        return Mended(*caf)
    if kind == b"fLaC" and not begin and (flac := mend_flac(file, size)):
        return Mended(flac)
    if begin:
        return Mended(io.BufferedReader(Span(b"", file, begin, size)))
    file.seek(0)
    return Mended(file)


def _mend_chunks(file: Readable, begin: int, size: int, kind: bytes, form: bytes) -> Mended | None:
    """WAV and AIFF written anew: what describes the sound, then the sound as far as it goes."""
    order = ">" if kind in (b"RIFX", b"FORM") else "<"
    sound_id, needed = (b"SSND", (b"FVER", b"COMM")) if kind == b"FORM" else (b"data", (b"fmt ",))
    whole, said_64 = _number(_at(file, begin + 4, 4), order), None
    kept: dict[bytes, bytes] = {}
    sound: tuple[int, int] | None = None
    for name, start, said in _chunks(file, begin + 12, size, order, sound_id):
        if name == b"ds64":
            whole, said_64 = struct.unpack("<QQ", _at(file, start, 16).ljust(16, b"\0"))
        elif name == sound_id and sound is None:
            use_64 = said_64 is not None and said == 0xFFFFFFFF
            sound = start, said_64 if use_64 and said_64 is not None else said
        elif name in needed and said < _SEARCHED:
            kept.setdefault(name, _at(file, start, said))
    if sound is None or needed[-1] not in kept:
        return None
    start, said = sound
    rate = _bytes_a_second(kept, order)
    end = _end_of_sound(file, start, said, size, order, rate)
    missing = min(start + said, begin + 8 + whole) - size  # a lie of one of them is no loss
    cut_off = missing > _NOT_WORTH_A_WORD * rate and not {said, whole} & _STREAMED
    cut_off &= all(abs(number - (1 << bits)) > _NEARLY_STREAMED for number in (said, whole)
                   for bits in (31, 32))  # fmt: skip
    chunks = b"".join(
        name + _packed(len(kept[name]), order) + kept[name] + bytes(len(kept[name]) % 2)
        for name in needed
        if name in kept
    )
    total = 4 + len(chunks) + 8 + end - start
    kind = b"RIFF" if kind in (b"RF64", b"BW64") else kind
    head = kind + _packed(total, order) + form + chunks + sound_id + _packed(end - start, order)
    return Mended(io.BufferedReader(Span(head, file, start, end)), cut_off)


def _chunks(
    file: Readable, first: int, size: int, order: str, sound_id: bytes
) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and said size of each chunk; where one leads astray the sound is looked for."""
    position, found = first, False
    while position + 8 <= size:
        name, said = _at(file, position, 4), _number(_at(file, position + 4, 4), order)
        if not _plausible(name):
            break
        yield name, position + 8, said
        found |= name == sound_id
        position += 8 + said
        # An odd chunk is followed by a byte of padding, which some writers forget.
        if said % 2 and not (
            _at(file, position, 4) in _KNOWN_IDS and _at(file, position + 1, 4) not in _KNOWN_IDS
        ):
            position += 1
    if not found:
        searched = _at(file, first, _SEARCHED)
        at = searched.find(sound_id)
        if at >= 0:
            yield sound_id, first + at + 8, _number(searched[at + 4 : at + 8], order)


def _end_of_sound(file: Readable, start: int, said: int, size: int, order: str, rate: float) -> int:
    """Where the sound ends: as said if other chunks follow there, otherwise with the file."""
    position = start + said + said % 2
    if start + said > size:
        return size
    if not said and _at(file, start, 4) not in _KNOWN_IDS:
        return size
    if size - position < _NOT_WORTH_A_WORD * rate:
        return start + said
    first = _at(file, position, 4)
    if first in _KNOWN_IDS or first[:3] in (b"ID3", b"TAG") or not any(first):
        return start + said
    while position + 8 <= size:
        if not _plausible(_at(file, position, 4)):
            return size
        length = _number(_at(file, position + 4, 4), order)
        position += 8 + length + length % 2
    return start + said if position <= size + 8 else size


def _bytes_a_second(kept: dict[bytes, bytes], order: str) -> float:
    """How much of the file a second takes, as `fmt ` or `COMM` say."""
    if b"fmt " in kept:
        return float(_number(kept[b"fmt "][8:12], order)) or 1.0
    channels, _, bits = struct.unpack(">HIH", kept[b"COMM"][:8].ljust(8, b"\0"))
    exponent, mantissa = struct.unpack(">HQ", kept[b"COMM"][8:18].ljust(10, b"\0"))
    hertz = mantissa * 2.0 ** min((exponent & 0x7FFF) - 16383 - 63, 0)
    return float(max(channels * bits / 8 * hertz, 1.0))


def _after_tag(file: Readable, size: int) -> int:
    """Where the recording begins that an ID3 tag was put in front of; MP3 is left as it is."""
    head = _at(file, 0, 10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    begin = 10 + length + (10 if head[5] & 0x10 else 0)
    containers = (
        b"RIFF",
        b"RIFX",
        b"RF64",
        b"BW64",
        b"FORM",
        b"fLaC",
        b"OggS",
        b".snd",
        b"caff",
        b"riff",
    )
    return begin if begin < size and _at(file, begin, 4) in containers else 0


def _plausible(name: bytes) -> bool:
    return len(name) == 4 and all(32 <= byte < 127 for byte in name)


def _at(file: Readable, position: int, count: int) -> bytes:
    file.seek(position)
    return file.read(count)


def _number(field: bytes, order: str) -> int:
    return int.from_bytes(field, "little" if order == "<" else "big")


def _packed(number: int, order: str) -> bytes:
    """A size of 32 bits; beyond that "not known yet", and the decoder looks where the file ends."""
    return struct.pack(order + "I", number if number < 0xFFFFFFFF else 0xFFFFFFFF)
