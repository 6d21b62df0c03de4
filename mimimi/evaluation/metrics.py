"""How well scores tell anomalous recordings from normal ones, and how sure that figure is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mimimi.estimate import Estimate

Scores = npt.ArrayLike
Array = npt.NDArray[np.float64]

REPEATS = 1000
"""How often recordings are drawn anew for an interval."""

ENOUGH_FOR_INTERVAL = 5
"""Recordings of either kind below which drawing them anew says nothing: counts say all there is."""


def enough_for_interval(*counts: int) -> bool:
    """Whether there are so many recordings of each kind that drawing them anew says something.

    Example:
        >>> enough_for_interval(5, 9), enough_for_interval(4, 9)
        (True, False)
    """
    return min(counts) >= ENOUGH_FOR_INTERVAL


@dataclass(frozen=True)
class Resampled:
    """A figure, and what it would have been on recordings drawn anew: `(repeats,)`."""

    value: float
    draws: Array

    def estimate(self, level: float = 0.95) -> Estimate:
        """The figure with the interval that holds this share of the draws.

        A draw without the figure, as precision has none where nothing is called anomalous, is NaN
        and not counted.
        """
        low, high = np.nanquantile(self.draws, [(1 - level) / 2, (1 + level) / 2])
        return Estimate(self.value, float(low), float(high))


def roc(normal_scores: Scores, anomaly_scores: Scores) -> tuple[Array, Array]:
    """The ROC curve: false-alarm and detection rates, from the strictest threshold to the mildest.

    Args and errors as for `auc`.

    Returns:
        Two arrays `(level + 1,)` from 0 to 1, to be joined by straight lines; where a normal and
        an anomalous recording share a score the line is oblique.

    Example:
        >>> [rates.tolist() for rates in roc([0.1, 0.2], [0.2])]
        [[0.0, 0.5, 1.0], [0.0, 1.0, 1.0]]
    """
    normal, anomaly = _counts(normal_scores, anomaly_scores)
    return _rates(normal), _rates(anomaly)


def auc(normal_scores: Scores, anomaly_scores: Scores) -> float:
    """Area under the ROC curve: the chance that an anomaly scores higher than a normal clip.

    Args:
        normal_scores: `(recording,)`, higher = more unusual.
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

    Args and errors as for `auc`; `max_fpr` is p, the largest false-alarm rate looked at, in
    (0, 1], and with 1 it is `auc`.

    Example:
        >>> pauc([0.1, 0.2, 0.3, 0.4], [0.5, 0.9])
        1.0
    """
    return float(_standardised_area(*roc(normal_scores, anomaly_scores), max_fpr))


def resample(
    normal_scores: Scores,
    anomaly_scores: Scores,
    max_fpr: float = 1.0,
    seed: int = 0,
    repeats: int = REPEATS,
) -> Resampled:
    """The AUC (or pAUC) and its bootstrap draws (Efron 1979).

    Normal and anomalous recordings are drawn apart, each as many as there are. A handful of
    recordings that happen to be told apart gives nothing but ones, which promises too much.

    Args:
        normal_scores: `(recording,)`, one score a recording, not one a window or channel.
        anomaly_scores: `(recording,)`.
        max_fpr: 1 for the AUC, less for the pAUC.
        seed: of the draws; the same seed gives the same draws.
        repeats: how often recordings are drawn.

    Raises:
        ValueError: one side is empty, or a score is not finite.

    Example:
        >>> resample([1, 2, 3], [7, 8, 9]).estimate()
        Estimate(value=1.0, low=1.0, high=1.0)
    """
    counts = _counts(normal_scores, anomaly_scores)
    rng = np.random.default_rng(seed)
    normal, anomaly = (_drawn_anew(some, rng, repeats) for some in counts)
    value, draws = (
        _standardised_area(_rates(some_normal), _rates(some_anomaly), max_fpr)
        for some_normal, some_anomaly in (counts, (normal, anomaly))
    )
    return Resampled(float(value), draws)


def mean(figures: Sequence[Resampled]) -> Resampled:
    """Mean of a figure over machines whose recordings are drawn with different seeds.

    Its interval says what other recordings of the SAME machines would give; other machines may
    differ more.

    Raises:
        ValueError: there is no figure.

    Example:
        >>> mean([resample([1, 2], [3, 4]), resample([3, 4], [1, 2], seed=1)]).estimate()
        Estimate(value=0.5, low=0.5, high=0.5)
    """
    if not figures:
        raise ValueError("A mean over machines needs at least one machine.")
    draws = np.mean([figure.draws for figure in figures], axis=0)
    return Resampled(float(np.mean([figure.value for figure in figures])), draws)


def _counts(
    normal_scores: Scores, anomaly_scores: Scores
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """How many recordings fall on each level of the score, from the highest to the lowest."""
    normal, anomaly = _checked(normal_scores), _checked(anomaly_scores)
    levels, where = np.unique(np.concatenate([normal, anomaly]), return_inverse=True)
    sides = where[: normal.size], where[normal.size :]
    of_normal, of_anomaly = (np.bincount(side, minlength=levels.size)[::-1] for side in sides)
    return of_normal, of_anomaly


def _drawn_anew(
    counts: npt.NDArray[np.int64], rng: np.random.Generator, repeats: int
) -> npt.NDArray[np.int64]:
    """As many recordings as `counts` has, with replacement: `(repeats, level)`."""
    levels = np.repeat(np.arange(counts.size), counts)
    drawn = levels[rng.integers(levels.size, size=(repeats, levels.size))]
    drawn += counts.size * np.arange(repeats)[:, np.newaxis]  # one stretch of levels a repeat
    total = np.bincount(drawn.ravel(), minlength=repeats * counts.size)
    return total.reshape(repeats, counts.size)


def _checked(scores: Scores) -> Array:
    array = np.asarray(scores, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError("A metric needs at least one normal and one anomalous recording.")
    if not np.isfinite(array).all():
        raise ValueError("A metric needs finite scores.")
    return array


def _rates(counts: npt.NDArray[np.int64]) -> Array:
    """From counts `(..., level)` to the shares at or above each `(..., level + 1)`, 0 first."""
    above = np.cumsum(counts, axis=-1, dtype=np.float64)
    return np.concatenate([np.zeros_like(above[..., :1]), above / above[..., -1:]], axis=-1)


def _standardised_area(x: Array, y: Array, max_fpr: float) -> Array:
    """Area under lines through `(..., point)` from 0 to `max_fpr`, as `pauc` maps it."""
    width = np.diff(x)
    inside = np.clip(max_fpr - x[..., :-1], 0, width)
    # A step without width has no area, whatever its slope.
    part = np.divide(inside, width, out=np.zeros_like(width), where=width > 0)
    area = np.sum(inside * (y[..., :-1] + part * np.diff(y) / 2), axis=-1)
    chance = max_fpr**2 / 2
    return np.asarray(0.5 * (1 + (area - chance) / (max_fpr - chance)))
