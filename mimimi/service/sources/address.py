"""Streams by their address, RTSP and HTTP, through FFmpeg (PyAV)."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from mimimi.audio.channels import Channel, missing, picked
from mimimi.audio.decoder import Block
from mimimi.audio.ffmpeg_decoder import CODECS, frame_samples, frame_time
from mimimi.service.sources.source import Sound, SourceError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

_ADDRESS = re.compile(r"(rtsps?|https?)://", re.IGNORECASE)
_TIMEOUT = 10.0  # s without a byte until the stream counts as broken
_BLOCK = 0.25  # s handed on together
_JUMP = 0.05  # s by which times may be rounded; beyond, something was lost
_LONGEST_JUMP = 60.0  # s; beyond, it is the time that is wrong
# What is said of a host that is off; FFmpeg says EIO of one whose name nobody knows.
_AWAY = {errno.EIO, errno.ECONNREFUSED, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH}
# A playlist could name files of this machine and addresses of its network: none is read.
_FORMATS = "rtsp,sdp,rtp,wav,w64,mp3,aac,flac,ogg,matroska,webm,mpegts,aiff,au"
_OPTIONS = {
    "rtsp_transport": "tcp",  # by UDP what is lost is lost
    "allowed_media_types": "audio",
    "codec_whitelist": ",".join((*CODECS, "adpcm_g722", "adpcm_g726")),
}
_RTSP = {"protocol_whitelist": "rtsp,rtsps,rtp,srtp,tcp,tls,udp", "format_whitelist": _FORMATS}
_HTTP = {"protocol_whitelist": "http,https,tcp,tls", "format_whitelist": _FORMATS}


def is_address(source: str) -> bool:
    """Whether it is the address of a stream that can be heard here."""
    return bool(_ADDRESS.match(source))


class Address:
    """A stream; that it ends is as much a failure as that it breaks.

    Args:
        url: of the stream.
        channel: what is heard of several, see `mimimi.audio.channels`.
    """

    can_wait, is_live = False, True

    def __init__(self, url: str, channel: Channel) -> None:
        self._url, self._channel = url, channel

    def read(self, stop: Event) -> Iterator[Sound]:
        """See `Source.read`; what was lost on the way is known by the stream's own times."""
        from av.error import ExitError, FFmpegError

        rtsp = self._url.lower().startswith("rtsp")
        options = {**(_RTSP if rtsp else _HTTP), **_OPTIONS}
        if not rtsp:
            del options["rtsp_transport"], options["allowed_media_types"]
        try:
            with self._opened(options) as container:
                if not container.streams.audio:
                    raise SourceError("there is no sound in the stream")
                for sound in _joined(_placed(_frames(container), self._channel)):
                    if stop.is_set():
                        return
                    yield sound
        except ExitError:  # "Immediate exit requested": by the time that we gave it
            raise SourceError(f"the stream has given nothing for {_TIMEOUT:.0f} s") from None
        except (FFmpegError, ValueError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise SourceError(f"the stream cannot be read ({reason})") from None
        raise SourceError("the stream has ended")

    def _opened(self, options: dict[str, str]) -> InputContainer:
        import av
        from av.error import FFmpegError

        try:
            return av.open(self._url, options=options, timeout=_TIMEOUT, metadata_errors="ignore")
        except FFmpegError as error:
            if error.errno not in _AWAY:
                raise
            host = urlsplit(self._url).hostname
            what = "cannot be reached"
            if error.errno == errno.EIO:
                what += ", or sends nothing that is sound"
            raise SourceError(f"{host} {what} ({error.strerror})") from None


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    from av.error import InvalidDataError

    for packet in container.demux(container.streams.audio[0]):
        try:
            frames: list[Any] = packet.decode()
        except InvalidDataError:  # the times of those that follow tell what is missing
            continue
        yield from (frame for frame in frames if frame.samples)


def _placed(frames: Iterator[AudioFrame], channel: Channel) -> Iterator[Sound]:
    """Each with the number of its first sample, by its time."""
    expected = rate = None  # s of the stream's own time; Hz
    position = 0
    for frame in frames:
        samples = frame_samples(frame)
        if (none := missing(channel, samples.shape[1])) is not None:
            raise SourceError(
                f"there is no channel {none}; the stream has {samples.shape[1]}, counted from 0"
            )
        if rate not in (None, frame.sample_rate):
            raise SourceError("the stream's sample rate has changed")
        rate = frame.sample_rate
        at = frame_time(frame)
        if at is not None:
            jump = at - expected if expected is not None else 0.0
            if _JUMP < jump < _LONGEST_JUMP:
                position += round(jump * rate)
            expected = at + len(samples) / rate
        yield Sound(picked(samples, channel), rate, position)
        position += len(samples)


def _joined(sounds: Iterator[Sound]) -> Iterator[Sound]:
    """Frames are short: those without a gap between are handed on together."""
    parts: list[Block] = []
    first = length = rate = 0
    for sound in sounds:
        if parts and (sound.first != first + length or length >= _BLOCK * rate):
            yield Sound(np.concatenate(parts), rate, first)
            parts, length = [], 0
        if not parts:
            first, rate = sound.first, sound.rate
        parts.append(sound.samples)
        length += len(sound.samples)
    if parts:
        yield Sound(np.concatenate(parts), rate, first)
