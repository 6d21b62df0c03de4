"""Standard input: PCM of 16 bits as it stands, or with the header of a WAV file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from threading import Event
from typing import BinaryIO

import numpy as np

from mimimi.audio.channels import Channel, missing, picked
from mimimi.errors import AudioError
from mimimi.service.sources.source import Sound

_PCM, _EXTENSIBLE = 1, 0xFFFE  # of a WAV header
_BLOCK = 0.25  # s read together
_CODED = (b"fLaC", b"OggS", b"ID3", b"RIFX", b"RF64", b"riff", b"FORM")  # as PCM they are noise


class Pipe:
    """Sound from standard input; ends where it ends.

    Args:
        pipe: binary.
        rate: in Hz, where no header says so.
        channels: as many, where no header says so.
        channel: what is heard of several, see `mimimi.audio.channels`.
    """

    can_wait, is_live = True, True

    def __init__(self, pipe: BinaryIO, rate: int, channels: int, channel: Channel) -> None:
        self._pipe, self._rate, self._channels, self._channel = pipe, rate, channels, channel

    def read(self, stop: Event) -> Iterator[Sound]:
        """See `Source.read`.

        Raises:
            AudioError: its header tells of something else than PCM of 16 bits, or of fewer
                channels.
        """
        begun = self._pipe.read(4)
        if begun.startswith(_CODED):
            raise AudioError("standard input: give PCM of 16 bits or WAV, not a coded file.")
        if begun == b"RIFF":
            self._read_header()
            begun = b""
        if (none := missing(self._channel, self._channels)) is not None:
            raise AudioError(
                f"standard input: there is no channel {none}; it has {self._channels}, counted "
                "from 0."
            )
        first, frame = 0, 2 * self._channels
        block = round(_BLOCK * self._rate) * frame
        while not stop.is_set():
            read = begun + self._pipe.read(block - len(begun))
            begun = b""
            frames = len(read) // frame
            if not frames:
                return
            samples = np.frombuffer(read, "<i2", frames * self._channels)
            columns = samples.reshape(-1, self._channels)
            yield Sound(picked(columns, self._channel), self._rate, first)
            first += frames

    def _read_header(self) -> None:
        """Of WAV, as far as its samples; lengths in it are not known of a pipe."""
        self._pipe.read(8)
        while True:
            chunk = self._pipe.read(8)
            if len(chunk) < 8:
                raise AudioError("standard input: the WAV file in it ends before its sound.")
            name, size = chunk[:4], struct.unpack("<I", chunk[4:])[0]
            if name == b"data":
                return
            content = self._pipe.read(size + size % 2)
            if name == b"fmt " and len(content) >= 16:
                form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", content[:16])
                if form not in (_PCM, _EXTENSIBLE) or bits != 16 or not channels:
                    raise AudioError("standard input: give PCM of 16 bits, such as arecord -f S16.")
                self._channels, self._rate = channels, rate
