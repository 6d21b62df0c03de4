"""One channel of a recording as it is decoded: checked, measured, brought to 16 kHz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.resampling import Resampler
from mimimi.config import SAMPLE_RATE
from mimimi.errors import AudioError, SilentError

Samples = NDArray[np.float32]

_LOWEST_RATE, _HIGHEST_RATE = 4_000, 400_000  # Hz; outside lies no recording of a machine
_LONGEST = 4 * 3600  # s; 2 MB of FLAC hold ten hours of silence: memory needs a limit
_SILENCE = 1e-5  # peak after removal of the mean; a third of the last bit of 16
_FULL_SCALE, _UNSCALED = 0.999, 2.0  # beyond the second a float file has no full scale
_LOUDEST = 1e10  # beyond any integer format left unscaled; its square is still a float32


@dataclass(frozen=True)
class Waveform:
    """A decoded recording.

    `samples` has shape `(time,)`, float32 at 16 kHz; `warning` says in words what was mended.
    """

    samples: Samples
    name: str
    source_rate: int  # Hz
    source_channels: int
    warning: str | None = None
    clipped: bool = False  # too loud for the recorder: more than 0.1 % of it at full scale

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


class ChannelReader:
    """Takes blocks of a recording; keeps them, or hands them on where they need not be kept."""

    def __init__(self, rate: int, channels: int, channel: int, name: str) -> None:
        if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
            raise AudioError(
                f"{name}: a sample rate of {rate} Hz cannot be right; record at 16 kHz or more."
            )
        if not 0 <= channel < channels:
            raise AudioError(
                f"{name}: there is no channel {channel}; it has {channels}, counted from 0."
            )
        self.frames = 0
        self._rate, self._channels, self._channel, self._name = rate, channels, channel, name
        self._resampler = None if rate == SAMPLE_RATE else Resampler(rate)
        self._samples = bytearray()  # grows in place, where a list of blocks would be held twice
        self._lowest, self._highest, self._sum, self._at_full_scale = np.inf, -np.inf, 0.0, 0

    def add(self, block: NDArray[Any]) -> None:
        """Take a block `(time, channel)` and keep it."""
        if self.frames + len(block) > _LONGEST * self._rate:
            raise AudioError(
                f"{self._name}: is longer than {_LONGEST / 3600:g} hours; cut it in parts."
            )
        self._samples += self.take(block).tobytes()

    def take(self, block: NDArray[Any]) -> Samples:
        """Check and measure a block `(time, channel)`; what is finished of it at 16 kHz."""
        source = block[:, self._channel]
        if not (np.abs(source) < _LOUDEST).all():
            raise AudioError(f"{self._name}: holds samples that are no numbers; export it again.")
        self.frames += len(source)
        samples: Samples = source.astype(np.float32)
        self._lowest = min(self._lowest, float(samples.min()))
        self._highest = max(self._highest, float(samples.max()))
        self._sum += float(samples.sum(dtype=np.float64))
        self._at_full_scale += int((np.abs(samples) >= _FULL_SCALE).sum())
        return self._resampler.push(samples) if self._resampler else samples

    def rest(self) -> Samples:
        """What is left in the resampler."""
        if not self.frames:
            raise AudioError(f"{self._name}: there is no sound in it; record or export it again.")
        return self._resampler.finish() if self._resampler else np.zeros(0, np.float32)

    def finish(self, warnings: list[str]) -> Waveform:
        """The recording, now that all of it is in; adds what it noticed to the warnings."""
        name, rate = self._name, self._rate
        self._samples += self.rest().tobytes()
        mean = self._sum / self.frames
        if max(self._highest - mean, mean - self._lowest) < _SILENCE:
            raise SilentError(f"{name}: is silent; check the microphone and the chosen channel.")
        at_full_scale = self._at_full_scale / self.frames
        clipped = at_full_scale > 1e-3 and max(self._highest, -self._lowest) < _UNSCALED
        if clipped:
            warnings.append(f"clipped: {at_full_scale:.1%} of the samples are at full scale")
        if rate < SAMPLE_RATE:
            low = f"recorded at {rate / 1000:g} kHz: nothing above {rate / 2000:g} kHz in it"
            warnings.append(low)
        samples = np.frombuffer(self._samples, np.float32)
        warning = "; ".join(warnings) or None
        return Waveform(samples, name, rate, self._channels, warning, clipped)
