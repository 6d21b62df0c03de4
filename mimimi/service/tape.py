"""The last minute of sound as its source gave it."""

from __future__ import annotations

import numpy as np

from mimimi.audio.decoder import Block
from mimimi.service.sources.source import Sound

LENGTH = 60.0  # s


class Tape:
    """Keeps the end of a stream, as far back as nothing is missing in it.

    Args:
        rate: in Hz.

    Example:
        >>> tape = Tape(4)
        >>> for first in (0, 4, 12):
        ...     tape.add(Sound(np.arange(first, first + 4), 4, first))
        >>> tape.cut(13, 15), tape.cut(0, 15)
        (array([13, 14]), array([12, 13, 14]))
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._parts: list[Block] = []
        self._first = self._next = 0

    def add(self, sound: Sound) -> None:
        """Take what came next; after a gap it begins anew."""
        if not self._parts or sound.first != self._next:
            self._parts, self._first = [], sound.first
        self._parts.append(sound.samples)
        self._next = sound.first + len(sound.samples)
        while self._next - self._first - len(self._parts[0]) >= LENGTH * self.rate:
            self._first += len(self._parts.pop(0))

    def add_to(self, end: int, samples: Block) -> None:
        """Take what leads up to a sample; what is on the tape already is passed over."""
        first = end - len(samples)
        heard = min(max(self._next - first, 0), len(samples))
        self.add(Sound(samples[heard:], self.rate, first + heard))

    def cut(self, start: int, end: int) -> Block:
        """From one sample to before another, as far as it is kept."""
        joined = np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)
        return joined[max(start - self._first, 0) : max(end - self._first, 0)]
