"""A recording cut into pieces of a segment's length, with all channels that sound."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mimimi.audio import Samples, Waveform, read
from mimimi.config import SAMPLE_RATE
from mimimi.errors import AudioError, SilentError

if TYPE_CHECKING:
    from soundfile import SoundFile

PIECE = 10.0  # s; longer recordings are cut, so that some of each can be kept aside
_AS_THEY_ARE = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
_SAME_LENGTH = 1e-3  # s


def live_channels(source: bytes | Path, name: str) -> Iterator[Waveform]:
    """Decode those channels of a recording in which something sounds.

    Raises:
        AudioError: as for `mimimi.audio.read`; silent only if all channels are.
    """
    silence: SilentError | None = None
    heard = False
    channels = None
    for channel in count():
        if channel == channels:
            break
        try:
            waveform = read(source, channel=channel, name=name)
        except SilentError as error:
            silence = silence or error
        except AudioError:
            if silence and not heard:  # there is no such channel, and none before it sounded
                break
            raise
        else:
            channels, heard = waveform.source_channels, True
            if waveform.channel == channel:  # else this one is dead, and another was taken
                yield waveform
    if silence and not heard:
        raise silence


def pieces(source: bytes | Path, name: str) -> Iterator[bytes]:
    """A recording as WAV files: whole up to two pieces, else cut, without the rest at the end.

    Its rate, channels and format stay as they are where the file is what it says. Otherwise
    (compressed, cut off, a header that lies) it is what is heard of it: live channels, 16 kHz.

    Raises:
        AudioError: as for `live_channels`, before the first piece.
    """
    heard = live_channels(source, name)
    first = next(heard)
    long = first.seconds > 2 * PIECE
    if file := _as_it_is(source, first.seconds):
        with file:
            subtype = file.subtype if file.subtype in _AS_THEY_ARE else "PCM_16"
            length = round(PIECE * file.samplerate) if long else file.frames
            while len(block := file.read(length, dtype="float32", always_2d=True)) == length:
                yield _wav(block, file.samplerate, subtype)
        return
    channels = np.stack([first.samples, *(other.samples for other in heard)], axis=1)
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
