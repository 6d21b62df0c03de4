from __future__ import annotations

import numpy as np
import pytest

from mimimi.estimate import Estimate
from mimimi.evaluation.metrics import Resampled, auc, mean, pauc, resample, roc


def scores(n_normal: int, n_anomalous: int, seed: int = 0, distance: float = 1.0):
    """Rounded, so that there are ties."""
    rng = np.random.default_rng(seed)
    normal, anomaly = rng.normal(size=n_normal), rng.normal(distance, size=n_anomalous)
    return normal.round(1), anomaly.round(1)


@pytest.mark.parametrize("sizes", [(1, 1), (2, 3), (7, 40), (200, 150)])
@pytest.mark.parametrize("max_fpr", [0.1, 0.37, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(sizes, max_fpr, seed):
    from sklearn.metrics import roc_auc_score

    normal, anomaly = scores(*sizes, seed=seed)
    labels = np.repeat([0, 1], sizes)
    both = np.concatenate([normal, anomaly])
    expected = roc_auc_score(labels, both, max_fpr=max_fpr)
    assert pauc(normal, anomaly, max_fpr) == pytest.approx(expected, abs=1e-12)
    assert auc(normal, anomaly) == pytest.approx(roc_auc_score(labels, both), abs=1e-12)


@pytest.mark.parametrize("metric", [auc, pauc])
def test_only_the_order_matters(metric):
    normal, anomaly = scores(30, 20)
    assert metric(np.exp(normal), np.exp(anomaly)) == metric(normal, anomaly)


def test_swapped_sides_mirror_the_auc():
    normal, anomaly = scores(30, 20)
    assert auc(anomaly, normal) == pytest.approx(1 - auc(normal, anomaly))


@pytest.mark.parametrize("metric", [auc, pauc])
def test_perfection_and_chance(metric):
    assert metric([1, 2], [3, 4]) == 1.0
    assert metric([1, 1, 1], [1, 1]) == pytest.approx(0.5)


def test_pauc_only_sees_the_strictest_thresholds():
    """One normal clip of twenty above all anomalies costs little AUC and much pAUC."""
    normal = [*range(19), 100]
    anomaly = [50] * 10
    assert auc(normal, anomaly) == pytest.approx(0.95)
    assert pauc(normal, anomaly) < 0.8


@pytest.mark.parametrize("metric", [auc, pauc, roc, resample])
@pytest.mark.parametrize(
    ("normal", "anomaly"), [([], [1.0]), ([1.0], []), ([np.nan], [1.0]), ([1.0], [np.inf])]
)
def test_no_figure_from_nothing(metric, normal, anomaly):
    with pytest.raises(ValueError, match="metric needs"):
        metric(normal, anomaly)


def test_roc_by_hand():
    """A normal and an anomalous clip share 0.5: from there the line is oblique."""
    false_alarms, detections = roc([0.1, 0.5, 0.6], [0.5, 0.9])
    assert false_alarms.tolist() == pytest.approx([0, 0, 1 / 3, 2 / 3, 1])
    assert detections.tolist() == pytest.approx([0, 0.5, 0.5, 1, 1])


def test_interval_holds_the_figure_and_repeats_by_seed():
    normal, anomaly = scores(30, 20)
    interval = resample(normal, anomaly).estimate()
    assert interval.low < interval.value == auc(normal, anomaly) < interval.high
    assert resample(normal, anomaly).estimate() == interval
    assert resample(normal, anomaly, seed=1).estimate() != interval


def test_draws_are_the_metric_of_recordings_drawn_anew():
    """Of two and one recordings there are but three draws, whose AUC can be told."""
    draws = resample([0.0, 2.0], [1.0], repeats=4000).draws
    shares = [np.mean(draws == value) for value in (0.0, 0.5, 1.0)]
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


@pytest.mark.parametrize("max_fpr", [0.1, 1.0])
def test_draws_lie_about_the_figure(max_fpr):
    normal, anomaly = scores(400, 300)
    found = resample(normal, anomaly, max_fpr)
    assert found.value == pauc(normal, anomaly, max_fpr)
    assert np.mean(found.draws) == pytest.approx(found.value, abs=0.01)


def test_interval_shrinks_with_the_root_of_the_number_of_recordings():
    def width(n: int) -> float:
        found = resample(*scores(n, n)).estimate()
        return found.high - found.low

    assert width(50) / width(800) == pytest.approx(4, rel=0.3)


def test_interval_covers_the_truth_about_as_often_as_it_says():
    """Unit normal scores shifted by one: the true AUC is Phi(1 / sqrt 2) = 0.7602."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        normal, anomaly = rng.normal(size=40), rng.normal(1, size=40)
        found = resample(normal, anomaly, repeats=100).estimate(level=0.8)
        covered += found.low <= 0.7602 <= found.high
    assert 0.70 <= covered / 200 <= 0.88


def test_draws_without_a_figure_are_not_counted():
    draws = np.array([np.nan, 0.25, 0.5, 0.75, np.nan])
    assert Resampled(0.5, draws).estimate(level=1.0) == Estimate(0.5, 0.25, 0.75)


def test_mean_over_machines_is_surer_than_one_machine():
    machines = [scores(20, 20, seed) for seed in range(9)]
    each = [resample(*machine, seed=seed) for seed, machine in enumerate(machines)]
    found = mean(each).estimate()
    assert found.value == pytest.approx(np.mean([auc(*machine) for machine in machines]))
    assert found.low < found.value < found.high
    widths = [one.high - one.low for one in (single.estimate() for single in each)]
    # Nine independent ones: a third of the width.
    assert found.high - found.low == pytest.approx(np.mean(widths) / 3, rel=0.15)


def test_mean_does_not_compare_scores_of_different_machines():
    machines = [([0.0, 1.0], [2.0, 3.0]), ([100.0, 101.0], [102.0, 103.0])]
    assert mean([resample(*machine) for machine in machines]).estimate() == Estimate(1.0, 1.0, 1.0)


def test_mean_over_no_machines():
    with pytest.raises(ValueError, match="at least one machine"):
        mean([])
