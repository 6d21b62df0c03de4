from __future__ import annotations

import json

import pytest

from mimimi.detector.calibration import ENOUGH, Calibration, calibrate
from mimimi.detector.threshold import conformal, youden

CORPORA = {"id_00": "MIMII", "id_02": "MIMII", "id_04": "MIMII", "id_50": "simulated"}
MODES = ("given", "inferred")


def scores(**counts: int) -> dict[str, list[float]]:
    """That many scores for an id, all different."""
    return {
        machine_id: [10 * k + j / 100 for j in range(count)]
        for k, (machine_id, count) in enumerate(counts.items())
    }


def both(by_id) -> dict:
    return {mode: by_id for mode in MODES}


@pytest.fixture
def calibration() -> Calibration:
    return calibrate(both(scores(id_00=19, id_02=5, id_04=0, id_50=8)), CORPORA)


@pytest.mark.parametrize("mode", MODES)
def test_a_machine_with_recordings_enough_is_judged_by_its_own(calibration, mode):
    assert calibration.normal_scores(mode, "id_00") == scores(id_00=19)["id_00"]
    assert calibration.threshold(mode, "id_00") == conformal(scores(id_00=19)["id_00"])
    assert calibration.threshold(mode, "id_00").false_alarm_rate == pytest.approx(0.05)


@pytest.mark.parametrize("machine_id", ["id_02", "id_04"])
def test_others_are_judged_by_all_of_their_corpus(calibration, machine_id):
    pooled = scores(id_00=19, id_02=5)
    expected = sorted(pooled["id_00"] + pooled["id_02"])
    assert calibration.normal_scores("given", machine_id) == expected
    assert calibration.threshold("given", machine_id).recordings == 24


def test_corpora_are_not_mixed(calibration):
    assert len(calibration.normal_scores("given", "id_50")) == 8
    assert calibration.threshold("given", "id_50").false_alarm_rate == pytest.approx(1 / 9)


def test_a_corpus_without_recordings_is_judged_by_all():
    found = calibrate(both(scores(id_00=4, id_02=5, id_50=0)), CORPORA)
    assert len(found.normal_scores("given", "id_50")) == 9


def test_eighteen_recordings_are_not_enough():
    found = calibrate(both(scores(id_00=ENOUGH - 1, id_02=2)), CORPORA)
    assert ENOUGH == 19
    assert found.threshold("given", "id_00").recordings == 20


def test_every_machine_is_judged_once_in_each_mode(calibration):
    for mode in MODES:
        judged = [i for e in calibration.thresholds if e.mode == mode for i in e.judges]
        assert sorted(judged) == sorted(CORPORA)


def test_the_modes_have_thresholds_of_their_own():
    found = calibrate({"given": {"id_00": [1.0]}, "inferred": {"id_00": [0.5]}}, {"id_00": "MIMII"})
    assert found.threshold("given", "id_00").value == 1.0
    assert found.threshold("inferred", "id_00").value == 0.5


def test_youden_stands_beside_and_the_conformal_one_judges():
    normal = {"id_00": [0.1, 0.2, 0.3]}
    found = calibrate(both(normal), {"id_00": "MIMII"}, {"given": {"id_00": [0.25, 0.8]}})
    kinds = [(entry.mode, entry.threshold.kind) for entry in found.thresholds]
    assert kinds == [("given", "conformal"), ("given", "youden"), ("inferred", "conformal")]
    assert found.thresholds[1].threshold == youden(normal["id_00"], [0.25, 0.8])
    assert found.threshold("given", "id_00").kind == "conformal"


def test_a_mode_without_recordings_is_refused():
    with pytest.raises(ValueError, match="scores of normal recordings"):
        calibrate({"given": {"id_00": [1.0]}, "inferred": {}}, {"id_00": "MIMII"})


def test_it_survives_json(calibration):
    assert Calibration.from_dict(json.loads(json.dumps(calibration.as_dict()))) == calibration


@pytest.mark.parametrize("number", ["nan", float("nan"), float("inf")])
@pytest.mark.parametrize("place", ["calibration", "thresholds"])
def test_a_threshold_or_score_that_is_no_number_is_refused(calibration, number, place):
    config = json.loads(json.dumps(calibration.as_dict()))
    if place == "calibration":
        config["calibration"]["given"]["id_00"][0] = number
    else:
        config["thresholds"][0]["value"] = number
    with pytest.raises(ValueError, match="calibration or thresholds"):
        Calibration.from_dict(config)
