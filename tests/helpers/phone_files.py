"""Recordings as telephones, browsers and Windows store them, made by FFmpeg's own encoders."""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
import numpy as np
from scipy.signal import resample_poly


@dataclass(frozen=True)
class Kind:
    """A container and what is in it."""

    name: str
    container: str
    codec: str
    rate: int = 48_000
    bit_rate: int = 96_000
    lossless: bool = False


KINDS = [
    Kind("m4a", "mp4", "aac"),
    Kind("lossless m4a", "mp4", "alac", lossless=True),
    Kind("aac", "adts", "aac"),
    Kind("3gp", "3gp", "libopencore_amrnb", rate=8_000, bit_rate=12_200),
    Kind("amr", "amr", "libopencore_amrnb", rate=8_000, bit_rate=12_200),
    Kind("webm", "webm", "libopus"),
    Kind("mka", "matroska", "pcm_s16le", lossless=True),
    Kind("wma", "asf", "wmav2", rate=44_100),
]


def encode(sound: np.ndarray, kind: Kind, *, beside: bool = False) -> bytes:
    """A file of a sound `(time,)` or `(time, channel)` at 16 kHz.

    Args:
        sound: within -1 to 1.
        kind: of the file.
        beside: a picture and a second track of silence lie in it, too.
    """
    file = io.BytesIO()
    with av.open(file, "w", format=kind.container) as output:
        if beside:
            picture = output.add_stream("mpeg4", rate=5)
            picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        tracks = [sound, np.zeros_like(sound)] if beside else [sound]
        streams = [_stream(output, track, kind) for track in tracks]
        if beside:
            for _ in range(5):
                output.mux(picture.encode(av.VideoFrame(64, 64, "yuv420p")))
            output.mux(picture.encode(None))
        for stream, track in zip(streams, tracks, strict=True):
            _write(output, stream, track, kind)
    return file.getvalue()


def _stream(output, sound: np.ndarray, kind: Kind):
    stream = output.add_stream(kind.codec, rate=kind.rate)
    stream.layout = "stereo" if sound.ndim == 2 else "mono"
    if not kind.lossless:
        stream.bit_rate = kind.bit_rate
    return stream


def _write(output, stream, sound: np.ndarray, kind: Kind) -> None:
    factor = np.gcd(kind.rate, 16_000)
    columns = sound[:, None] if sound.ndim == 1 else sound
    resampled = resample_poly(columns, kind.rate // factor, 16_000 // factor, axis=0)
    values = np.round(np.clip(resampled, -1, 1) * 32_767).astype(np.int16)
    layout = "stereo" if columns.shape[1] == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(values.reshape(1, -1), "s16", layout)
    frame.sample_rate = kind.rate
    if not stream.codec_context.is_open:
        stream.codec_context.open()
    size = stream.codec_context.frame_size or 1_024
    resampler = av.AudioResampler(stream.codec_context.format, layout, kind.rate, size)
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        output.mux(stream.encode(part))
    output.mux(stream.encode(None))
