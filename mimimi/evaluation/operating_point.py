"""What another threshold would have made of the same clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mimimi.estimate import Estimate
from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.decisions import Confusion, Decisions, decisions

SEGMENTS_A_DAY = 24 * 60 * 6
"""Of 10 s one after the other, where a machine is listened to all the time."""


@dataclass(frozen=True)
class OperatingPoint:
    """The decisions at a threshold.

    `fitted` says that the normal clips counted are those behind the detector's own threshold,
    because there are no others: the false alarms there are then fewer than new clips would give.
    """

    threshold: float
    decisions: Decisions
    fitted: bool


def operating_point(clips: Sequence[ScoredClip], threshold: float) -> OperatingPoint:
    """Decide on clips anew, their machine's id given, at one threshold for all of them.

    Which clips count is as in `figures`, so that both agree at the detector's own threshold:
    normal clips that it was fitted to are left out, unless there are no others.

    Args:
        clips: that may enter a figure (`ScoredClip.counts`).
        threshold: scores above it are called anomalous.
    """
    free = [clip for clip in clips if clip.counts_at_threshold]
    fitted = any(c.is_normal for c in clips) and not any(c.is_normal for c in free)
    confusion = Confusion.of(
        (not clip.is_normal, clip.judgement(True).score > threshold)
        for clip in (clips if fitted else free)
    )
    return OperatingPoint(threshold, decisions(confusion), fitted)


def thresholds(clips: Sequence[ScoredClip], most: int = 300) -> list[float]:
    """Thresholds worth trying, sorted: one below, between and above each of the clips' scores.

    Args:
        clips: as for `operating_point`.
        most: so many scores at most, evenly taken, besides the detector's own thresholds.
    """
    scores = sorted({clip.judgement(True).score for clip in clips})
    own = {clip.judgement(True).threshold for clip in clips}
    if not scores:
        return []
    margin = max(scores[-1] - scores[0], abs(scores[0])) / 50 or 1.0
    between = [(low + high) / 2 for low, high in pairwise(scores)]
    step = max(1, len(between) // most)
    return sorted({scores[0] - margin, *between[::step], scores[-1] + margin, *own})


def false_alarms_a_day(confusion: Confusion, recordings_a_day: float) -> Estimate | None:
    """How many of a healthy machine's recordings would be called anomalous in a day.

    The interval is that of Clopper and Pearson 1934, for a share counted on so many clips: unlike
    a bootstrap it says how much no false alarm on a handful of clips leaves open. It takes the
    recordings of a day to be as unlike each other as the clips are.

    Args:
        confusion: on normal clips, at least one; else there is no such figure.
        recordings_a_day: how often the machine is listened to.

    Example:
        >>> found = false_alarms_a_day(Confusion(8, 0, 0, 0), recordings_a_day=24)
        >>> found.value, found.low, round(found.high, 1)
        (0.0, 0.0, 8.9)
    """
    from scipy.stats import binomtest

    if not confusion.normal:
        return None
    share = binomtest(confusion.false_alarms, confusion.normal)
    interval = share.proportion_ci(confidence_level=0.95, method="exact")
    rates = (share.statistic, interval.low, interval.high)
    return Estimate(*(float(rate) * recordings_a_day for rate in rates))
