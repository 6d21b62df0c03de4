"""Two detectors on the same recordings: which tells faults better, and how sure that is."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.estimate import Estimate
from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.metrics import REPEATS, Resampled, auc, enough_for_interval
from mimimi.evaluation.result import Evaluation

Scores = NDArray[np.float64]
Pair = tuple[ScoredClip, ScoredClip]


@dataclass(frozen=True)
class Compared:
    """One machine, or all, as two detectors judge the same clips, its id given."""

    machine: str
    normal: int
    anomalous: int
    found: tuple[int, int]  # anomalous clips above each detector's own threshold
    false_alarms: tuple[int, int]  # of `told_by` normal ones
    told_by: int  # normal clips behind neither threshold
    auc: tuple[float, float] | None  # None where there are too few clips
    difference: Estimate | None  # of the second's AUC from the first's, on the same draws


def compare(first: Evaluation, second: Evaluation) -> list[Compared]:
    """Machine by machine, and all together at the end; only clips that count for both.

    Args:
        first: of a detector.
        second: of another, on the same recordings.
    """
    others = {clip.recording.path: clip for clip in second.clips if clip.counts}
    pairs = [
        (c, others[c.recording.path])
        for c in first.clips
        if c.counts and c.recording.path in others
    ]
    machines = sorted({one.machine for one, _ in pairs})
    rows = [_compared(m, [pair for pair in pairs if pair[0].machine == m]) for m in machines]
    return [*rows, _compared("all", pairs)] if len(machines) > 1 else rows


def _compared(machine: str, pairs: Sequence[Pair]) -> Compared:
    normal = [pair for pair in pairs if pair[0].is_normal]
    anomalous = [pair for pair in pairs if not pair[0].is_normal]
    fair = [pair for pair in normal if all(clip.counts_at_threshold for clip in pair)]
    enough = enough_for_interval(len(normal), len(anomalous))
    areas, difference = _areas(machine, normal, anomalous) if enough else (None, None)
    return Compared(
        machine=machine,
        normal=len(normal),
        anomalous=len(anomalous),
        found=_called(anomalous),
        false_alarms=_called(fair),
        told_by=len(fair),
        auc=areas,
        difference=difference,
    )


def _called(pairs: Sequence[Pair]) -> tuple[int, int]:
    one, other = (sum(pair[k].judgement(True).is_anomalous for pair in pairs) for k in (0, 1))
    return one, other


def _areas(
    machine: str, normal: Sequence[Pair], anomalous: Sequence[Pair]
) -> tuple[tuple[float, float], Estimate]:
    """Both AUCs, and their difference over recordings that are drawn anew for both alike."""
    sides = [
        np.array([[clip.judgement(True).score for clip in pair] for pair in side])
        for side in (normal, anomalous)
    ]
    rng = np.random.default_rng(zlib.crc32(machine.encode()))

    def both(drawn: list[Scores]) -> tuple[float, float]:
        one, other = (auc(drawn[0][:, k], drawn[1][:, k]) for k in (0, 1))
        return one, other

    first, second = both(sides)
    draws = []
    for _ in range(REPEATS):
        one, other = both([side[rng.integers(len(side), size=len(side))] for side in sides])
        draws.append(other - one)
    return (first, second), Resampled(second - first, np.array(draws)).estimate()
