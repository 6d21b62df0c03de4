"""A sound card of this machine, through PortAudio."""

from __future__ import annotations

import time
from collections.abc import Iterator
from queue import Empty, Full, Queue
from threading import Event
from typing import Any

from mimimi.audio.channels import Channel, Pair, picked
from mimimi.audio.decoder import Block
from mimimi.errors import AudioError
from mimimi.service.sources.source import Sound, SourceError

_BLOCK = 0.25  # s read together
_MOST = 40  # blocks that may wait to be placed
_TIMEOUT = 10.0  # s without a sample until the card counts as broken


class Card:
    """A sound card, at the rate that it prefers.

    Args:
        name: of the card or a part of it, as `python -m sounddevice` lists them; None: the default.
        channel: what is heard of several, see `mimimi.audio.channels`.
    """

    can_wait, is_live = False, True

    def __init__(self, name: str | None, channel: Channel) -> None:
        self._name, self._channel = name, channel

    def read(self, stop: Event) -> Iterator[Sound]:
        """See `Source.read`; how much was lost on the way is known by the clock.

        Raises:
            AudioError: sounddevice or PortAudio is not installed.
        """
        sounddevice = _sounddevice()
        came: Queue[tuple[Block, bool]] = Queue(_MOST)

        lost = Event()

        def take(samples: Block, _frames: int, _time: object, flags: Any) -> None:
            if flags.input_overflow:
                lost.set()
            try:
                came.put_nowait((picked(samples, self._channel).copy(), lost.is_set()))
                lost.clear()
            except Full:
                lost.set()

        try:
            card = sounddevice.query_devices(self._name, "input")
            rate = round(card["default_samplerate"])
            with sounddevice.InputStream(
                device=self._name,
                channels=_needed(self._channel),
                dtype="int16",
                samplerate=rate,
                blocksize=round(_BLOCK * rate),
                callback=take,
            ):
                yield from _placed(came, rate, stop)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise SourceError(
                f"the sound card cannot be read ({error}); `python -m sounddevice` lists those here"
            ) from None


def inputs() -> list[str]:
    """The names of this machine's sound cards, or parts of them, that can be heard.

    Raises:
        AudioError: sounddevice or PortAudio is not installed.
    """
    found = _sounddevice().query_devices()
    return [str(card["name"]) for card in found if card["max_input_channels"] > 0]


def _needed(channel: Channel) -> int:
    """As many channels as the card must give."""
    return 1 + (max(channel.both) if isinstance(channel, Pair) else channel)


def _sounddevice() -> Any:
    try:
        import sounddevice
    except (ImportError, OSError):
        raise AudioError(
            "sound cards need sounddevice and PortAudio; bring them with:  pip install "
            '"mimimi[service]" && apt-get install libportaudio2'
        ) from None
    return sounddevice


def _placed(came: Queue[tuple[Block, bool]], rate: int, stop: Event) -> Iterator[Sound]:
    """Blocks as a card gives them, each with the number of its first sample."""
    opened, position = time.monotonic(), 0
    while not stop.is_set():
        try:
            samples, lost_some = came.get(timeout=_TIMEOUT)
        except Empty:
            raise SourceError(f"the sound card has given nothing for {_TIMEOUT:.0f} s") from None
        if lost_some:
            elapsed = time.monotonic() - opened
            position = max(position, round(elapsed * rate) - len(samples))
        yield Sound(samples, rate, position)
        position += len(samples)
