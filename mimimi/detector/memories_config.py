"""What `config.json` says of the member that remembers every machine of a detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mimimi.config import LINE_SPECTRUM, FrontEnd
from mimimi.memory.blocks import FEWEST, MOST_BLOCKS


@dataclass(frozen=True)
class MemoriesConfig:
    """All of the memories beside the networks of a detector but what they hold.

    Args:
        name: of the member.
        machines: the detector's, in its order, as `Recording.machine` names them.
        segments: that are held of each.
        mean: of the scores of normal recordings by memories that have not heard them.
        deviation: of the same.
    """

    name: str
    machines: tuple[str, ...]
    segments: tuple[int, ...]
    mean: float = 0.0
    deviation: float = 1.0

    @property
    def front_end(self) -> FrontEnd:
        """One window is a whole segment."""
        return LINE_SPECTRUM

    def as_config(self) -> dict[str, Any]:
        """As `config.json` holds it: JSON types."""
        machines, segments = list(self.machines), list(self.segments)
        return {"kind": "memories", **asdict(self), "machines": machines, "segments": segments}


def checked(
    member: Mapping[str, Any], own: Sequence[str], mean: float, deviation: float
) -> MemoriesConfig:
    """From `config.json`, read from an untrusted file.

    Args:
        member: what stands there.
        own: the detector's machines.
        mean: of its scores, checked.
        deviation: likewise.

    Raises:
        KeyError, ValueError: something is missing or makes no sense.
    """
    segments = member["segments"]
    if list(member["machines"]) != list(own):
        raise ValueError("machines")
    if (
        not isinstance(segments, list)
        or len(segments) != len(own)
        or not all(type(count) is int and FEWEST <= count <= MOST_BLOCKS for count in segments)
    ):
        raise ValueError("segments")
    return MemoriesConfig(member["name"], tuple(own), tuple(segments), mean, deviation)
