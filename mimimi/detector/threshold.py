"""From scores of recordings to a threshold, with how it was found and what it promises."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

DEFAULT_FALSE_ALARM_RATE = 0.05
"""What is promised where there are recordings enough: 19."""

FEWEST_TO_BE_SURE = 10
"""Normal recordings below which what is above the threshold of a trained detector is a trend."""

_ROUNDING = 5e-5  # of a score; engines and processors differ by 1e-5


@dataclass(frozen=True)
class Threshold:
    """Scores above `value` are called anomalous.

    `false_alarm_rate` is what is promised (conformal) or was seen (Youden) on normal recordings;
    `recordings` counts recordings, never channels or windows.
    """

    kind: Literal["conformal", "youden"]
    value: float
    false_alarm_rate: float
    recordings: int
    how: str


def conformal(
    normal_scores: Sequence[float], false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE
) -> Threshold:
    """A threshold that normal recordings pass at most at the stated rate.

    If n calibration recordings and the one to be judged are exchangeable, the new score is above
    the k-th smallest of n with a probability of at most 1 - k / (n + 1). With k = n nothing rarer
    than 1 in n + 1 can be promised: a lower rate asked for is raised to that, and said.

    Args:
        normal_scores: of normal recordings outside the training set.
        false_alarm_rate: the rate asked for, within 0 and 1.

    Raises:
        ValueError: there are no scores, or the rate is not within 0 and 1.

    Source: Vovk, Gammerman, Shafer 2005; Bates et al. 2023, "Testing for outliers with conformal
    p-values".

    Example:
        >>> conformal([0.1, 0.2, 0.3, 0.4]).false_alarm_rate
        0.2
    """
    n = len(normal_scores)
    if not n:
        raise ValueError("a threshold needs scores of normal recordings")
    if not 0 < false_alarm_rate < 1:
        raise ValueError("a false-alarm rate lies between 0 and 1")
    rate = promised(n, false_alarm_rate)
    exceeding = round(rate * (n + 1))
    value = float(np.sort(normal_scores)[n - min(exceeding, n)])
    how = f"{exceeding} in {n + 1}, from {n} normal recordings that it had not heard"
    if rate > false_alarm_rate + 1e-9:
        how += f"; {100 * false_alarm_rate:g}% needs {recordings_for(false_alarm_rate)} of them"
    return Threshold("conformal", value, rate, n, how)


def promised(recordings: int, false_alarm_rate: float) -> float:
    """The rate that so many normal recordings can promise: that asked for, or the next below.

    Where that would be none, it is the least that they can.

    Example:
        >>> promised(39, 0.06), promised(19, 0.01)
        (0.05, 0.05)
    """
    # The tolerance keeps 0.05 * 20 from becoming 0.9999.
    exceeding = max(1, math.floor(false_alarm_rate * (recordings + 1) + 1e-9))
    return exceeding / (recordings + 1)


def but_for_rounding(score: float, normal_scores: Sequence[float]) -> float:
    """A score, or that of the calibration recording from which it differs by rounding alone.

    A threshold is the score of a recording, as a limit of distances is one's distance. On another
    processor, or by another engine, that very recording scores a millionth more or less: it must
    not be called unusual on every second one.

    Args:
        score: of any recording.
        normal_scores: of the calibration set.

    Example:
        >>> but_for_rounding(0.300001, [0.1, 0.3]), but_for_rounding(0.3001, [0.1, 0.3])
        (0.3, 0.3001)
    """
    nearest = min(normal_scores, key=lambda normal: abs(normal - score), default=score)
    return nearest if abs(nearest - score) < _ROUNDING else score


def recordings_for(false_alarm_rate: float) -> int:
    """How many normal recordings it takes to promise a rate.

    Example:
        >>> recordings_for(0.05)
        19
    """
    return math.ceil(1 / false_alarm_rate - 1e-9) - 1


def realised_rate(recordings: int, false_alarm_rate: float, chance: float = 0.05) -> float:
    """What the false-alarm rate of one conformal threshold exceeds with the stated chance.

    The promise holds on average over calibrations. Of one threshold, the k-th smallest of n
    scores, the true rate is drawn from Beta(n + 1 - k, k): the fewer recordings, the wider.

    Args:
        recordings: normal ones behind the threshold, n.
        false_alarm_rate: as promised, (n + 1 - k) / (n + 1).
        chance: of a rate above the one returned.

    Source: Vovk 2012, "Conditional validity of inductive conformal predictors".

    Example:
        >>> round(realised_rate(12, 1 / 13), 2)
        0.22
    """
    from scipy.special import betaincinv  # the quantile of scipy.stats.beta, without its weight

    exceeding = round(false_alarm_rate * (recordings + 1))
    return float(betaincinv(exceeding, recordings + 1 - exceeding, 1 - chance))


def youden(normal_scores: Sequence[float], anomaly_scores: Sequence[float]) -> Threshold:
    """The threshold of the largest detection rate minus false-alarm rate (Youden's J).

    It lies midway between two neighbouring scores. Report it on other recordings than these.

    Args:
        normal_scores: of normal recordings.
        anomaly_scores: of anomalous ones.

    Raises:
        ValueError: one of both is empty.

    Source: Youden 1950, "Index for rating diagnostic tests".

    Example:
        >>> youden([0.1, 0.25, 0.75], [0.5, 0.6, 0.9]).value
        0.375
    """
    normal, anomaly = np.sort(normal_scores), np.sort(anomaly_scores)
    if not len(normal) or not len(anomaly):
        raise ValueError("Youden's J needs scores of normal and of anomalous recordings")
    ordered = np.unique(np.concatenate((normal, anomaly)))
    candidates = np.concatenate(
        (np.nextafter(ordered[:1], -np.inf), (ordered[1:] + ordered[:-1]) / 2, ordered[-1:])
    )
    false_alarms = 1 - np.searchsorted(normal, candidates, side="right") / len(normal)
    detections = 1 - np.searchsorted(anomaly, candidates, side="right") / len(anomaly)
    best = int(np.argmax(detections - false_alarms))
    how = f"Youden's J on {len(normal)} normal and {len(anomaly)} anomalous recordings"
    return Threshold(
        "youden",
        float(candidates[best]),
        float(false_alarms[best]),
        len(normal) + len(anomaly),
        how,
    )


def p_value(normal_scores: Sequence[float], score: float) -> float:
    """Share of recordings as unusual as this, itself counted in: (1 + #{s >= score}) / (n + 1).

    Args:
        normal_scores: of the calibration recordings.
        score: of the recording to be judged.

    Example:
        >>> p_value([0.1, 0.2, 0.3, 0.4], 0.35)
        0.4
    """
    as_unusual = sum(s >= score for s in normal_scores)
    return (1 + as_unusual) / (len(normal_scores) + 1)


def odds(share: float) -> str:
    """A false-alarm rate or a p-value as a person counts it, never rarer than it is.

    Args:
        share: above 0, at most 1.

    Example:
        >>> odds(0.05), odds(2 / 25)
        ('1 in 20', '1 in 12')
    """
    return f"1 in {math.floor(1 / share + 1e-9)}"
