"""What every decoder has in common: blocks of frames, in order, and how many are lost between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

Block = NDArray[Any]  # (time, channel), within -1 to 1 where the format has a full scale
BLOCK_FRAMES = 1 << 15  # decoded at a time, so that other channels are dropped early


@dataclass(frozen=True)
class Lost:
    """Frames that could not be decoded, between two blocks."""

    frames: int


class Decoder(Protocol):
    """An opened recording."""

    rate: int  # Hz
    channels: int
    frames: int | None  # as the header says; None: it does not know
    step: float  # the smallest difference that the format knows; 0: any, as floats do
    lossy: str | None  # the codec that leaves out what is not heard, by name

    @property
    def cut_off(self) -> bool:
        """Once all blocks are read: whether the end is missing."""

    def blocks(self, first: int = 0) -> Iterator[Block | Lost]:
        """What stands in the file from a frame on.

        Args:
            first: the frame, counted from 0.
        """
