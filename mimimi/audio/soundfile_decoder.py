"""Decoding by soundfile: WAV, FLAC, OGG, MP3, AIFF and what else libsndfile knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mimimi.audio.decoder import BLOCK_FRAMES, Block, Decoder, Lost
from mimimi.errors import AudioError

if TYPE_CHECKING:
    from soundfile import SoundFile

_UNKNOWN_FRAMES = 1 << 30  # 2^31 or 2^63 stand for a length that a stream did not know
_LOSSY = {
    "VORBIS": "Vorbis",
    "OPUS": "Opus",
    "MPEG_LAYER_I": "MP1",
    "MPEG_LAYER_II": "MP2",
    "MPEG_LAYER_III": "MP3",
    "GSM610": "GSM",
}
_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}


class SoundfileDecoder:
    """A recording that soundfile has opened.

    Args:
        sound: opened.
        ends_early: whether its end is missing; asked once all is read.
        resume: opens it anew with a decoder that finds its way after a damaged place.
    """

    def __init__(
        self,
        sound: SoundFile,
        ends_early: Callable[[], bool],
        resume: Callable[[], Decoder] | None = None,
    ) -> None:
        self.rate, self.channels = sound.samplerate, sound.channels
        self.frames = sound.frames if 0 < sound.frames < _UNKNOWN_FRAMES else None
        self.step = 2.0 ** (1 - _BITS[sound.subtype]) if sound.subtype in _BITS else 0.0
        self.lossy = _LOSSY.get(sound.subtype)
        self.cut_off = False
        self._sound, self._ends_early, self._resume = sound, ends_early, resume

    def blocks(self, first: int = 0) -> Iterator[Block | Lost]:
        """As of any decoder."""
        import soundfile

        position = first
        if first:
            position = self._sound.seek(min(first, self._sound.frames))
        while True:
            try:
                block = self._sound.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
            except soundfile.SoundFileError:
                break
            if not len(block):
                self.cut_off = self._ends_early() or position < (self.frames or 0)
                return
            position += len(block)
            yield block
        if not self._resume:
            self.cut_off = True
            return
        try:
            other = self._resume()
        except AudioError:  # what was heard before stands
            self.cut_off = True
            return
        places = 0
        for part in other.blocks(position):
            places += isinstance(part, Lost)
            yield part
        # Of MP3, which has no times, nobody knows how much is missing at a damaged place.
        self.cut_off = other.cut_off and not (places and self.lossy)
