from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mimimi.data.index import Recording
from mimimi.evaluation import Evaluation, Judgement, ScoredClip
from mimimi.evaluation.decisions import Confusion
from mimimi.evaluation.operating_point import (
    SEGMENTS_A_DAY,
    false_alarms_a_day,
    operating_point,
    thresholds,
)
from mimimi.evaluation.pictures.clip_map import clip_map

OWN = 0.5


def clip(label: str, score: float, **marks) -> ScoredClip:
    recording = Recording(Path(f"{score}.wav"), "fan", "id_00", label, "test", "plant")
    judged = Judgement("id_00", score, OWN)
    return ScoredClip(recording, judged, judged, **marks)


@pytest.fixture
def clips() -> list[ScoredClip]:
    normal = [clip("normal", s) for s in (0.1, 0.2, 0.6)]
    return [
        *normal,
        clip("normal", 0.4, calibrated_on=True),
        clip("anomaly", 0.3),
        clip("anomaly", 2),
    ]


def test_at_the_detectors_own_threshold_it_says_what_the_evaluation_says(clips):
    figures = Evaluation(clips, Counter()).summaries[0].overall.at_threshold
    assert operating_point(clips, OWN).decisions == figures


def test_a_higher_threshold_never_finds_more_nor_alarms_more(clips):
    tried = [operating_point(clips, value).decisions.confusion for value in thresholds(clips)]
    assert tried[0].detected == tried[0].anomalous == 2
    assert tried[0].normal_passed == tried[-1].false_alarms == tried[-1].detected == 0
    for lower, higher in pairwise(tried):
        assert higher.detected <= lower.detected
        assert higher.false_alarms <= lower.false_alarms


def test_every_way_to_part_the_clips_can_be_reached(clips):
    called = {tuple(c.judgement(True).score > value for c in clips) for value in thresholds(clips)}
    assert len(called) == len(clips) + 1
    assert OWN in thresholds(clips)


def test_many_scores_are_thinned_and_none_gives_none():
    many = [clip("normal", n / 10) for n in range(2000)]
    assert 300 <= len(thresholds(many)) <= 400
    assert thresholds([]) == []
    (below, own, above) = thresholds([clip("normal", OWN)])
    assert below < own < above


def test_normal_clips_behind_the_threshold_count_only_where_there_are_no_others(clips):
    assert not operating_point(clips, OWN).fitted
    fitted = [replace(c, calibrated_on=c.is_normal) for c in clips]
    found = operating_point(fitted, 0.15)
    assert found.fitted
    assert found.decisions.confusion == Confusion(1, 3, 0, 2)
    assert not operating_point([c for c in clips if not c.is_normal], OWN).fitted


def test_false_alarms_a_day_are_never_promised_to_be_none():
    few = false_alarms_a_day(Confusion(8, 0, 0, 0), SEGMENTS_A_DAY)
    many = false_alarms_a_day(Confusion(800, 0, 0, 0), SEGMENTS_A_DAY)
    assert few.value == many.value == 0
    assert few.high > 3000 > 50 > many.high > 0
    quarter = false_alarms_a_day(Confusion(6, 2, 0, 0), 24)
    assert (quarter.value, quarter.low < 6 < quarter.high) == (6, True)
    assert false_alarms_a_day(Confusion(0, 0, 1, 1), 24) is None


# --- the map


def placed(label: str, **scores: float) -> ScoredClip:
    return replace(clip(label, 1.0), by_id=scores)


def test_on_the_map_distance_is_difference_of_scores():
    some = [placed("normal", a=0, b=0), placed("normal", a=3, b=4), placed("anomaly", a=6, b=8)]
    found = clip_map(some)
    steps = [((found.places[n + 1] - found.places[n]) ** 2).sum() ** 0.5 for n in (0, 1)]
    assert steps == pytest.approx([5, 5])
    assert found.explained == pytest.approx((1, 0))


def test_the_axes_are_principal_components() -> None:
    from sklearn.decomposition import PCA

    scores = np.random.default_rng(0).standard_normal((9, 4)) * [1, 4, 2, 3]
    found = clip_map([placed("normal", **dict(zip("abcd", row, strict=True))) for row in scores])
    pca = PCA(n_components=2, svd_solver="full").fit(scores)
    assert found.explained == pytest.approx(pca.explained_variance_ratio_)
    np.testing.assert_allclose(abs(found.places), abs(pca.transform(scores)), atol=1e-9)


def test_there_is_no_map_of_too_few_clips_or_of_one_id():
    one = [placed("normal", a=float(n)) for n in range(9)]
    assert clip_map(one) is None
    assert clip_map([placed("normal", a=0, b=1)] * 2) is None
    bad = ScoredClip(one[0].recording, error="bad")
    assert clip_map([placed("normal", a=0, b=1)] * 2 + [bad]) is None
    alike = clip_map([placed("normal", a=0, b=1)] * 3)
    assert not alike.places.any()
