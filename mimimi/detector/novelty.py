"""Is a sound of a machine that is known at all? What networks and memories say of it together.

Each by itself cannot tell. A network takes a fault for another machine, since it must name one; a
memory is as far from a fault as from another thing. But a fault seldom changes how loud the whole
spectrum is on average, and a machine in other noise is still known by its lines.

The limits were looked for on real machines and hold for three types as chosen on the fourth: see
`benchmarks/memory`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

FAR = 0.25
"""Of the mean spectrum from the nearest normal one, in nats²: 2.2 dB, root mean square."""
UNSURE = -log(50)
"""Odds of 1 to 50 that it is a machine of another type: a known one is further from that."""
SURE = log(1_000)
"""A thousand to one."""


@dataclass(frozen=True)
class Novelty:
    """How far a recording is from all that is known.

    Args:
        level: mean squared difference of its mean spectrum from the nearest normal one of any
            machine, in nats²; mean over its segments.
        odds: logarithm of the odds, in nats, that it is a machine of another type; mean over the
            networks; None where they know machines of one type alone.

    Example:
        >>> Novelty(level=0.6, odds=-12.0).is_unknown  # another microphone, and yet its lines
        False
        >>> Novelty(level=0.6, odds=1.5).is_unknown, Novelty(level=0.1, odds=9.0).is_unknown
        (True, True)
    """

    level: float
    odds: float | None

    @property
    def is_unknown(self) -> bool:
        """Whether it sounds like no machine of the type."""
        if self.odds is None:
            return self.level > FAR
        return self.odds > SURE or (self.level > FAR and self.odds > UNSURE)
