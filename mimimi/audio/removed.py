"""Whether a second microphone heard the hall: from what it took out, and what came first.

The sound of the machine reaches its own microphone before the other one. A path from the far to the
near microphone that carries it runs backwards in time: most of its impulse response lies before 0.
What comes from the hall reaches now the one, now the other first. So it is seen whether the machine
itself is taken out, whatever the gains of the two microphones; limits by
`python -m benchmarks.accuracy.second_microphone DATA`.

What was long ago counts less and less: a microphone that is moved after hours is noticed as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.reference_channel import WINDOW
from mimimi.audio.waveform import Problem
from mimimi.config import SAMPLE_RATE

NOTHING = 0.3  # dB; two recordings that have nothing in common lose so much by chance
_ALL = 30.0  # dB; in a room with an echo even of a hall that sounds alone less is taken out
BACKWARDS = 0.7  # share of a path's energy that comes before its time
_REMEMBERED = 120 * SAMPLE_RATE  # samples, after which a stretch counts 1 / e
_SOONEST, _LATEST = SAMPLE_RATE // 1000, SAMPLE_RATE // 20  # samples: 1 ms; 50 ms, or 17 m


@dataclass
class Removed:
    """What was taken out, of late above all.

    Example:
        >>> removed, rng = Removed(), np.random.default_rng(0)
        >>> hall, path = rng.normal(size=80_000), np.ones(WINDOW // 2 + 1, complex)[:, None]
        >>> for left in [0.1] * 720 + [1.0] * 240:  # an hour, then 20 minutes
        ...     removed.add(hall, np.float32(left * hall), path)
        >>> round(removed.decibels, 2)
        0.0
    """

    before: float = 0.0  # power of the near microphone, and of what is left of it
    after: float = 0.0
    backwards: float = 0.0  # energy of the paths' impulse responses before 0, and after
    forwards: float = 0.0

    def add(
        self, near: NDArray[np.float64], left: NDArray[np.float32], path: NDArray[np.complex128]
    ) -> None:
        """Take account of a stretch, each `(time,)`, and of its path, `(frequency, 1)`."""
        kept = float(np.exp(-len(near) / _REMEMBERED))
        energy = np.square(np.fft.irfft(path[:, 0], WINDOW))
        self.before = kept * self.before + len(near) * float(near.var())
        self.after = kept * self.after + len(left) * float(left.var(dtype=np.float64))
        self.backwards = kept * self.backwards + float(energy[-_LATEST:-_SOONEST].sum())
        self.forwards = kept * self.forwards + float(energy[_SOONEST:_LATEST].sum())

    @property
    def decibels(self) -> float:
        """By how much the near microphone's level fell."""
        tiny = np.finfo(np.float64).tiny
        return float(10 * np.log10((self.before + tiny) / (self.after + tiny)))

    @property
    def problem(self) -> Problem | None:
        """What is wrong with the second microphone, if it is."""
        if not self.before:
            return None
        if self.decibels < NOTHING:
            text = "the second microphone hears nothing of the hall that the first one hears"
            return Problem("reference_useless", f"{text}: nothing was taken out")
        if self.decibels > _ALL:
            text = "the second microphone hears the same as the first, so hardly anything is left"
            return Problem("reference_hears_machine", f"{text}: put it further away")
        if self.backwards > BACKWARDS * (self.backwards + self.forwards):
            text = (
                "the second microphone hears the machine itself, and so some of that is taken out"
            )
            return Problem("reference_hears_machine", f"{text}: put it further away")
        return None
