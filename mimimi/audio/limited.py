"""A recording no longer than an installation takes: by its header first, then as it is decoded."""

from __future__ import annotations

from collections.abc import Iterator

from mimimi import deployment
from mimimi.audio.decoder import Block, Decoder, Lost
from mimimi.errors import AudioError

_USUAL = 2 * 48_000  # samples a second of two channels; many channels or a high rate count as more


def limited(decoder: Decoder, name: str) -> Decoder:
    """The same recording, which ends in an error where it is too long for this installation.

    Args:
        decoder: of the recording.
        name: what messages call it.

    Raises:
        AudioError: its header says so.
    """
    minutes = deployment.limits().recording
    if minutes is None:
        return decoder
    frames = 60 * minutes * min(decoder.rate, _USUAL / decoder.channels)
    found = Limited(decoder, round(frames), f"{name}: {_sentence(minutes)}")
    found.count(decoder.frames or 0)
    return found


def _sentence(minutes: float) -> str:
    return (
        f"longer than the {minutes:g} minutes that this installation takes in one recording; cut "
        "it in parts, or use a computer of your own."
    )


class Limited:
    """A decoder that counts.

    Args:
        decoder: what is counted.
        most: frames.
        why: what is said beyond them.
    """

    def __init__(self, decoder: Decoder, most: int, why: str) -> None:
        self._decoder, self._most, self._why = decoder, most, why
        self.rate, self.channels = decoder.rate, decoder.channels
        self.frames, self.step, self.lossy = decoder.frames, decoder.step, decoder.lossy

    @property
    def cut_off(self) -> bool:
        """As of the decoder."""
        return self._decoder.cut_off

    def count(self, frames: int) -> None:
        """Raise AudioError where there are more."""
        if frames > self._most:
            raise AudioError(self._why)

    def blocks(self, first: int = 0) -> Iterator[Block | Lost]:
        """As of the decoder, up to the limit."""
        for block in self._decoder.blocks(first):
            first += block.frames if isinstance(block, Lost) else len(block)
            self.count(first)
            yield block
