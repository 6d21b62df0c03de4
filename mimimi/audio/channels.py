"""Which channels of a recording are heard: one, or two of which the second hears the hall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from mimimi.errors import UserError


@dataclass(frozen=True)
class Pair:
    """A channel beside the machine, and one that hears the hall, counted from 0.

    Raises:
        UserError: both are the same.

    Example:
        >>> Pair(near=0, far=0)
        Traceback (most recent call last):
        mimimi.errors.UserError: Channel 0 cannot be both at the machine and in the hall; name two.
    """

    near: int
    far: int

    def __post_init__(self) -> None:
        if self.near == self.far:
            raise UserError(
                f"Channel {self.near} cannot be both at the machine and in the hall; name two."
            )

    @property
    def both(self) -> list[int]:
        """The near one first."""
        return [self.near, self.far]

    @property
    def swapped(self) -> Pair:
        """The other way round."""
        return Pair(self.far, self.near)

    def __str__(self) -> str:
        return f"{self.near} and {self.far}"


Channel = int | Pair
"""What is heard: one channel as it is, or the first of two without what the second explains."""

SIDE_BY_SIDE = Pair(near=0, far=1)
"""Of sound that holds these two and no more."""


def missing(channel: Channel, channels: int) -> int | None:
    """The first that is heard and not among so many; None where all are there.

    Example:
        >>> missing(0, 1), missing(Pair(near=0, far=1), 1)
        (None, 1)
    """
    heard = channel.both if isinstance(channel, Pair) else [channel]
    return next((one for one in heard if one >= channels), None)


def named(channel: int, channels: int) -> str:
    """A channel as the command line counts it, and of two as it is written on a recorder.

    Example:
        >>> named(1, 2), named(1, 4)
        ('channel 1 (right)', 'channel 1')
    """
    side = f" ({('left', 'right')[channel]})" if channels == 2 else ""
    return f"channel {channel}{side}"


def picked(samples: NDArray[Any], channel: Channel) -> NDArray[Any]:
    """What is heard of `(time, channel)`: `(time,)`, or `(time, 2)` with the near one first."""
    found: NDArray[Any] = samples[:, channel.both if isinstance(channel, Pair) else channel]
    return found
