"""Two detectors on the same clips."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from mimimi.data.index import Recording
from mimimi.evaluation import Evaluation, Judgement, ScoredClip
from mimimi.evaluation.paired import compare


def clips(count: int, shift: float, seed: int = 0) -> Evaluation:
    """As many normal clips as anomalous ones, whose scores lie apart by a shift."""
    rng = np.random.default_rng(seed)
    found = []
    for label, mean in (("normal", 0.0), ("anomaly", shift)):
        for n in range(count):
            recording = Recording(Path(f"{label} {n}.wav"), "fan", "a", label, "", "plant")
            judgement = Judgement("a", float(rng.normal(mean)), 1.0)
            found.append(ScoredClip(recording, judgement, judgement))
    return Evaluation(found, Counter())


def test_a_better_detector_is_better_and_how_sure_that_is_is_said():
    [row] = compare(clips(40, 0.5), clips(40, 3.0, seed=1))
    assert row.auc[1] > row.auc[0]
    assert row.difference.low > 0
    assert row.difference.value == row.auc[1] - row.auc[0]


def test_a_detector_is_as_good_as_itself():
    [row] = compare(clips(10, 1.0), clips(10, 1.0))
    assert (row.difference.low, row.difference.value, row.difference.high) == (0, 0, 0)
    assert row.found[0] == row.found[1]


def test_of_a_handful_there_are_counts_and_no_area():
    [row] = compare(clips(4, 1.0), clips(4, 1.0))
    assert (row.normal, row.anomalous, row.auc, row.difference) == (4, 4, None, None)


def test_only_what_counts_for_both_is_compared():
    first, second = clips(6, 1.0), clips(6, 1.0)
    second.clips[0] = replace(second.clips[0], trained_on=True)
    first.clips[1] = replace(first.clips[1], calibrated_on=True)
    [row] = compare(first, second)
    assert (row.normal, row.anomalous, row.told_by) == (5, 6, 4)
