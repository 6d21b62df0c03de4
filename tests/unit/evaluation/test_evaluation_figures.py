"""Figures and tables from clips whose judgements are written by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mimimi.data.index import Recording
from mimimi.evaluation import Evaluation, Judgement, ScoredClip
from mimimi.evaluation.decisions import Confusion


def clip(machine_id, label, given, inferred=None, most_similar=None, **other) -> ScoredClip:
    """Of a fan at a threshold of 0.5, if nothing else is said."""
    kind, corpus = other.pop("machine_type", "fan"), other.pop("corpus", "plant")
    youden = other.pop("youden", None)
    inferred = given if inferred is None else inferred
    return ScoredClip(
        Recording(Path("clip.wav"), kind, machine_id, label, "test", corpus),
        Judgement(machine_id, given, 0.5, youden),
        Judgement(most_similar or machine_id, inferred, 0.5, youden),
        **other,
    )


def evaluation(clips: list[ScoredClip]) -> Evaluation:
    return Evaluation(clips, Counter())


def two_machines(**other) -> list[ScoredClip]:
    """id_00 is told perfectly, id_02 by chance; its scores are on a lower scale."""
    return [
        clip("id_00", "normal", 0.4, 0.9, **other),
        clip("id_00", "normal", 0.6, most_similar="id_02", **other),
        clip("id_00", "anomaly", 0.8, **other),
        clip("id_00", "anomaly", 0.9, **other),
        clip("id_02", "normal", 0.1, **other),
        clip("id_02", "normal", 0.3, **other),
        clip("id_02", "anomaly", 0.2, **other),
        clip("id_02", "anomaly", 0.2, **other),
    ]


def test_figures_by_hand():
    given, inferred = evaluation(two_machines()).summaries
    assert [(f.machine, f.normal, f.anomalous) for f in given.machines] == [
        ("fan id_00", 2, 2),
        ("fan id_02", 2, 2),
    ]
    assert [f.auc.value for f in given.machines] == [1.0, 0.5]
    assert given.machines[0].pauc.value == 1.0
    assert given.overall.auc.value == 0.75
    assert given.overall.auc.low <= 0.75 <= given.overall.auc.high
    overall = given.overall
    assert (overall.best_machine, overall.lowest_auc, overall.highest_auc) == (
        "fan id_00", 0.5, 1.0,
    )  # fmt: skip
    # By hand: 0.8 and 0.9 beat all four normals, each 0.2 beats only the 0.1.
    assert overall.pooled_auc == (4 + 4 + 1 + 1) / 16
    # Guessed: a normal clip of id_00 scores 0.9, above 0.8 and equal to 0.9.
    assert inferred.machines[0].auc.value == (1 + 1 + 0 + 0.5) / 4
    assert inferred.overall.id_accuracy == 3 / 4
    assert overall.id_accuracy is None


def test_decisions_by_hand():
    given, inferred = evaluation(two_machines()).summaries
    found = given.overall.at_threshold
    assert found.confusion == Confusion(normal_passed=3, false_alarms=1, missed=2, detected=2)
    assert found.false_alarm_rate.value == 1 / 4
    assert found.recall.value == 2 / 4
    assert found.precision.value == 2 / 3
    assert found.f1.value == pytest.approx(2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4))
    second = given.machines[1].at_threshold
    assert second.confusion == Confusion(normal_passed=2, false_alarms=0, missed=2, detected=0)
    assert (second.recall.value, second.f1.value) == (0, 0)
    assert second.precision is None  # nothing was called anomalous
    # Guessed: both normal clips of id_00 are above the threshold.
    first = inferred.machines[0].at_threshold
    assert first.confusion == Confusion(normal_passed=0, false_alarms=2, missed=0, detected=2)


def test_inferred_ids_by_hand():
    given, inferred = evaluation(two_machines()).summaries
    assert [f.inferred_ids for f in inferred.machines] == [{"id_00": 1, "id_02": 1}, {"id_02": 2}]
    assert [f.inferred_ids for f in given.machines] == [{}, {}]


def test_corpora_are_told_apart():
    clips = [
        clip("id_00", "normal", 0.1),
        clip("id_00", "anomaly", 0.2),
        clip("id_00", "normal", 0.9, corpus="simulated"),
        clip("id_00", "anomaly", 0.8, corpus="simulated"),
    ]
    summaries = evaluation(clips).summaries
    assert [(s.corpus, s.machine_id_given, s.overall.auc.value) for s in summaries] == [
        ("plant", True, 1.0),
        ("plant", False, 1.0),
        ("simulated", True, 0.0),
        ("simulated", False, 0.0),
    ]


def test_without_anomalies_there_is_no_auc():
    found = evaluation([clip("id_00", "normal", 0.1), clip("id_02", "normal", 0.9)])
    given = found.summaries[0]
    assert given.overall.auc is None
    assert given.overall.pooled_auc is None
    assert given.overall.machines_in_mean == 0
    assert given.overall.at_threshold.false_alarm_rate.value == 0.5
    assert given.overall.at_threshold.recall is None
    assert "n/a" in found.as_table()


def test_a_machine_without_anomalies_is_not_in_the_mean():
    clips = [*two_machines()[:4], clip("id_02", "normal", 0.9)]
    given = evaluation(clips).summaries[0]
    assert given.overall.auc.value == 1.0
    assert given.overall.machines_in_mean == 1


def test_over_types_each_type_counts_alike():
    fan = evaluation(two_machines())  # AUC 1.0 and 0.5
    pump = evaluation(two_machines(machine_type="pump")[4:])  # one machine: 0.5
    both = Evaluation(fan.clips + pump.clips, fan.unknown + pump.unknown)
    given = both.summaries[0]
    assert [(f.machine, f.auc.value) for f in given.machines] == [
        ("fan id_00", 1.0),
        ("fan id_02", 0.5),
        ("pump id_02", 0.5),
    ]
    assert [(f.machine, f.auc.value) for f in given.types] == [
        ("fan mean", 0.75),
        ("pump mean", 0.5),
    ]
    assert given.types[0].auc == fan.summaries[0].overall.auc
    assert given.overall.auc.value == (0.75 + 0.5) / 2
    assert given.overall.at_threshold.confusion == Confusion(5, 1, 4, 2)
    lines = both.as_table().splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("fan mean ", "pump mean "))] == [
        *("fan", "pump") * 4
    ]
    assert sum(line.startswith("all types ") for line in lines) == 2


def test_table_is_aligned_and_not_too_wide():
    many = [
        clip("id_00", label, k / 400, youden=0.3)
        for label in ("normal", "anomaly")
        for k in range(400)
    ]
    lines = evaluation([*many, *two_machines(youden=0.3)]).as_table().splitlines()
    assert lines[0] == "plant, machine id given"
    assert len({len(line) for line in lines[1:6]}) == 1
    assert lines[2].split()[:4] == ["fan", "id_00", "402", "402"]
    assert "plant, machine id inferred (less reliable)" in lines
    assert max(map(len, lines)) <= 100


def test_table_has_the_matrix_of_ids():
    lines = evaluation(two_machines()).as_table().splitlines()
    start = lines.index("fan, machine inferred correctly: 0.750 of the normal clips")
    assert [line.split() for line in lines[start + 1 : start + 4]] == [
        ["inferred", "as", "id_00", "id_02"],
        ["fan", "id_00", "1", "1"],
        ["fan", "id_02", ".", "2"],
    ]


def test_a_matrix_of_many_ids_is_left_to_the_json():
    many = [clip(f"id_{number:02d}", "normal", 0.1) for number in range(20)]
    assert "the matrix of ids is in the JSON" in evaluation(many).as_table()
