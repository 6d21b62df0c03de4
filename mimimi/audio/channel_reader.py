"""One channel of a recording as it is decoded: checked, measured, brought to 16 kHz."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.decoder import Block, Lost
from mimimi.audio.quality import Stretch, weighed, when
from mimimi.audio.resampling import Resampler
from mimimi.audio.source_quality import SourceQuality
from mimimi.audio.waveform import Problem, Samples, Waveform
from mimimi.config import SAMPLE_RATE
from mimimi.errors import AudioError, SilentError

_LOWEST_RATE, _HIGHEST_RATE = 4_000, 400_000  # Hz; outside lies no recording of a machine
_LONGEST = 4 * 3600  # s; 2 MB of FLAC hold ten hours of silence: memory needs a limit
_LOUDEST = 1e10  # beyond any integer format left unscaled; its square is still a float32
_DEAD = 1e-6  # of the loudest channel's power: 60 dB below
_BRIDGE = 1e-3  # s by which a bridge over bad samples may reach beyond them
_ONE_PLACE = 0.1  # s; samples that are no numbers and lie closer are one bad place


class ChannelReader:
    """Takes blocks of a recording; keeps them, or hands them on where they need not be kept.

    Args:
        rate: in Hz.
        channels: how many there are.
        channel: the one that is judged, counted from 0.
        name: what messages call it.
        step: the smallest difference that the format knows; 0: any.
        begin: in s, where it begins in a longer recording; times are counted from there.

    Samples that are no numbers are bridged, or left out where there are many, and named.

    Raises:
        AudioError: it has no such channel, or a sample rate that no recording has.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        channel: int,
        name: str,
        *,
        step: float = 0.0,
        begin: float = 0.0,
    ) -> None:
        if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
            raise AudioError(
                f"{name}: a sample rate of {rate} Hz cannot be right; record at 16 kHz or more."
            )
        if not 0 <= channel < channels:
            raise AudioError(
                f"{name}: there is no channel {channel}; it has {channels}, counted from 0."
            )
        self.frames = 0
        self.lost: list[Stretch] = []  # s
        self.bad: list[Stretch] = []  # s, of samples that are no numbers
        self.quality = SourceQuality(rate, step)
        self.step = step * min(1.0, SAMPLE_RATE / rate) ** 0.5  # resampled, less of its noise stays
        self._rate, self._channels, self._channel, self._name = rate, channels, channel, name
        self._begin = begin
        self._resampler = None if rate == SAMPLE_RATE else Resampler(rate)
        self._samples = bytearray()  # grows in place, where a list of blocks would be held twice
        self._powers = np.zeros((2, channels))  # sums, and sums of squares
        self._lost_at_end = 0

    def add(self, block: Block | Lost) -> None:
        """Take a block `(time, channel)` and keep it."""
        count = block.frames if isinstance(block, Lost) else len(block)
        if self.frames + count > _LONGEST * self._rate:
            raise AudioError(
                f"{self._name}: is longer than {_LONGEST / 3600:g} hours; cut it in parts."
            )
        self._samples += self.take(block).tobytes()

    def take(self, block: Block | Lost) -> Samples:
        """Check and measure a block `(time, channel)`; what is finished of it at 16 kHz."""
        if isinstance(block, Lost):  # of which it is said once something follows
            self._lost_at_end += block.frames
            return np.zeros(0, np.float32)
        filled = self._fill_lost()
        if len(block) and self._channels > 1:
            # A row a channel: sums over rows of three take eight times as long.
            with np.errstate(invalid="ignore"):  # of NaNs that signal, as damaged files hold them
                wide = np.ascontiguousarray(block.T, np.float64)
            if not np.isfinite(wide.sum()):
                wide = np.nan_to_num(wide, posinf=0.0, neginf=0.0)
            self._powers += (wide.sum(axis=1), np.square(wide).sum(axis=1))
        source: Samples = self._numbers(block[:, self._channel]).astype(np.float32)
        self.quality.take(source)
        self.frames += len(source)
        samples = self._resampler.push(source) if self._resampler else source
        return np.concatenate((filled, samples)) if len(filled) else samples

    def rest(self) -> Samples:
        """What is left in the resampler."""
        if not self.frames:
            raise AudioError(f"{self._name}: there is no sound in it; record or export it again.")
        self.quality.close()
        return self._resampler.finish() if self._resampler else np.zeros(0, np.float32)

    @property
    def of_reference(self) -> list[Problem]:
        """What is to be said of a second microphone; there is none here."""
        return []

    @property
    def ends_damaged(self) -> bool:
        """Whether the last of it could not be decoded."""
        return self._lost_at_end > 0

    @property
    def channels(self) -> int:
        """How many there are."""
        return self._channels

    @property
    def dead_channels(self) -> list[int]:
        """Those in which nothing sounds beside the loudest."""
        power = self._power()
        if self._channels == 1 or not power.any():
            return []
        dead = power < _DEAD * power.max()
        dead[self._channel] |= self.quality.silent or self.quality.too_quiet
        dead[power.argmax()] = False
        found: list[int] = np.flatnonzero(dead).tolist()
        return found

    @property
    def live_channel(self) -> int | None:
        """Another channel to take: the loudest, where the chosen one is dead beside it."""
        return int(self._power().argmax()) if self._channel in self.dead_channels else None

    def _power(self) -> NDArray[Any]:
        """Of each channel, without its offset."""
        mean, square = self._powers / max(self.frames, 1)
        return np.asarray(np.maximum(square - np.square(mean), 0))

    def finish(self, problems: list[Problem], lossy: str | None = None) -> Waveform:
        """The recording, now that all of it is in.

        Args:
            problems: what was noticed before.
            lossy: name of the codec, where it leaves out what is not heard.

        Raises:
            AudioError: nothing can be heard in it.
        """
        self._samples += self.rest().tobytes()
        self.refuse_silence()
        problems = [*problems, *self.noticed(lossy)]
        waveform = Waveform(
            np.frombuffer(self._samples, np.float32),
            self._name,
            self._rate,
            self._channels,
            tuple(problems),
            channel=self._channel,
        )
        mended = weighed(waveform, self._silences(), self.lost, self.bad, self._begin)
        if not len(mended.samples):
            raise self._nothing()
        return mended

    def refuse_silence(self) -> None:
        """Refuse what cannot be heard.

        Raises:
            SilentError: it never changes, or lies below what its format can tell.
            AudioError: it holds no numbers.
        """
        if self.quality.silent:
            raise self._nothing()
        if self.quality.too_quiet:
            raise SilentError(
                f"{self._name}: is too quiet to be judged: it is lost in the steps of the format; "
                "record with more gain."
            )

    def cut_off(self) -> Problem:
        """What is said where the end of the file is missing."""
        seconds = self.frames / self._rate
        text = f"the file is cut off or damaged: only its first {seconds:.1f} s could be read"
        return Problem("cut_off", text, seconds)

    def places(self) -> list[Problem]:
        """What could not be read so far, a problem a place."""
        no_numbers = "samples that are no numbers {}: skipped"
        return [
            *(Problem("bad_samples", no_numbers.format(when(at)), *at) for at in self.bad),
            *(Problem("damaged", f"cannot be read {when(at)}", *at) for at in self.lost),
        ]

    def noticed(self, lossy: str | None) -> list[Problem]:
        """What is to be said of the channel as it was recorded."""
        problems = []
        if self.quality.clipped:
            text = f"clipped: {self.quality.clipped:.1%} of the samples are at the highest level"
            problems.append(Problem("clipped", text))
        if self._rate < SAMPLE_RATE:
            kilohertz = self._rate / 1000
            text = f"recorded at {kilohertz:g} kHz: nothing above {kilohertz / 2:g} kHz in it"
            problems.append(Problem("missing_band", text))
        if lossy:
            problems.append(Problem("lossy", f"compressed with loss ({lossy})"))
        return problems

    def _nothing(self) -> AudioError:
        if self.bad:
            return AudioError(
                f"{self._name}: holds samples that are no numbers, and no sound beside them; "
                "export it again."
            )
        return SilentError(f"{self._name}: is silent; check the microphone and the chosen channel.")

    def _fill_lost(self) -> Samples:
        """Zeros in place of what was lost, so that times stay right."""
        if not (count := self._lost_at_end):
            return np.zeros(0, np.float32)
        self._lost_at_end = 0
        self.quality.skip(count)
        self.lost.append((self.frames / self._rate, (self.frames + count) / self._rate))
        self.frames += count
        zeros = np.zeros(count, np.float32)
        return self._resampler.push(zeros) if self._resampler else zeros

    def _numbers(self, source: NDArray[Any]) -> NDArray[Any]:
        """The samples; those that are no numbers are bridged, and their place kept."""
        good = np.abs(source) < _LOUDEST
        if good.all():
            return source
        at = np.flatnonzero(~good)
        apart = np.flatnonzero(np.diff(at) > _ONE_PLACE * self._rate)
        for first, last in zip((0, *(apart + 1)), (*apart, -1), strict=True):
            start = (self.frames + at[first]) / self._rate
            if self.bad and start - self.bad[-1][1] < _ONE_PLACE:
                start = self.bad.pop()[0]
            self.bad.append((float(start), float((self.frames + at[last] + 1) / self._rate)))
        if not good.any():
            return np.zeros_like(source)
        bridged: NDArray[Any] = source.copy()
        bridged[at] = np.interp(at, np.flatnonzero(good), source[good])
        return bridged

    def _silences(self) -> list[Stretch]:
        """Digital silence, in s, but for bridges over what was no number."""
        rate = self._rate
        silences = [(first / rate, end / rate) for first, end in self.quality.silences]
        starts = [start for start, _ in self.bad]
        found = []
        for start, end in silences:
            k = bisect_right(starts, start + _BRIDGE) - 1
            if k < 0 or end > self.bad[k][1] + _BRIDGE:
                found.append((start, end))
        return found
