"""From few normal recordings to a threshold: jackknife+, and what it promises.

Each of n normal recordings is scored by a memory that has not heard it; a new normal recording is
compared with it by that same memory, so that like is compared with like. It beats all but k - 1 of
them in about k of n + 1 cases, as if all were exchangeable. Jackknife+ (Barber et al. 2021; cross-
conformal prediction, Vovk 2015) proves twice that rate for any machine whatever. What is counted
are recordings: segments of one are not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite

DEFAULT_RATE = 0.05


@dataclass(frozen=True)
class JackknifeThreshold:
    """A recording that scores above `value` raises an alarm."""

    value: float
    rate: float  # of false alarms, expected
    proven: float  # that no distribution of recordings exceeds
    recordings: int  # behind it


def jackknife_threshold(scores: Sequence[float], rate: float = DEFAULT_RATE) -> JackknifeThreshold:
    """The lowest threshold that normal recordings exceed at most at this rate.

    Where that takes more recordings than there are, it is the largest score, and `rate` says what
    that promises: 1 / (n + 1).

    Args:
        scores: of normal recordings, one each, by memories that did not hear them; see
            `MemoryBank.threshold`.
        rate: of false alarms.

    Raises:
        ValueError: there are no scores, one is not finite, or the rate is not between 0 and 1.

    Example:
        >>> found = jackknife_threshold([0.1, 0.5, 0.2, 0.3, 0.4, 0.6])
        >>> found.value, round(found.rate, 2), round(found.proven, 2)
        (0.6, 0.14, 0.29)
    """
    if not scores or not all(map(isfinite, scores)) or not 0 < rate < 1:
        raise ValueError("A threshold needs finite scores and a rate between 0 and 1.")
    count = len(scores)
    rank = min(ceil((1 - rate) * (count + 1) - 1e-9), count)
    kept = 1 - rank / (count + 1)
    return JackknifeThreshold(sorted(scores)[rank - 1], kept, min(1.0, 2 * kept), count)
