"""Two channels of a recording as it is decoded, and what the first is without the hall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mimimi.audio.channel_reader import ChannelReader
from mimimi.audio.channels import Channel, Pair, named
from mimimi.audio.decoder import Block, Decoder, Lost
from mimimi.audio.hall_filter import HallFilter
from mimimi.audio.waveform import Problem, Samples, Waveform
from mimimi.errors import AudioError, SilentError


class PairReader(ChannelReader):
    """A `ChannelReader` of the channel at the machine, less what the other one explains of it.

    Whether the recording is good is looked at in the channels as they are, at their own rate:
    clipping, silence and rounding cannot be seen any more once one was taken from the other. What
    is heard of it, level and all that follows, is what is left.

    Args:
        rate: in Hz.
        channels: how many there are.
        pair: the two.
        name: what messages call it.
        step: the smallest difference that the format knows; 0: any.
        begin: in s, where it begins in a longer recording; times are counted from there.

    Raises:
        AudioError: it has no such channels, or a sample rate that no recording has.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        pair: Pair,
        name: str,
        *,
        step: float = 0.0,
        begin: float = 0.0,
    ) -> None:
        if not 0 <= pair.far < channels:
            there = "one channel" if channels == 1 else f"{channels} channels, counted from 0"
            raise AudioError(
                f"{name}: has {there}, and the second microphone, which hears the hall, would be "
                f"{named(pair.far, max(pair.both) + 1)}: record both microphones in one file."
            )
        super().__init__(rate, channels, pair.near, name, step=step, begin=begin)
        self._pair = pair
        self._hall = ChannelReader(rate, channels, pair.far, name, step=step, begin=begin)
        self._filter = HallFilter()

    def take(self, block: Block | Lost) -> Samples:
        """Check and measure a block `(time, channel)`; what is finished of it at 16 kHz."""
        return self._filter.push(super().take(block), self._hall.take(block))

    def rest(self) -> Samples:
        """What is left in resampler and filter."""
        before = self._filter.push(super().rest(), self._hall.rest())
        return np.concatenate((before, self._filter.finish()))

    @property
    def dead_channels(self) -> list[int]:
        """None that need be spoken of: which are heard was said."""
        return []

    @property
    def live_channel(self) -> None:
        """Never another: it would be the hall.

        Raises:
            SilentError: the one at the machine is dead.
        """
        dead = super().dead_channels
        if self._pair.near in dead:
            raise SilentError(
                f"{self._name}: {named(self._pair.near, self._channels)}, at the machine, is dead; "
                "check its microphone, or name another channel."
            )

    def finish(self, problems: list[Problem], lossy: str | None = None) -> Waveform:
        """The recording; see `ChannelReader.finish`."""
        return replace(super().finish(problems, lossy), reference=self._pair.far)

    def noticed(self, lossy: str | None) -> list[Problem]:
        """What is to be said of both channels as they were recorded, and of what they share."""
        return [*super().noticed(lossy), *self.of_reference]

    @property
    def of_reference(self) -> list[Problem]:
        """What is to be said of the second microphone."""
        if self._hall_is_dead:
            text = "the second microphone is silent: nothing was taken out"
            return [Problem("reference_silent", text)]
        own = self._filter.removed.problem
        clipped = [
            replace(problem, text=f"the second microphone is {problem.text}")
            for problem in self._hall.noticed(None)
            if problem.kind == "clipped"
        ]
        return [*([own] if own else []), *clipped]

    @property
    def _hall_is_dead(self) -> bool:
        quality = self._hall.quality
        return quality.silent or quality.too_quiet or self._pair.far in super().dead_channels


def reader_of(
    channel: Channel,
    rate: int,
    channels: int,
    name: str,
    *,
    step: float = 0.0,
    begin: float = 0.0,
) -> ChannelReader:
    """A reader of one channel, or of two; arguments and errors as of these."""
    if isinstance(channel, Pair):
        return PairReader(rate, channels, channel, name, step=step, begin=begin)
    return ChannelReader(rate, channels, channel, name, step=step, begin=begin)


def reader_for(decoder: Decoder, channel: Channel, name: str) -> ChannelReader:
    """For what a decoder reads."""
    return reader_of(channel, decoder.rate, decoder.channels, name, step=decoder.step)
