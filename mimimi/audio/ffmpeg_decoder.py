"""Decoding by FFmpeg (PyAV) of what soundfile does not read: telephones, browsers, Windows.

FFmpeg knows hundreds of formats, some of which open other files, addresses or devices. Here the
file's first bytes choose one of a few containers, and of its streams the first of sound is
decoded, if its codec is on the list; nothing else is ever opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mimimi.audio.decoder import BLOCK_FRAMES, Block, Lost
from mimimi.audio.sound_file import Readable
from mimimi.errors import AudioError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

_LOSSY = {
    "aac": "AAC",
    "ac3": "AC-3",
    "amrnb": "AMR",
    "amrwb": "AMR",
    "eac3": "E-AC-3",
    "mp2": "MP2",
    "mp2float": "MP2",
    "mp3": "MP3",
    "mp3float": "MP3",
    "opus": "Opus",
    "libopus": "Opus",
    "vorbis": "Vorbis",
    "wmapro": "WMA",
    "wmav1": "WMA",
    "wmav2": "WMA",
    "wmavoice": "WMA",
}
CODECS = (
    *_LOSSY, "alac", "flac", "wmalossless", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms",
    "pcm_alaw", "pcm_f32be", "pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_mulaw", "pcm_s8",
    "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_u8",
)  # fmt: skip
_OPTIONS = {
    "codec_whitelist": ",".join(CODECS),
    "protocol_whitelist": "",
}
_UNTIMED = ("aac", "amr", "mp3")  # have no length in their header, and no times
_JUMP = 0.05  # s by which times may be rounded; beyond, something is missing between
_MOST_FAILURES = 500  # packets, ten seconds of a telephone's
_LONGEST_JUMP = 60.0  # s; beyond, it is the time that is wrong


def container(head: bytes) -> str | None:
    """FFmpeg's name of the container that a file's first 12 bytes tell of, if it is allowed.

    Example:
        >>> container(b"....ftypM4A "), container(b"#EXTM3U http"), container(b"ffconcat ver")
        ('mov', None, None)
    """
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head[:2] in (b"\xff\xf1", b"\xff\xf9", b"\xff\xf0", b"\xff\xf8"):
        return "aac"
    starts = {
        b"\x1aE\xdf\xa3": "matroska",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
        b"#!AMR": "amr",
        b"caff": "caf",
        b"fLaC": "flac",
        b"OggS": "ogg",
        b"RIFF": "wav",
    }
    return next((name for start, name in starts.items() if head.startswith(start)), None)


class FFmpegDecoder:
    """A recording that FFmpeg has opened; to be used within `with`.

    Args:
        file: with a position that can be set.
        demuxer: see `container`.
        name: what messages call it.

    Raises:
        AudioError: it cannot be opened, or holds no sound that may be decoded.
    """

    def __init__(self, file: Readable, demuxer: str, name: str) -> None:
        import av
        from av.error import FFmpegError

        self.cut_off = False
        self._name = name
        self._damaged = (
            f"{name}: nothing in it can be decoded; the file is damaged, export it again."
        )
        file.seek(0)
        options = {**_OPTIONS, "format_whitelist": demuxer}
        try:
            opened = av.open(
                file, format=demuxer, options=options, metadata_errors="ignore", io_open=_refuse
            )
        except (FFmpegError, ValueError, OverflowError) as error:
            raise AudioError(self._damaged) from error
        self._container = cast("InputContainer", opened)
        try:
            self._begin(demuxer)
        except BaseException:
            self._container.close()
            raise

    def __enter__(self) -> FFmpegDecoder:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def _begin(self, demuxer: str) -> None:
        streams = self._container.streams.audio
        if not streams:
            raise AudioError(f"{self._name}: there is no sound in it; record or export it again.")
        self._stream = streams[0]
        codec = self._stream.codec_context.name if self._stream.codec_context else "unknown"
        if codec not in CODECS:
            raise AudioError(
                f"{self._name}: sound coded as {codec} is not read here; export it as WAV or FLAC."
            )
        if codec == "flac":  # which knows a damaged frame, and would play it as a loud noise
            self._stream.codec_context.options = {"err_detect": "crccheck+explode"}
        self.lossy = _LOSSY.get(codec)
        self._frames = self._decoded()
        # What the header says of rate and channels is not always true: the first frame knows.
        self._first = next((frame for frame in self._frames if not isinstance(frame, Lost)), None)
        if self._first is None:
            raise AudioError(self._damaged)
        self.rate, self.channels = self._first.sample_rate, len(self._first.layout.channels)
        bits = {"u8": 8, "s16": 16, "s32": 24}.get(self._first.format.packed.name, 0)
        self.step = 2.0 ** (1 - bits) if bits and not self.lossy else 0.0
        self._timed = demuxer not in _UNTIMED
        seconds = self._seconds() if self._timed else None
        self.frames = round(seconds * self.rate) if seconds else None

    def _seconds(self) -> float | None:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / 1e6 if self._container.duration else None

    def blocks(self, first: int = 0) -> Iterator[Block | Lost]:
        """As of any decoder; everything before is decoded and dropped."""
        position, waiting = 0, _Waiting()
        for part in self._in_time():
            count = _count(part)
            skipped = min(max(first - position, 0), count)
            position += count
            if isinstance(part, Lost):
                yield from waiting.all()
                if count > skipped:
                    yield Lost(count - skipped)
            else:
                yield from waiting.add(part[skipped:])
        yield from waiting.all()
        # An encoder's delay and its last frame make lengths inexact.
        self.cut_off |= position < (self.frames or 0) - 0.1 * self.rate

    def _in_time(self) -> Iterator[Block | Lost]:
        """Frames as arrays; what is missing between them by their times, too."""
        assert self._first is not None
        base, position = frame_time(self._first) or 0.0, 0
        for frame in chain((self._first,), self._frames):
            parts: list[Block | Lost] = []
            if isinstance(frame, Lost):
                parts.append(frame)
            elif (frame.sample_rate, len(frame.layout.channels)) != (self.rate, self.channels):
                parts.append(Lost(frame.samples))
            else:
                time = frame_time(frame) if self._timed else None
                jump = time - base - position / self.rate if time is not None else 0.0
                if _JUMP < jump < _LONGEST_JUMP:
                    parts.append(Lost(round(jump * self.rate)))
                parts.append(frame_samples(frame))
            position += sum(map(_count, parts))
            yield from parts

    def _decoded(self) -> Iterator[AudioFrame | Lost]:
        from av.error import FFmpegError

        usual, heard, failed = 1024, 0, 0
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames: list[Any] = packet.decode()
                except FFmpegError:
                    failed += 1
                    if failed > max(_MOST_FAILURES, heard / 4):  # what follows is no sound
                        self.cut_off = True
                        return
                    if packet.size:
                        yield Lost(usual)
                    continue
                for frame in frames:
                    if frame.samples:
                        usual, heard = frame.samples, heard + 1
                        yield frame
        except (FFmpegError, ValueError, OverflowError):
            self.cut_off = True


class _Waiting:
    """Frames are short: they are joined before they are handed on."""

    def __init__(self) -> None:
        self._parts: list[Block] = []
        self._length = 0

    def add(self, part: Block) -> Iterator[Block]:
        self._parts.append(part)
        self._length += len(part)
        if self._length >= BLOCK_FRAMES:
            yield from self.all()

    def all(self) -> Iterator[Block]:
        if self._length:
            yield np.concatenate(self._parts)
        self._parts, self._length = [], 0


def _count(part: Block | Lost) -> int:
    return part.frames if isinstance(part, Lost) else len(part)


def _refuse(*_: object) -> None:
    raise PermissionError("a recording opens no other file")


def frame_time(frame: AudioFrame) -> float | None:
    """When it begins, in s of its stream; None where the stream does not say."""
    if frame.pts is None or frame.time_base is None:
        return None
    return float(frame.pts * frame.time_base)


def frame_samples(frame: AudioFrame) -> Block:
    """`(time, channel)`, within -1 to 1."""
    values = frame.to_ndarray()
    values = values.T if frame.format.is_planar else values.reshape(-1, len(frame.layout.channels))
    if values.dtype == np.uint8:
        values = values.astype(np.float32) - 128
        return (values / 128).astype(np.float32)
    if np.issubdtype(values.dtype, np.integer):
        return (values / -float(np.iinfo(values.dtype).min)).astype(np.float32)
    return values.astype(np.float32)
