"""The end of a stream of sound, in memory that does not grow."""

from __future__ import annotations

import numpy as np

from mimimi.audio.waveform import Samples
from mimimi.config import SAMPLE_RATE


class Recent:
    """The last seconds of a stream, as far back as nothing is missing in it.

    Args:
        seconds: that are kept.
        rate: in Hz.

    Example:
        >>> recent = Recent(seconds=2.0)
        >>> recent.begin(5.0)
        >>> recent.add(np.ones(3 * 16_000, np.float32))
        >>> recent.start, recent.end, len(recent.between(6.5, 7.0))
        (6.0, 8.0, 8000)
    """

    def __init__(self, seconds: float, rate: int = SAMPLE_RATE) -> None:
        self.rate = rate
        self._most = round(seconds * rate)
        self.begin(0.0)

    def begin(self, start: float) -> None:
        """Forget all; what comes now begins at this time, in s."""
        self.start = start
        self.samples: Samples = np.zeros(0, np.float32)

    def add(self, samples: Samples) -> None:
        """Take what came next, `(time,)` or `(time, channel)`."""
        joined = np.concatenate((self.samples, samples)) if len(self.samples) else samples
        over = max(0, len(joined) - self._most)
        self.samples = joined[over:].copy()
        self.start += over / self.rate

    @property
    def end(self) -> float:
        """In s."""
        return self.start + len(self.samples) / self.rate

    def between(self, start: float, end: float) -> Samples:
        """What is kept from one time to another, in s."""
        first, last = (round((at - self.start) * self.rate) for at in (start, end))
        return self.samples[max(first, 0) : max(last, 0)]
