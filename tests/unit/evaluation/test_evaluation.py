from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from mimimi.audio import Waveform, read
from mimimi.data.index import Recording, index
from mimimi.detector.verdict import Verdict
from mimimi.errors import CorpusError
from mimimi.evaluation import evaluate
from mimimi.evaluation.decisions import Confusion
from mimimi.features.fingerprint import fingerprint

THRESHOLD = 0.5


def known(path: Path) -> str:
    return fingerprint(read(path).samples)


class FakeDetector:
    """Says of a file what it was told to: score with id, score without, inferred id."""

    machine_type = "fan"

    def __init__(self) -> None:
        self.says: dict[str, tuple[float, float, str]] = {}
        self.measured: list[str] = []
        self.youden: float | None = None
        self.ids = ["id_00", "id_02"]
        self.config = SimpleNamespace(trained_on=set(), calibrated_on=set())

    def channel(self) -> int:
        return 0

    def measure(self, waveform: Waveform, /) -> SimpleNamespace:
        self.measured.append(waveform.name)
        return SimpleNamespace(name=waveform.name, fingerprint=fingerprint(waveform.samples))

    def judge(self, measured: SimpleNamespace, /, machine_id: str | None = None) -> Verdict:
        given, inferred, most_similar = self.says[measured.name]
        score = given if machine_id else inferred
        return Verdict(
            file=measured.name,
            machine_type="fan",
            machine_id=machine_id or most_similar,
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
def clip(tmp_path, detector):
    """A sound file, unlike every other, of which the detector will say what is told here."""
    number = iter(range(1, 1000))

    def write(
        machine_id, label, given, inferred=None, most_similar=None, split="test", corpus="plant"
    ):
        nth = next(number)
        path = tmp_path / f"{nth}.wav"
        soundfile.write(path, 0.1 * np.random.default_rng(nth).standard_normal(3_200), 16_000)
        detector.says[str(path)] = (
            given,
            given if inferred is None else inferred,
            most_similar or machine_id,
        )
        return Recording(path, "fan", machine_id, label, split, corpus)

    return write


def two_machines(clip) -> list[Recording]:
    """id_00 is told perfectly, id_02 by chance; its scores are on a lower scale."""
    return [
        clip("id_00", "normal", 0.4, 0.9),
        clip("id_00", "normal", 0.6, most_similar="id_02"),
        clip("id_00", "anomaly", 0.8),
        clip("id_00", "anomaly", 0.9),
        clip("id_02", "normal", 0.1),
        clip("id_02", "normal", 0.3),
        clip("id_02", "anomaly", 0.2),
        clip("id_02", "anomaly", 0.2),
    ]


def test_each_clip_is_measured_once(detector, clip):
    recordings = two_machines(clip)
    evaluate(detector, recordings)
    assert detector.measured == [str(recording.path) for recording in recordings]


def test_every_clip_that_was_not_trained_on_counts_whatever_its_split(detector, clip, tmp_path):
    """Three normal clips of a machine and one faulty one, as a folder without splits holds them."""
    for label, count in (("normal", 3), ("abnormal", 1)):
        for _ in range(count):
            path = clip("id_00", "normal", 0.4).path
            place = tmp_path / "mine" / "fan" / "id_00" / label
            place.mkdir(parents=True, exist_ok=True)
            moved = path.rename(place / path.name)
            detector.says[str(moved)] = detector.says.pop(str(path))
    found = evaluate(detector, index([tmp_path / "mine"], splits=False))
    [machine] = found.summaries[0].machines
    assert (machine.normal, machine.anomalous) == (3, 1)


def test_few_clips_have_no_interval(detector, clip):
    table = evaluate(detector, two_machines(clip)).as_table()
    line = next(line for line in table.splitlines() if line.startswith("fan id_00"))
    assert line.split() == ["fan", "id_00", "2", "2", "1.000", "1.000"]
    assert "none where there are fewer than 5" in " ".join(table.split())


def test_trained_on_clips_are_marked_and_change_no_figure(detector, clip):
    recordings = two_machines(clip)
    before = evaluate(detector, recordings)
    trained_on = [clip("id_00", "normal", 5.0), clip("id_02", "normal", -5.0)]
    detector.config.trained_on = {known(r.path) for r in trained_on}
    after = evaluate(detector, [*recordings, *trained_on])
    assert after.summaries == before.summaries
    assert [c.trained_on for c in after.clips] == [False] * 8 + [True] * 2
    assert "was trained on: 2; left out of all figures" in after.as_table()


def test_calibration_clips_stay_in_auc_and_leave_the_rates_at_the_threshold(detector, clip):
    recordings = two_machines(clip)
    free = evaluate(detector, recordings).summaries[0]
    detector.config.calibrated_on = {known(recordings[1].path)}  # the false alarm
    evaluation = evaluate(detector, recordings)
    bound = evaluation.summaries[0]
    assert bound.overall.auc == free.overall.auc
    assert bound.overall.normal == 4
    assert bound.overall.at_threshold.confusion == Confusion(3, 0, 2, 2)
    assert free.overall.at_threshold.confusion == Confusion(3, 1, 2, 2)
    assert bound.overall.at_threshold.recall == free.overall.at_threshold.recall
    assert "Clips behind the thresholds: 1" in evaluation.as_table()


def test_all_normal_clips_behind_the_threshold(detector, clip):
    recordings = two_machines(clip)
    detector.config.calibrated_on = {known(r.path) for r in recordings if r.label == "normal"}
    evaluation = evaluate(detector, recordings)
    found = evaluation.summaries[0].overall.at_threshold
    assert (found.false_alarm_rate, found.precision, found.f1) == (None, None, None)
    assert found.recall.value == 2 / 4
    assert "Where no other normal clips are left" in evaluation.as_table()


def test_a_bad_file_is_listed_and_the_others_go_on(detector, clip):
    recordings = two_machines(clip)
    before = evaluate(detector, recordings)
    bad = clip("id_00", "anomaly", 0.0)
    bad.path.unlink()
    after = evaluate(detector, [bad, *recordings])
    assert after.summaries == before.summaries
    assert str(bad.path) in after.clips[0].error
    assert after.clips[0].error in after.as_table()
    assert after.as_dict()["failed_clips"] == 1


def test_unknown_machines_and_other_types_are_left_out(detector, clip, tmp_path):
    recordings = two_machines(clip)
    pump = Recording(tmp_path / "gone.wav", "pump", "id_00", "normal", "test", "plant")
    evaluation = evaluate(detector, [*recordings, pump, clip("id_08", "normal", 0.1)])
    assert len(evaluation.clips) == len(recordings)
    assert evaluation.unknown == {"fan id_08": 1}
    assert "fan id_08 is unknown to the detector: 1 clips left out." in evaluation.as_table()


@pytest.mark.parametrize(("split", "count"), [(None, 3), ("dev", 1), ("test", 1), ("train", 1)])
def test_splits(detector, clip, split, count):
    recordings = [clip("id_00", "normal", 0.1, split=name) for name in ("train", "test", "dev")]
    clips = evaluate(detector, recordings, split=split).clips
    assert len(clips) == count
    assert split is None or clips[0].recording.split == split


def test_nothing_to_evaluate(detector, clip):
    with pytest.raises(CorpusError, match="'dev'; the splits there are: test"):
        evaluate(detector, [clip("id_00", "normal", 0.1)], split="dev")
    with pytest.raises(CorpusError, match="No fan recordings to evaluate"):
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
    assert given["clips"][1]["inferred_id"] == "id_02"
    assert given["clips"][-1]["score_id_given"] is None


def test_youdens_threshold_is_reported_on_recordings_it_was_not_fitted_to(detector, clip):
    recordings = two_machines(clip)
    assert evaluate(detector, recordings).summaries[0].overall.at_youden is None
    detector.youden = 0.85
    detector.config.calibrated_on = {known(recordings[2].path)}  # the anomaly it would miss
    evaluation = evaluate(detector, recordings)
    first = evaluation.summaries[0].machines[0]
    assert first.at_youden.confusion == Confusion(2, 0, 0, 1)
    assert first.at_threshold.confusion == Confusion(1, 1, 0, 2)
    assert "fan, Youden's J" in evaluation.as_table()
