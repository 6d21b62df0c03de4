"""A recording cut into pieces of a segment's length, with all channels that sound."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from mimimi.audio import Channel, Pair, Samples, Waveform, read
from mimimi.config import SAMPLE_RATE
from mimimi.errors import AudioError
from mimimi.features.segments import SHORTEST_SAMPLES

if TYPE_CHECKING:
    from soundfile import SoundFile

Number = TypeVar("Number", np.float32, np.int16)
PIECE = 10.0  # s; longer recordings are cut, so that some of each can calibrate
_AS_THEY_ARE = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
_SAME_LENGTH = 1e-3  # s
_SPARED = 0.1  # s by which a channel may be shorter than the first


def live_channels(source: bytes | Path, name: str, channel: Channel = 0) -> Iterator[Waveform]:
    """Decode those channels of a recording in which as much sounds as in the first live one.

    So that, whatever the others hold, it is as long as that one alone, by which it is judged. Where
    a `Pair` is heard, what its two give is all there is.

    Raises:
        AudioError: as for `mimimi.audio.read`; of the first live channel alone.
    """
    first = read(source, channel=channel, name=name)
    if isinstance(channel, Pair):
        yield first
        return
    enough = max(len(first.samples) - round(_SPARED * SAMPLE_RATE), SHORTEST_SAMPLES)
    for k in range(first.source_channels):
        if k == first.channel:
            yield first
            continue
        with suppress(AudioError):
            waveform = read(source, channel=k, name=name)
            is_live = waveform.channel == k  # in place of a dead one, `read` gives another
            if is_live and len(waveform.samples) >= enough:
                yield waveform


def side_by_side(channels: Iterable[NDArray[Number]]) -> NDArray[Number]:
    """Channels `(channel, time)`, as long as the one of which most was left out."""
    found = list(channels)
    length = min(map(len, found))
    return np.stack([channel[:length] for channel in found])


def pieces(source: bytes | Path, name: str) -> Iterator[bytes]:
    """A recording as WAV files: whole up to two pieces, else cut, without the rest at the end.

    Its rate, channels and format stay as they are where the file is what it says. Otherwise
    (compressed, cut off, a header that lies) it is what is heard of it: live channels, 16 kHz.

    Raises:
        AudioError: as for `mimimi.audio.read`, before the first piece.
    """
    first = read(source, name=name)
    seconds = first.seconds + sum(cut.seconds for cut in first.cuts)
    long = seconds > 2 * PIECE
    if file := _as_it_is(source, seconds):
        with file:
            subtype = file.subtype if file.subtype in _AS_THEY_ARE else "PCM_16"
            length = round(PIECE * file.samplerate) if long else file.frames
            while len(block := file.read(length, dtype="float32", always_2d=True)) == length:
                yield _wav(block, file.samplerate, subtype)
        return
    channels = side_by_side(heard.samples for heard in live_channels(source, name)).T
    length = round(PIECE * SAMPLE_RATE) if long else len(channels)
    for start in range(0, len(channels) - length + 1, length):
        yield _wav(channels[start : start + length], SAMPLE_RATE, "FLOAT")


def _as_it_is(source: bytes | Path, seconds: float) -> SoundFile | None:
    """A file whose header speaks of just the seconds that were heard of it; None if another."""
    import soundfile

    try:
        file = soundfile.SoundFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except soundfile.SoundFileError:
        return None
    if abs(file.frames / file.samplerate - seconds) < _SAME_LENGTH:
        return file
    file.close()
    return None


def _wav(block: Samples, rate: int, subtype: str) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, block, rate, format="WAV", subtype=subtype)
    return file.getvalue()
