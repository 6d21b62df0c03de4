"""How well scores tell anomalous recordings from normal ones, and how sure that figure is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.ArrayLike
Metric = Callable[[Scores, Scores], float]


@dataclass(frozen=True)
class Estimate:
    """A figure and the ends of its interval."""

    value: float
    low: float
    high: float


def auc(normal_scores: Scores, anomaly_scores: Scores) -> float:
    """Area under the ROC curve: the chance that an anomaly scores higher than a normal clip.

    Args:
        normal_scores: `(recording,)`, higher = stranger.
        anomaly_scores: `(recording,)`.

    Returns:
        From 0 to 1; 0.5 is chance. Equal scores count as half.

    Raises:
        ValueError: one side is empty, or a score is not finite.

    Example:
        >>> auc([0.1, 0.4], [0.4, 0.9])
        0.875
    """
    return pauc(normal_scores, anomaly_scores, max_fpr=1.0)


def pauc(normal_scores: Scores, anomaly_scores: Scores, max_fpr: float = 0.1) -> float:
    """Area under the ROC curve where few false alarms are made, standardised.

    What DCASE 2020 Task 2 calls pAUC (p = 0.1): the value of scikit-learn's
    `roc_auc_score(..., max_fpr=0.1)`, that is, the area A from false-alarm rate 0 to p, mapped by
    McClish (1989) so that chance is 0.5 and perfection is 1: (1 + (A - p^2/2) / (p - p^2/2)) / 2.
    It is written out here because a bootstrap takes thousands of them.

    Args:
        normal_scores: `(recording,)`, higher = stranger.
        anomaly_scores: `(recording,)`.
        max_fpr: p, the largest false-alarm rate looked at, in (0, 1].

    Raises:
        ValueError: one side is empty, or a score is not finite.

    See also:
        `auc`, the case p = 1.

    Example:
        >>> pauc([0.1, 0.2, 0.3, 0.4], [0.5, 0.9])
        1.0
    """
    normal, anomaly = _checked(normal_scores), _checked(anomaly_scores)
    levels = np.unique(np.concatenate([normal, anomaly]))[::-1]  # strict to lenient
    false_alarms = _rate_at_or_above(levels, normal)
    detections = _rate_at_or_above(levels, anomaly)
    inside = int(np.searchsorted(false_alarms, max_fpr, side="right"))
    x = np.append(false_alarms[:inside], max_fpr)
    y = np.append(detections[:inside], np.interp(max_fpr, false_alarms, detections))
    area = float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))
    chance = max_fpr**2 / 2
    return 0.5 * (1 + (area - chance) / (max_fpr - chance))


def bootstrap_interval(
    normal_scores: Scores,
    anomaly_scores: Scores,
    metric: Metric = auc,
    repeats: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float]:
    """Interval of a metric by drawing recordings anew (percentile bootstrap, Efron 1979).

    Normal and anomalous recordings are drawn apart, each as many as there are. A handful of
    recordings that happen to be told apart gives the interval (1, 1), which promises too much.

    Args:
        normal_scores: `(recording,)`, one score a recording, not one a window or channel.
        anomaly_scores: `(recording,)`.
        metric: `auc`, `pauc`, or another function of the two arrays.
        repeats: how often recordings are drawn.
        seed: of the draws; the same seed gives the same interval.
        level: share of the draws inside the interval.

    Raises:
        ValueError: one side is empty, or a score is not finite.

    Example:
        >>> bootstrap_interval([1, 2, 3], [7, 8, 9])
        (1.0, 1.0)
    """
    rng = np.random.default_rng(seed)
    return _middle(_redrawn(normal_scores, anomaly_scores, metric, repeats, rng), level)


def mean_with_interval(
    machines: Sequence[tuple[Scores, Scores]],
    metric: Metric = auc,
    repeats: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Mean of a metric over machines; recordings are drawn anew within each machine.

    The interval says what other recordings of the SAME machines would give; other machines may
    differ more.

    Args:
        machines: for each machine its normal and its anomalous scores.
        metric: see `bootstrap_interval`, as are `repeats`, `seed` and `level`.
        repeats: how often recordings are drawn.
        seed: of the draws.
        level: share of the draws inside the interval.

    Raises:
        ValueError: no machine, or one without normal or without anomalous scores.

    Example:
        >>> mean_with_interval([([1, 2], [3, 4]), ([3, 4], [1, 2])])
        Estimate(value=0.5, low=0.5, high=0.5)
    """
    if not machines:
        raise ValueError("A mean over machines needs at least one machine.")
    rng = np.random.default_rng(seed)
    values = [metric(_checked(normal), _checked(anomaly)) for normal, anomaly in machines]
    draws = [_redrawn(normal, anomaly, metric, repeats, rng) for normal, anomaly in machines]
    return Estimate(float(np.mean(values)), *_middle(np.mean(draws, axis=0), level))


def _checked(scores: Scores) -> npt.NDArray[np.float64]:
    array = np.asarray(scores, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError("A metric needs at least one normal and one anomalous recording.")
    if not np.isfinite(array).all():
        raise ValueError("A metric needs finite scores.")
    return array


def _rate_at_or_above(
    levels: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Share of scores that reach each level, before them 0: none reaches an infinite one."""
    below = np.searchsorted(np.sort(scores), levels, side="left")
    return np.append(0.0, 1 - below / scores.size)


def _redrawn(
    normal_scores: Scores,
    anomaly_scores: Scores,
    metric: Metric,
    repeats: int,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    normal, anomaly = _checked(normal_scores), _checked(anomaly_scores)
    normals = rng.integers(normal.size, size=(repeats, normal.size))
    anomalies = rng.integers(anomaly.size, size=(repeats, anomaly.size))
    draws = zip(normal[normals], anomaly[anomalies], strict=True)
    return np.array([metric(some_normal, some_anomaly) for some_normal, some_anomaly in draws])


def _middle(values: npt.NDArray[np.float64], level: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
