"""Headers that lie: what stands in the file is heard, and only what is cut off is called so."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile

from mimimi.audio import read
from mimimi.errors import AudioError

SECONDS, RATE = 4.0, 16_000
SIZE = round(SECONDS * RATE) * 2  # bytes of the sound, at 16 bits


@pytest.fixture
def sound(hum) -> np.ndarray:
    return np.round(hum(SECONDS) * 32_768).astype("<i2")


@pytest.fixture
def heard(sound):
    """Read a file, which must hold all of the sound and be called whole."""

    def check(file: bytes) -> None:
        waveform = read(bytes(file))
        assert np.array_equal(waveform.samples * 32_768, sound)
        assert waveform.problems == ()

    return check


def chunk(name: bytes, content: bytes, size: int | None = None, pad: bool = True) -> bytes:
    said = len(content) if size is None else size
    return name + struct.pack("<I", said) + content + bytes(pad and len(content) % 2)


FMT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16))
LIST = chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 6) + b"maker\0")


def wav(data: np.ndarray, size: int | None = None, riff: int | None = None, **parts) -> bytes:
    """A WAV with what is `before` and `after` the sound, and sizes as said."""
    body = b"WAVE" + parts.get("before", FMT) + chunk(b"data", data.tobytes(), size)
    body += parts.get("after", b"")
    return b"RIFF" + struct.pack("<I", len(body) if riff is None else riff) + body


@pytest.mark.parametrize("riff", [0, None, 36, 0xFFFFFFFF, 0x7FFFFFFF])
@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, SIZE // 2, SIZE + 44, SIZE + 8, 0xFFFFFFDB])
def test_a_size_that_is_wrong(heard, sound, size, riff):
    heard(wav(sound, size, riff))


def test_a_size_far_too_large_is_a_lie_where_the_whole_file_is_said_to_be_there(heard, sound):
    heard(wav(sound, 10 * SIZE))


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_what_is_cut_off_is_called_so(sound, share):
    file = wav(sound, after=LIST)
    cut = read(file[: round(share * len(file))])
    assert [problem.kind for problem in cut.problems] == ["cut_off"]
    assert cut.seconds == pytest.approx(share * SECONDS, abs=0.01)


@pytest.mark.parametrize("size", [None, SIZE])
@pytest.mark.parametrize(
    "after",
    [LIST, LIST + LIST, chunk(b"zzzz", b"abc"), chunk(b"id3 ", b"ID3" + bytes(40)), b"TAG" * 40,
     LIST[:-3], bytes(512)],
)  # fmt: skip
def test_what_follows_the_sound_is_not_heard(heard, sound, size, after):
    heard(wav(sound, size, after=after))


@pytest.mark.parametrize("pad", [True, False])
@pytest.mark.parametrize("name", [b"LIST", b"junk", b"bext", b"zzzz"])
def test_an_odd_chunk_padded_or_not(heard, sound, name, pad):
    heard(wav(sound, before=chunk(name, b"odd", pad=pad) + FMT))
    heard(wav(sound, before=FMT + chunk(name, b"odd" * 5, pad=pad)))


def test_a_chunk_that_leads_astray(heard, sound):
    heard(wav(sound, before=FMT + chunk(b"LIST", b"short", size=1_000_000)))


@pytest.mark.parametrize("kind", [b"RF64", b"BW64"])
@pytest.mark.parametrize("size", [SIZE, 0, 0xFFFFFFFFFFFFFFFF, SIZE // 2])
def test_sizes_of_64_bits(heard, sound, kind, size):
    sizes = chunk(b"ds64", struct.pack("<QQQI", min(size + 80, (1 << 64) - 1), size, size // 2, 0))
    heard(kind + wav(sound, 0xFFFFFFFF, 0xFFFFFFFF, before=sizes + FMT)[4:])


def test_big_endian(heard, sound):
    def turned(name: bytes, content: bytes) -> bytes:
        return name + struct.pack(">I", len(content)) + content

    fmt = turned(b"fmt ", struct.pack(">HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16))
    heard(turned(b"RIFX", b"WAVE" + fmt + turned(b"data", sound.astype(">i2").tobytes())))


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "AIFF", "AU", "W64", "RF64", "CAF"])
def test_a_tag_in_front(heard, sound, kind):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format=kind, subtype="PCM_16")
    heard(b"ID3\x04\0\0\0\0\x01\x05" + bytes(133) + file.getvalue())


@pytest.mark.parametrize("size", [0, SIZE // 2, SIZE + 8])
@pytest.mark.parametrize("form", [0, None])
def test_an_aiff_with_a_wrong_size(heard, sound, size, form):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="AIFF", subtype="PCM_16")
    lie = bytearray(file.getvalue())
    at = lie.find(b"SSND") + 4
    lie[at : at + 4] = struct.pack(">I", size)
    if form is not None:
        lie[4:8] = struct.pack(">I", form)
    heard(lie)


@pytest.mark.parametrize("size", [0, SIZE // 2, 0xFFFFFFFF])
def test_an_au_with_a_wrong_size(heard, sound, size):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="AU", subtype="PCM_16")
    lie = bytearray(file.getvalue())
    lie[8:12] = struct.pack(">I", size)
    heard(lie)


@pytest.mark.parametrize(
    ("kind", "size"),
    [(kind, size) for kind in ("CAF", "W64") for size in (0, -1, SIZE // 2)] + [("W64", 10 * SIZE)],
)
def test_another_container_with_a_wrong_size(heard, sound, kind, size):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format=kind, subtype="PCM_16")
    lie = bytearray(file.getvalue())
    at = lie.rfind(b"data", 0, 5_000) + (4 if kind == "CAF" else 16)
    lie[at : at + 8] = struct.pack(">q" if kind == "CAF" else "<q", size)
    heard(lie)


@pytest.mark.parametrize("kind", ["WAV", "AIFF", "AU", "W64", "RF64", "CAF", "FLAC"])
def test_of_every_container_half_a_file_is_called_cut_off(sound, kind):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format=kind, subtype="PCM_16")
    half = read(file.getvalue()[: len(file.getvalue()) // 2])
    assert [problem.kind for problem in half.problems] == ["cut_off"]
    assert half.seconds == pytest.approx(SECONDS / 2, abs=0.4)


@pytest.mark.parametrize("size", [SIZE + 4, 0])
@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_a_caf_with_a_chunk_after_the_sound(sound, subtype, size):
    file = io.BytesIO()
    soundfile.write(file, sound / 32_768, RATE, format="CAF", subtype=subtype)
    lie = bytearray(file.getvalue())
    at = lie.rfind(b"data", 0, 5_000) + 4
    said = int.from_bytes(lie[at : at + 8], "big") if size else 0
    lie[at : at + 8] = said.to_bytes(8, "big")
    waveform = read(bytes(lie) + b"info" + struct.pack(">q", 9) + bytes(9))
    assert waveform.seconds == pytest.approx(SECONDS, abs=0.0 if size else 0.001)


def test_a_flac_of_unknown_length(heard, sound):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="FLAC", subtype="PCM_16")
    lie = bytearray(file.getvalue())
    lie[21] &= 0xF0
    lie[22:26] = bytes(4)
    heard(lie)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 1.0, 2.0])
def test_a_flac_with_a_wrong_length(hum, share, subtype, channels):
    sound = np.stack([hum(SECONDS)] * channels, axis=1)
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="FLAC", subtype=subtype)
    lie = bytearray(file.getvalue())
    count = round(share * len(sound))
    lie[21] = lie[21] & 0xF0 | count >> 32
    lie[22:26] = struct.pack(">I", count & 0xFFFFFFFF)
    waveform, whole = read(bytes(lie)), read(file.getvalue())
    assert np.array_equal(waveform.samples, whole.samples)
    assert [p.kind for p in waveform.problems] == (["cut_off"] if share > 1 else [])


def test_an_ogg_that_was_never_closed_is_whole(hum):
    file = io.BytesIO()
    soundfile.write(file, hum(SECONDS), RATE, format="OGG", subtype="VORBIS")
    whole = file.getvalue()
    streamed = read(whole[: whole.rfind(b"OggS")])
    assert [problem.kind for problem in streamed.problems] == ["lossy"]
    cut = read(whole[: whole.rfind(b"OggS") - 100])
    assert [problem.kind for problem in cut.problems] == ["cut_off", "lossy"]


def test_a_recording_of_nothing_is_not_filled_with_what_follows(sound):
    with pytest.raises(AudioError, match="no sound in it"):
        read(wav(sound[:0], after=LIST * 30))
