"""A recording of any length, piece by piece, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator

from mimimi.audio.channel_reader import ChannelReader
from mimimi.audio.channels import Channel, Pair, named
from mimimi.audio.opening import File, opened
from mimimi.audio.pair_reader import reader_for
from mimimi.audio.waveform import Problem, Samples
from mimimi.errors import AudioError

_CHOSEN_BY = 60  # s in which a channel that is dead is told from those that live


class BlockStream(Iterator[Samples]):
    """Yields the samples of a recording, `(time,)` at 16 kHz; see `mimimi.audio.blocks`."""

    def __init__(self, source: File, channel: Channel, name: str | None) -> None:
        self._reader: ChannelReader | None = None
        self._before: list[Problem] = []
        self._lossy: str | None = None
        self._blocks = self._read(source, channel, name)

    def __next__(self) -> Samples:
        return next(self._blocks)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found so far, a problem a place."""
        return (*self.places, *self.noticed)

    @property
    def noticed(self) -> tuple[Problem, ...]:
        """What is wrong with all of it, as far as it was read."""
        return (*self._before, *(self._reader.noticed(self._lossy) if self._reader else ()))

    @property
    def step(self) -> float:
        """The smallest difference that can be told from the rounding of the format; 0: any."""
        return self._reader.step if self._reader else 0.0

    @property
    def places(self) -> tuple[Problem, ...]:
        """What could not be read so far; `start` and `end` in s."""
        return tuple(self._reader.places()) if self._reader else ()

    def _read(self, source: File, channel: Channel, name: str | None) -> Iterator[Samples]:
        first = first_minute(source, channel, name)
        self._before += dead_channels(first, channel)
        if first.live_channel is not None:
            channel = first.live_channel
        with opened(source, name) as (decoder, name):
            reader = self._reader = reader_for(decoder, channel, name)
            self._lossy = decoder.lossy
            for block in decoder.blocks():
                yield reader.take(block)
            yield reader.rest()
            if decoder.cut_off or reader.ends_damaged:
                raise AudioError(f"{name}: {reader.cut_off().text}.")


def dead_channels(reader: ChannelReader, chosen: Channel) -> list[Problem]:
    """What is said where nothing sounds in some of several channels."""
    if not (dead := reader.dead_channels):
        return []
    taken = chosen.near if isinstance(chosen, Pair) else chosen
    if reader.live_channel is not None:
        taken = reader.live_channel
    if len(dead) == 1:
        which = f"{named(dead[0], reader.channels)} is"
    else:
        which = f"channels {', '.join(map(str, dead))} are"
    return [Problem("dead_channel", f"{which} dead: {named(taken, reader.channels)} was taken")]


def first_minute(source: File, channel: Channel, name: str | None) -> ChannelReader:
    """By which a channel that is dead is told from those that live."""
    with opened(source, name) as (decoder, name):
        reader = reader_for(decoder, channel, name)
        if decoder.channels > 1:
            for block in decoder.blocks():
                reader.take(block)
                if reader.frames > _CHOSEN_BY * decoder.rate:
                    break
    return reader
