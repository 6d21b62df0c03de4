from __future__ import annotations

import json
from pathlib import Path

import pytest

from mimimi.audio import recording_hash
from mimimi.corpus.index import Recording
from mimimi.errors import AudioError, CorpusError
from mimimi.evaluation import Evaluation, evaluate
from mimimi.verdict import Verdict

THRESHOLD = 0.5


class FakeDetector:
    """Reads its score from the file: `score with id, score without, guessed id`."""

    machine_type = "fan"

    def __init__(self) -> None:
        self.youden: float | None = None
        self.ids = ["id_00", "id_02"]
        self.learnt: set[str] = set()
        self.calibrated: set[str] = set()

    def analyse(self, source: Path, /, machine_id: str | None = None) -> Verdict:
        if not source.exists():
            raise AudioError(f"{source} does not exist.")
        given, guessed, guess = source.read_text().split()[:3]
        score = float(given if machine_id else guessed)
        return Verdict(
            file=str(source),
            machine_type="fan",
            machine_id=machine_id or guess,
            machine_id_given=machine_id is not None,
            score=score,
            threshold=THRESHOLD,
            is_anomalous=score > THRESHOLD,
            youden_threshold=self.youden,
        )


@pytest.fixture
def detector() -> FakeDetector:
    return FakeDetector()


@pytest.fixture
def clip(tmp_path):
    """Write a clip with a known score."""
    number = iter(range(1000))

    def write(machine_id, label, given, guessed=None, guess=None, split="test", corpus="plant"):
        path = tmp_path / f"{next(number)}.wav"
        guessed = given if guessed is None else guessed
        path.write_text(f"{given} {guessed} {guess or machine_id} {path.name}")
        return Recording(path, "fan", machine_id, label, split, corpus)

    return write


def two_machines(clip) -> list[Recording]:
    """id_00 is told perfectly, id_02 by chance; its scores are on a lower scale."""
    return [
        clip("id_00", "normal", 0.4, 0.9),
        clip("id_00", "normal", 0.6, guess="id_02"),
        clip("id_00", "anomaly", 0.8),
        clip("id_00", "anomaly", 0.9),
        clip("id_02", "normal", 0.1),
        clip("id_02", "normal", 0.3),
        clip("id_02", "anomaly", 0.2),
        clip("id_02", "anomaly", 0.2),
    ]


def test_figures_by_hand(detector, clip):
    evaluation = evaluate(detector, two_machines(clip))
    given, guessed = evaluation.summaries
    assert [(f.machine, f.normal, f.anomalous) for f in given.machines] == [
        ("fan id_00", 2, 2),
        ("fan id_02", 2, 2),
    ]
    assert [f.auc.value for f in given.machines] == [1.0, 0.5]
    assert given.machines[0].pauc.value == 1.0
    assert given.overall.auc.value == 0.75
    assert given.overall.auc.low <= 0.75 <= given.overall.auc.high
    assert (given.best_machine, given.lowest_auc, given.highest_auc) == ("fan id_00", 0.5, 1.0)
    # By hand: 0.8 and 0.9 beat all four normals, each 0.2 beats only the 0.1.
    assert given.pooled_auc == (4 + 4 + 1 + 1) / 16
    assert given.overall.false_alarm_rate == 1 / 4
    assert given.overall.detection_rate == 2 / 4
    assert given.machines[1].detection_rate == 0
    # Guessed: a normal clip of id_00 scores 0.9, above 0.8 and equal to 0.9.
    assert guessed.machines[0].auc.value == (1 + 1 + 0 + 0.5) / 4
    assert guessed.id_accuracy == 3 / 4
    assert given.id_accuracy is None


def test_learnt_clips_are_marked_and_change_no_figure(detector, clip):
    recordings = two_machines(clip)
    before = evaluate(detector, recordings)
    learnt = [clip("id_00", "normal", 5.0), clip("id_02", "normal", -5.0)]
    detector.learnt = {recording_hash(r.path) for r in learnt}
    after = evaluate(detector, [*recordings, *learnt])
    assert after.summaries == before.summaries
    assert [c.learnt for c in after.clips] == [False] * 8 + [True] * 2
    assert "learnt from: 2; left out of all figures" in after.as_table()


def test_calibration_clips_stay_in_auc_and_leave_the_rates_at_the_threshold(detector, clip):
    recordings = two_machines(clip)
    free = evaluate(detector, recordings).summaries[0]
    detector.calibrated = {recording_hash(recordings[1].path)}  # the false alarm
    evaluation = evaluate(detector, recordings)
    bound = evaluation.summaries[0]
    assert bound.overall.auc == free.overall.auc
    assert bound.overall.normal == 4
    assert bound.overall.threshold_normal == 3
    assert (free.overall.false_alarm_rate, bound.overall.false_alarm_rate) == (0.25, 0.0)
    assert bound.overall.detection_rate == free.overall.detection_rate
    assert "Clips behind the thresholds: 1" in evaluation.as_table()


def test_all_normal_clips_behind_the_threshold(detector, clip):
    recordings = two_machines(clip)
    detector.calibrated = {recording_hash(r.path) for r in recordings if r.label == "normal"}
    evaluation = evaluate(detector, recordings)
    assert evaluation.summaries[0].overall.false_alarm_rate is None
    assert "n/a" in evaluation.as_table()


def test_a_bad_file_is_listed_and_the_others_go_on(detector, clip):
    recordings = two_machines(clip)
    before = evaluate(detector, recordings)
    bad = clip("id_00", "anomaly", 0.0)
    bad.path.unlink()
    after = evaluate(detector, [bad, *recordings])
    assert after.summaries == before.summaries
    assert after.clips[0].error == f"{bad.path} does not exist."
    assert f"{bad.path} does not exist." in after.as_table()


def test_unknown_machines_and_other_types_are_left_out(detector, clip, tmp_path):
    recordings = two_machines(clip)
    pump = Recording(tmp_path / "gone.wav", "pump", "id_00", "normal", "test", "plant")
    evaluation = evaluate(detector, [*recordings, pump, clip("id_08", "normal", 0.1)])
    assert len(evaluation.clips) == len(recordings)
    assert evaluation.unknown == {"fan id_08": 1}
    assert "fan id_08 is unknown to the detector: 1 clips left out." in evaluation.as_table()


def test_corpora_are_told_apart(detector, clip):
    recordings = [
        clip("id_00", "normal", 0.1),
        clip("id_00", "anomaly", 0.2),
        clip("id_00", "normal", 0.9, corpus="simulated"),
        clip("id_00", "anomaly", 0.8, corpus="simulated"),
    ]
    summaries = evaluate(detector, recordings).summaries
    assert [(s.corpus, s.machine_id_given, s.overall.auc.value) for s in summaries] == [
        ("plant", True, 1.0),
        ("plant", False, 1.0),
        ("simulated", True, 0.0),
        ("simulated", False, 0.0),
    ]


def test_without_anomalies_there_is_no_auc(detector, clip):
    evaluation = evaluate(detector, [clip("id_00", "normal", 0.1), clip("id_02", "normal", 0.9)])
    given = evaluation.summaries[0]
    assert given.overall.auc is None
    assert given.pooled_auc is None
    assert given.machines_in_mean == 0
    assert given.overall.false_alarm_rate == 0.5
    assert "n/a" in evaluation.as_table()


def test_a_machine_without_anomalies_is_not_in_the_mean(detector, clip):
    recordings = [*two_machines(clip)[:4], clip("id_02", "normal", 0.9)]
    given = evaluate(detector, recordings).summaries[0]
    assert given.overall.auc.value == 1.0
    assert given.machines_in_mean == 1


@pytest.mark.parametrize(("split", "count"), [(None, 2), ("dev", 1), ("test", 1), ("train", 1)])
def test_splits(detector, clip, split, count):
    recordings = [clip("id_00", "normal", 0.1, split=name) for name in ("train", "test", "dev")]
    clips = evaluate(detector, recordings, split=split).clips
    assert len(clips) == count
    assert split is None or clips[0].recording.split == split


def test_nothing_to_evaluate(detector, clip):
    with pytest.raises(CorpusError, match="'dev'; the splits there are: test"):
        evaluate(detector, [clip("id_00", "normal", 0.1)], split="dev")
    with pytest.raises(CorpusError, match="none at all"):
        evaluate(detector, [])


def test_when_nothing_is_left_to_count(detector, clip):
    evaluation = evaluate(detector, [clip("id_08", "normal", 0.1)])
    assert evaluation.summaries == []
    assert "No figures" in evaluation.as_table()
    assert "fan id_08" in evaluation.as_table()


def test_progress(detector, clip):
    seen = []
    recordings = two_machines(clip)
    evaluate(detector, recordings, on_clip=lambda c, done, of: seen.append((c.recording, done, of)))
    assert seen == [(r, i, 8) for i, r in enumerate(recordings, start=1)]


def test_as_dict_survives_json(detector, clip):
    recordings = [*two_machines(clip), clip("id_00", "normal", 0.1)]
    recordings[-1].path.unlink()
    given = evaluate(detector, recordings).as_dict()
    assert json.loads(json.dumps(given, allow_nan=False)) == given
    assert given["summaries"][0]["machines"][0]["auc"]["value"] == 1.0
    assert given["clips"][1]["guessed_id"] == "id_02"
    assert given["clips"][-1]["score_id_given"] is None


def test_evaluations_add_up(detector, clip):
    recordings = two_machines(clip)
    whole = evaluate(detector, recordings)
    a, b = evaluate(detector, recordings[:4]), evaluate(detector, recordings[4:])
    assert Evaluation(a.clips + b.clips, a.unknown + b.unknown).summaries == whole.summaries


def test_table_columns_are_aligned(detector, clip):
    lines = evaluate(detector, two_machines(clip)).as_table().splitlines()
    assert lines[0] == "plant, machine id given"
    assert len({len(line) for line in lines[1:6]}) == 1
    assert lines[2].split()[:4] == ["fan", "id_00", "2", "2"]
    assert "plant, machine id guessed (weaker)" in lines


def test_youdens_threshold_is_reported_on_recordings_it_was_not_fitted_to(detector, clip):
    recordings = two_machines(clip)
    assert evaluate(detector, recordings).summaries[0].overall.youden_detection_rate is None
    detector.youden = 0.85
    detector.calibrated = {recording_hash(recordings[2].path)}  # the anomaly it would miss
    evaluation = evaluate(detector, recordings)
    first = evaluation.summaries[0].machines[0]
    assert (first.youden_anomalous, first.youden_detection_rate) == (1, 1.0)
    assert (first.anomalous, first.detection_rate) == (2, 1.0)
    assert "Youden's J" in evaluation.as_table()
