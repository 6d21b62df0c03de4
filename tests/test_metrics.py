from __future__ import annotations

import numpy as np
import pytest

from mimimi.metrics import Estimate, auc, bootstrap_interval, mean_with_interval, pauc


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


@pytest.mark.parametrize("metric", [auc, pauc, bootstrap_interval])
@pytest.mark.parametrize(
    ("normal", "anomaly"), [([], [1.0]), ([1.0], []), ([np.nan], [1.0]), ([1.0], [np.inf])]
)
def test_no_figure_from_nothing(metric, normal, anomaly):
    with pytest.raises(ValueError, match="metric needs"):
        metric(normal, anomaly)


def test_interval_holds_the_figure_and_repeats_by_seed():
    normal, anomaly = scores(30, 20)
    low, high = bootstrap_interval(normal, anomaly)
    assert low < auc(normal, anomaly) < high
    assert bootstrap_interval(normal, anomaly) == (low, high)
    assert bootstrap_interval(normal, anomaly, seed=1) != (low, high)


def test_interval_shrinks_with_the_root_of_the_number_of_recordings():
    def width(n: int) -> float:
        low, high = bootstrap_interval(*scores(n, n))
        return high - low

    assert width(50) / width(800) == pytest.approx(4, rel=0.3)


def test_interval_covers_the_truth_about_as_often_as_it_says():
    """Unit normal scores shifted by one: the true AUC is Phi(1 / sqrt 2) = 0.7602."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        low, high = bootstrap_interval(
            rng.normal(size=40), rng.normal(1, size=40), repeats=100, level=0.8
        )
        covered += low <= 0.7602 <= high
    assert 0.70 <= covered / 200 <= 0.88


def test_mean_over_machines_is_surer_than_one_machine():
    machines = [scores(20, 20, seed) for seed in range(9)]
    mean = mean_with_interval(machines)
    assert mean.value == pytest.approx(np.mean([auc(*machine) for machine in machines]))
    assert mean.low < mean.value < mean.high
    low, high = bootstrap_interval(*machines[0])
    assert mean.high - mean.low < (high - low) / 2


def test_mean_does_not_compare_scores_of_different_machines():
    machines = [([0.0, 1.0], [2.0, 3.0]), ([100.0, 101.0], [102.0, 103.0])]
    assert mean_with_interval(machines) == Estimate(1.0, 1.0, 1.0)


def test_mean_over_no_machines():
    with pytest.raises(ValueError, match="at least one machine"):
        mean_with_interval([])
