from __future__ import annotations

import numpy as np
import pytest

from mimimi.evaluation.decisions import Confusion, decisions

RATES = ("false_alarm_rate", "recall", "precision", "f1")


def test_counts():
    """In turn normal and passed, normal and called, missed, detected."""
    pairs = [(False, False)] * 4 + [(False, True)] * 3 + [(True, False)] * 2 + [(True, True)]
    counted = Confusion.of(pairs)
    assert counted == Confusion(normal_passed=4, false_alarms=3, missed=2, detected=1)
    assert (counted.normal, counted.anomalous) == (7, 3)


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_scikit_learn(seed):
    from sklearn.metrics import f1_score, precision_score, recall_score

    rng = np.random.default_rng(seed)
    truth = np.append(rng.random(30) < 0.4, [True, False])
    called = np.append(rng.random(30) < 0.5, [True, True])
    found = decisions(Confusion.of(zip(truth.tolist(), called.tolist(), strict=True)))
    assert found.precision.value == pytest.approx(precision_score(truth, called))
    assert found.recall.value == pytest.approx(recall_score(truth, called))
    assert found.f1.value == pytest.approx(f1_score(truth, called))
    assert found.false_alarm_rate.value == pytest.approx(called[~truth].mean())


@pytest.mark.parametrize(
    "counts", [(1, 1, 1, 1), (0, 3, 0, 3), (5, 0, 2, 1), (90, 10, 200, 50), (0, 1, 1, 1)]
)
def test_intervals_hold_the_figure(counts):
    found = decisions(Confusion(*counts))
    for rate in RATES:
        figure = getattr(found, rate)
        assert 0 <= figure.low <= figure.value <= figure.high <= 1
    assert decisions(Confusion(*counts)) == found


def test_interval_of_a_rate_is_that_of_a_binomial():
    """Of 400 clips half: the share scatters by sqrt(0.5 * 0.5 / 400) = 0.025."""
    recall = decisions(Confusion(10, 10, 200, 200), repeats=20_000).recall
    assert (recall.low, recall.high) == pytest.approx((0.5 - 0.049, 0.5 + 0.049), abs=0.0026)


@pytest.mark.parametrize(
    ("counts", "missing"),
    [
        ((0, 0, 2, 3), {"false_alarm_rate", "precision", "f1"}),
        ((2, 3, 0, 0), {"recall", "precision", "f1"}),
        ((0, 0, 0, 0), set(RATES)),
        ((3, 0, 3, 0), {"precision"}),  # nothing was called anomalous
        ((3, 1, 1, 3), set()),
    ],
)
def test_what_does_not_exist_is_none(counts, missing):
    found = decisions(Confusion(*counts))
    assert {rate for rate in RATES if getattr(found, rate) is None} == missing


def test_precision_falls_with_the_number_of_normal_clips_and_recall_does_not():
    few, many = (decisions(Confusion(9 * n, n, 5, 5)) for n in (1, 10))
    assert few.precision.value > many.precision.value
    assert few.recall.value == many.recall.value
    assert few.false_alarm_rate.value == many.false_alarm_rate.value
