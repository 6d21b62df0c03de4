from __future__ import annotations

import numpy as np
import pytest

from mimimi.detector.threshold import conformal, p_value, realised_rate, recordings_for, youden

DRAWS = 2_000


def drawn(rng: np.random.Generator, n: int, ties: bool) -> np.ndarray:
    """Scores of n calibration recordings and 20 new ones, exchangeable; many draws."""
    scores = rng.gamma(2.0, size=(DRAWS, n + 20))
    return np.round(scores, 1) if ties else scores


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(("n", "rate"), [(4, 0.05), (19, 0.05), (19, 0.2), (60, 0.1), (7, 0.5)])
def test_the_promised_false_alarm_rate_is_kept(n, rate, ties, rng):
    alarms = []
    for scores in drawn(rng, n, ties):
        threshold = conformal(scores[:n], rate)
        alarms.append(np.mean(scores[n:] > threshold.value))
    assert threshold.false_alarm_rate <= max(rate, 1 / (n + 1)) + 1e-12
    assert np.mean(alarms) <= threshold.false_alarm_rate + 0.012
    if not ties:  # and it is no lower than it need be
        assert np.mean(alarms) >= threshold.false_alarm_rate - 0.012


@pytest.mark.parametrize("n", [1, 4, 18, 19, 20, 99])
def test_nothing_rarer_than_one_in_n_plus_one_is_promised(n, rng):
    scores = rng.random(n)
    threshold = conformal(scores, 0.001)
    assert threshold.false_alarm_rate == 1 / (n + 1)
    assert threshold.value == scores.max()
    assert "0.1% needs 999 of them" in threshold.how


def test_nineteen_recordings_promise_five_percent_and_say_how(rng):
    threshold = conformal(rng.random(19))
    assert (threshold.kind, threshold.recordings) == ("conformal", 19)
    assert threshold.false_alarm_rate == pytest.approx(0.05)
    assert threshold.how == "1 in 20, from 19 normal recordings that it had not heard"


@pytest.mark.parametrize("rate", [0.3, 0.11, 0.05, 0.01, 1 / 49])
def test_so_many_recordings_promise_a_rate_and_one_fewer_do_not(rate, rng):
    n = recordings_for(rate)
    assert conformal(rng.random(n), rate).false_alarm_rate <= rate + 1e-9
    assert conformal(rng.random(n - 1), rate).false_alarm_rate > rate


@pytest.mark.parametrize(("n", "rate"), [(12, 1 / 13), (19, 0.2), (60, 0.1)])
def test_one_threshold_in_twenty_is_as_far_off_as_is_said(n, rate, rng):
    # Of scores that are uniform, the true false-alarm rate of a threshold is one minus it.
    true = 1 - np.array([conformal(rng.random(n), rate).value for _ in range(4_000)])
    promised = conformal(rng.random(n), rate).false_alarm_rate
    assert np.mean(true > realised_rate(n, promised)) == pytest.approx(0.05, abs=0.015)


def test_equal_scores_raise_no_alarm():
    assert conformal([0.5] * 40, 0.3).value == 0.5


@pytest.mark.parametrize(
    ("scores", "rate"), [([], 0.05), ([1.0], 0.0), ([1.0], 1.0), ([1.0], -0.1)]
)
def test_impossible_promises_are_refused(scores, rate):
    with pytest.raises(ValueError, match=r"threshold needs|lies between"):
        conformal(scores, rate)


@pytest.mark.parametrize("seed", range(10))
def test_youden_finds_the_largest_j(seed):
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.integers(-9, 9)
    normal = scale * rng.integers(0, 20, rng.integers(1, 30))
    anomaly = scale * (rng.integers(0, 20, rng.integers(1, 30)) + rng.integers(-5, 15))

    def j(value):
        return np.mean(anomaly > value) - np.mean(normal > value)

    threshold = youden(normal, anomaly)
    everywhere = [-np.inf, *normal, *anomaly]
    assert j(threshold.value) == pytest.approx(max(map(j, everywhere)))
    assert threshold.false_alarm_rate == pytest.approx(np.mean(normal > threshold.value))
    assert threshold.recordings == len(normal) + len(anomaly)


def test_youden_lies_between_scores_that_do_not_overlap():
    threshold = youden([0.0, 1.0], [2.0, 3.0])
    assert threshold.value == 1.5
    assert threshold.false_alarm_rate == 0


@pytest.mark.parametrize(("normal", "anomaly"), [([], [1.0]), ([1.0], [])])
def test_youden_needs_both(normal, anomaly):
    with pytest.raises(ValueError, match="normal and of anomalous"):
        youden(normal, anomaly)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n", [4, 19])
def test_p_values_are_not_too_small(n, ties, rng):
    found = np.array([p_value(s[:n], one) for s in drawn(rng, n, ties) for one in s[n : n + 5]])
    for level in np.linspace(0.02, 1.0, 50):
        assert np.mean(found <= level) <= level + 0.015
    assert found.min() >= 1 / (n + 1)
    assert found.max() <= 1


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.3])
def test_above_the_threshold_is_where_the_p_value_is_within_the_rate(rate, rng):
    for _ in range(200):
        normal = rng.integers(0, 30, rng.integers(1, 60)) / 10
        threshold = conformal(normal, rate)
        for score in np.unique(np.concatenate((normal, rng.random(5) * 3))):
            within = p_value(normal, score) <= threshold.false_alarm_rate + 1e-12
            assert (score > threshold.value) == within
