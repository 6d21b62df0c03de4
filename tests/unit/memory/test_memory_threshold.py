"""A threshold from few recordings keeps what it promises."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.memory import jackknife_threshold


def test_six_recordings_promise_one_in_seven_by_their_largest_score() -> None:
    found = jackknife_threshold([3, 1, 2, 6, 5, 4], 0.05)
    assert (found.value, found.recordings) == (6, 6)
    assert found.rate == pytest.approx(1 / 7)
    assert found.proven == pytest.approx(2 / 7)


@pytest.mark.parametrize(("count", "rank"), [(19, 19), (39, 38), (99, 95)])
def test_with_enough_recordings_the_rate_asked_for_is_promised(count: int, rank: int) -> None:
    found = jackknife_threshold(list(range(1, count + 1)), 0.05)
    assert found.value == rank
    assert found.rate <= 0.05 + 1e-9


def test_false_alarms_of_exchangeable_scores_are_as_promised() -> None:
    rng = np.random.default_rng(0)
    draws = rng.lognormal(size=(20_000, 10))
    alarms = [row[-1] > jackknife_threshold(row[:-1], 0.2).value for row in draws.tolist()]
    assert np.mean(alarms) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize(("scores", "rate"), [([], 0.1), ([np.nan], 0.1), ([1.0], 0), ([1.0], 1)])
def test_what_no_threshold_follows_from_is_refused(scores: list[float], rate: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        jackknife_threshold(scores, rate)
