"""A learnt detector goes on learning: from verdicts that were right or wrong, and elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mimimi.detector.detector import Detector
from mimimi.detector.verdict import as_csv, as_text
from mimimi.errors import DetectorError, UserError
from mimimi.simulate import simulate_clip

NAME, KIND = "Pumpe 3, Halle Süd", "water pump"

Clip = tuple[np.ndarray, int]


def clip(number: int, fault: str | None = None) -> Clip:
    return simulate_clip("pump", "id_52", clip=number, fault=fault, severity=3), 16_000


@pytest.fixture(scope="module")
def learnt() -> Detector:
    return Detector.learn(NAME, [clip(number) for number in range(6)], KIND)


@pytest.fixture(scope="module")
def told(learnt) -> Detector:
    return learnt.was_fault(clip(900, "clogging"), "clogged inlet")


def test_a_fault_heard_before_is_named_and_changes_no_verdict(learnt, told) -> None:
    later = clip(901, "clogging")
    before, after = learnt.analyse(later), told.analyse(later)
    assert before.like is None
    assert after.like.startswith("clogged inlet, ")
    assert replace(after, like=None) == before
    assert f"; like {after.like}" in as_text(after)
    assert after.like in as_csv([after])
    assert after.as_dict()["like"] == after.like
    assert told.analyse(clip(902)).like is None


def test_what_was_called_unusual_and_is_normal_is_a_reference(learnt) -> None:
    strange, again = clip(900, "clogging"), clip(901, "clogging")
    after = learnt.was_normal(strange)
    assert after.analyse(again).score < learnt.analyse(again).score
    assert after.analyse(again).calibration_clips == 6
    assert len(after.references.entries) == 7
    assert len(after.config.trained_on) == 7
    assert len(after.config.calibrated_on) == 6


def test_all_of_it_is_saved_and_can_be_undone_later(learnt, told, tmp_path: Path) -> None:
    adapted = told.adapt([clip(number) for number in range(20, 24)])
    adapted.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path)
    assert loaded.occasions == adapted.occasions
    assert loaded.analyse(clip(901, "clogging")).calibration_clips == 4
    assert loaded.analyse(clip(901, "clogging")).like.startswith("clogged inlet")
    assert loaded.undo().config == told.config
    back = loaded.undo().undo()
    assert back.config == learnt.config
    assert back.references.entries == learnt.references.entries
    with pytest.raises(DetectorError, match="nothing to undo"):
        back.undo()
    card = (tmp_path / "README.md").read_text()
    assert "clogged inlet" in card


def test_one_clip_is_not_told_twice(told) -> None:
    with pytest.raises(UserError, match=r"inlet\.wav was heard before: was a fault: clogged"):
        told.was_normal(clip(900, "clogging"), name="inlet.wav")
    with pytest.raises(UserError, match="was heard before: learnt"):
        told.was_fault(clip(0), "bearing")
    with pytest.raises(UserError, match="cannot be the name of a fault"):
        told.was_fault(clip(1_000), "../bearing")


def test_a_trained_detector_is_told_nothing(small_detector: Detector) -> None:
    assert small_detector.occasions == ()
    for tell in (
        lambda: small_detector.was_normal(clip(1)),
        lambda: small_detector.was_fault(clip(1), "bearing"),
        lambda: small_detector.adapt([clip(1)]),
        small_detector.undo,
    ):
        with pytest.raises(DetectorError, match="was trained"):
            tell()


def test_one_of_format_3_is_read_and_told_more(learnt, tmp_path: Path) -> None:
    learnt.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    del config["members"][0]["occasions"]
    (tmp_path / "config.json").write_text(json.dumps(config | {"format": 3}))
    old = Detector.from_pretrained(tmp_path)
    (occasion,) = old.occasions
    assert occasion.when is None
    assert old.analyse(clip(901)).score == pytest.approx(learnt.analyse(clip(901)).score)
    assert old.remember([clip(7)]).config.about["seconds"] == pytest.approx(70)
    assert old.was_normal(clip(7)).undo().config.about == learnt.config.about


def test_under_another_name_it_judges_as_before_and_goes_on_learning(told, tmp_path: Path) -> None:
    renamed = told.renamed("  Pumpe 4 ")
    renamed.save_pretrained(tmp_path)
    later = Detector.from_pretrained(tmp_path)
    before, after = told.analyse(clip(901, "clogging")), later.analyse(clip(901, "clogging"))
    assert after.machine_id == "Pumpe 4"
    assert (after.score, after.threshold, after.like) == (
        before.score,
        before.threshold,
        before.like,
    )
    assert {entry.machine_id for entry in later.references.entries} == {"Pumpe 4"}
    assert later.references.entries != ()
    assert later.config.about["recordings"] == {"Pumpe 4": 6}
    assert later.undo().occasions == told.occasions[:1]


def test_a_name_that_is_none_and_a_trained_detector_are_refused(learnt) -> None:
    with pytest.raises(UserError, match="cannot be the name of a machine"):
        learnt.renamed("../elsewhere")
    with pytest.raises(DetectorError, match="was trained"):
        Detector.from_pretrained("fan").renamed("my fan")
