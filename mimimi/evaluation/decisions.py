"""What came of calling clips normal or anomalous: confusion matrix, precision, recall, F1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mimimi.estimate import Estimate
from mimimi.evaluation.metrics import REPEATS, Resampled

Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """Clips counted by what they are and what they were called.

    Example:
        >>> Confusion.of([(False, False), (False, True), (True, True)])
        Confusion(normal_passed=1, false_alarms=1, missed=0, detected=1)
    """

    normal_passed: int
    false_alarms: int
    missed: int
    detected: int

    @classmethod
    def of(cls, clips: Iterable[tuple[bool, bool]]) -> Confusion:
        """Count clips given as (is anomalous, was called anomalous)."""
        counted = list(clips)
        return cls(
            *(
                counted.count(pair)
                for pair in ((False, False), (False, True), (True, False), (True, True))
            )
        )

    def __add__(self, other: Confusion) -> Confusion:
        """Of both sets of clips."""
        return Confusion(
            self.normal_passed + other.normal_passed,
            self.false_alarms + other.false_alarms,
            self.missed + other.missed,
            self.detected + other.detected,
        )

    @property
    def normal(self) -> int:
        """Normal clips."""
        return self.normal_passed + self.false_alarms

    @property
    def anomalous(self) -> int:
        """Anomalous clips."""
        return self.missed + self.detected


@dataclass(frozen=True)
class Decisions:
    """The confusion matrix over one or several machines, and the rates that follow from it.

    Precision and F1 depend on how many normal clips there are for an anomalous one, so they exist
    only where there are both, and compare only between sets of clips of the same make-up. What
    does not exist is None.
    """

    confusion: Confusion
    false_alarm_rate: Estimate | None  # share of the normal clips called anomalous
    recall: Estimate | None  # share of the anomalous clips called so
    precision: Estimate | None  # share of the clips called anomalous that are
    f1: Estimate | None  # harmonic mean of precision and recall


def decisions(confusion: Confusion, seed: int = 0, repeats: int = REPEATS) -> Decisions:
    """Rates that follow from a confusion matrix, with 95 % bootstrap intervals over recordings.

    Normal and anomalous recordings are drawn apart, each as many as there are, from all machines
    together: within machines of one or two recordings nothing would vary. A handful judged
    without a mistake gives an interval without width all the same, which promises too much.

    Args:
        confusion: of one or several machines.
        seed: of the draws.
        repeats: how often recordings are drawn.

    Example:
        >>> found = decisions(Confusion(normal_passed=6, false_alarms=2, missed=1, detected=3))
        >>> found.precision.value, found.recall.value, round(found.f1.value, 3)
        (0.6, 0.75, 0.667)
    """
    rng = np.random.default_rng(seed)
    normal, anomalous = confusion.normal, confusion.anomalous

    def drawn_anew(called: int, clips: int) -> Counts:
        # To draw clips with replacement is to draw how many of them were called anomalous.
        draws = rng.binomial(clips, called / max(clips, 1), repeats)
        return np.concatenate([[called], draws]).astype(np.float64)  # first what was seen

    false_alarms = drawn_anew(confusion.false_alarms, normal)
    detected = drawn_anew(confusion.detected, anomalous)
    both = bool(normal and anomalous)
    return Decisions(
        confusion=confusion,
        false_alarm_rate=_estimate(false_alarms, normal),
        recall=_estimate(detected, anomalous),
        precision=_estimate(detected, detected + false_alarms) if both else None,
        f1=_estimate(2 * detected, detected + false_alarms + anomalous) if both else None,
    )


def exact(some: int, every: int, level: float = 0.95) -> tuple[float, float]:
    """Within which a share lies of which so many were counted; wide also where all or none were.

    Args:
        some: that were counted.
        every: that could have been, at least one.
        level: of the interval.

    Source: Clopper and Pearson 1934, "The use of confidence or fiducial limits".

    Example:
        >>> [round(end, 2) for end in exact(9, 10)], [round(end, 2) for end in exact(10, 10)]
        ([0.55, 1.0], [0.69, 1.0])
    """
    from scipy.special import betaincinv  # the quantile of scipy.stats.beta, without its weight

    outside = (1 - level) / 2
    low = betaincinv(some, every - some + 1, outside) if some else 0.0
    high = betaincinv(some + 1, every - some, 1 - outside) if some < every else 1.0
    return float(low), float(high)


def _estimate(part: Counts, whole: Counts | int) -> Estimate | None:
    share = np.divide(part, whole, out=np.full_like(part, np.nan), where=np.greater(whole, 0))
    return None if np.isnan(share[0]) else Resampled(float(share[0]), share[1:]).estimate()
