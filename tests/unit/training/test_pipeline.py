"""A run: what serves for what, that it learns, stops, goes on to the same weights, and explains."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from variants import weights as network_weights

from mimimi.audio import read
from mimimi.config import MemberRecipe, NetworkConfig, Precision, Recipe, TrainingConfig
from mimimi.data.index import Recording
from mimimi.data.other_machines import spectra
from mimimi.detector.detector import Detector
from mimimi.errors import UserError
from mimimi.explain.nearest import nearest
from mimimi.features.fingerprint import fingerprint, is_among
from mimimi.recipes import changed
from mimimi.training.pipeline import make_detectors
from mimimi.training.split import split_data, train_validation_split

pytestmark = pytest.mark.slow  # processes, or bundled detectors


def small(epochs: int) -> Recipe:
    training = TrainingConfig(epochs=epochs, batch_size=8, learning_rate=5e-3)
    return Recipe(
        "small", (MemberRecipe("paper", network=NetworkConfig(width=0.1), training=training),)
    )


SMALL = small(epochs=3)


def silent(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def hums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two machines that hum at 500 and 2000 Hz in noise; anomalies hum at the other's pitch."""
    root = tmp_path_factory.mktemp("hums")
    rng = np.random.default_rng(0)
    time = np.arange(160_000) / 16_000
    for machine_id, pitch, other in (("id_00", 500, 2000), ("id_02", 2000, 500)):
        for split, label, count in (
            ("train", "normal", 6),
            ("test", "normal", 3),
            ("test", "anomaly", 3),
        ):
            for k in range(count):
                hz = (pitch if label == "normal" else other) * rng.uniform(0.99, 1.01)
                clip = 0.1 * np.sin(2 * np.pi * hz * time) + 0.05 * rng.standard_normal(len(time))
                path = root / "fan" / split / f"{label}_{machine_id}_{k:08d}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, clip, 16_000)
    return root


@pytest.fixture(scope="module")
def run(hums: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "fan"
    make_detectors([hums], ["fan"], small(8), out, device="cpu", say=silent)
    return out


def test_memories_judge_beside_networks_that_have_learnt_little(hums: Path, tmp_path: Path) -> None:
    make_detectors([hums], ["fan"], replace(small(1), memories=True), tmp_path / "fan", say=silent)
    detector = Detector.from_pretrained(tmp_path / "fan")
    assert detector.ensemble.memories is not None
    assert detector.ensemble.memories.config.segments == (6, 6)
    evaluation = json.loads((tmp_path / "fan" / "evaluation.json").read_text())
    assert evaluation["summaries"][0]["overall"]["auc"]["value"] == 1.0


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_it_learns_in_either_precision_and_names_the_faster_one_where_it_is_not_used(
    precision: Precision, hums: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimimi.training.pipeline.gains_by_bfloat16", lambda device: True)
    said: list[str] = []
    asked = changed(small(3), precision=precision)
    make_detectors([hums], ["fan"], asked, tmp_path / "fan", device="cpu", say=said.append)
    told = (tmp_path / "fan" / "metrics.jsonl").read_text().splitlines()
    losses = [line["loss_total"] for line in map(json.loads, told) if "loss_total" in line]
    assert losses[-1] < losses[0]
    assert any("--precision bfloat16" in line for line in said) == (precision == "float32")


def test_it_learns_what_can_be_learned(run: Path) -> None:
    evaluation = json.loads((run / "evaluation.json").read_text())
    given = evaluation["summaries"][0]
    assert given["machine_id_given"]
    assert given["overall"]["auc"]["value"] == 1.0


def test_the_run_explains_itself(run: Path) -> None:
    asked = json.loads((run / "run.json").read_text())
    assert asked["state"] == "finished"
    assert asked["asked"]["recipe"]["name"] == "small"
    epochs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    losses = [line["loss_total"] for line in epochs if "loss_total" in line]
    assert len(losses) == 8
    assert losses[-1] < losses[0]
    log = (run / "train.log").read_text()
    for said in ("in the validation set", "none of them for training", "threshold", "AUC"):
        assert said in log
    card = (run / "README.md").read_text()
    assert "| fan id_00 | 3 | 3 | 1.00" in card


def test_the_run_is_a_detector_that_marks_what_it_was_made_from(run: Path, hums: Path) -> None:
    detector = Detector.from_pretrained(run)

    def known(pattern: str, fingerprints: frozenset[str]) -> list[bool]:
        files = (hums / "fan").glob(pattern)
        return [is_among(fingerprint(read(file).samples), fingerprints) for file in files]

    config = detector.config
    assert all(known("train/*.wav", config.trained_on))
    assert not any(known("test/*.wav", config.trained_on))
    assert all(known("test/normal*.wav", config.calibrated_on))
    # Youden's threshold is fitted on some anomalies, and others are left to report it.
    anomalies = known("test/anomaly*.wav", config.calibrated_on)
    assert 0 < sum(anomalies) < len(anomalies)
    assert detector.calibration.threshold("given", "id_00").recordings == 6


def test_the_run_keeps_normal_recordings_to_compare_with(run: Path, hums: Path) -> None:
    detector = Detector.from_pretrained(run)
    kept = [reference.name for reference in detector.references.entries]
    assert sorted(kept) == sorted(path.name for path in (hums / "fan/train").glob("*.wav"))
    clip = read(next((hums / "fan/train").glob("*id_02*.wav")))
    measured = replace(detector.measure(clip), fingerprint="0" * 32)  # as if it were another
    assert nearest(detector, measured, "id_02").reference.name == Path(clip.name).name


def weights(run: Path) -> Mapping[str, np.ndarray]:
    return network_weights(Detector.from_pretrained(run))


def test_a_stopped_run_goes_on_to_the_same_weights(hums: Path, tmp_path: Path) -> None:
    make_detectors([hums], ["fan"], SMALL, tmp_path / "whole", device="cpu", say=silent)

    def stop_in_second_epoch(
        name: str, report: object, epoch: int, epochs: int, left: float
    ) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    stopped = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        make_detectors(
            [hums], ["fan"], SMALL, stopped, device="cpu", say=silent, on_batch=stop_in_second_epoch
        )
    assert json.loads((stopped / "run.json").read_text())["state"] == "stopped"
    make_detectors([hums], ["fan"], SMALL, stopped, device="cpu", say=silent, resume=True)

    expected, found = weights(tmp_path / "whole"), weights(stopped)
    assert all(np.array_equal(expected[name], found[name]) for name in expected)
    lines = (stopped / "metrics.jsonl").read_text().splitlines()
    epochs = [line["epoch"] for line in map(json.loads, lines) if "loss_total" in line]
    assert epochs == [1, 2, 3]


def test_another_run_is_not_written_over(hums: Path, run: Path) -> None:
    with pytest.raises(UserError, match="not empty"):
        make_detectors([hums], ["fan"], SMALL, run, say=silent)


def test_what_was_asked_cannot_change_on_resuming(hums: Path, run: Path) -> None:
    with pytest.raises(UserError, match="another recipe"):
        make_detectors([hums], ["fan"], SMALL, run, say=silent, resume=True)


def test_there_must_be_something_to_resume(hums: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run to resume"):
        make_detectors([hums], ["fan"], SMALL, tmp_path / "none", say=silent, resume=True)


def recordings(machine_id: str, count: int, label: str = "normal", split: str = "train"):
    return [
        Recording(Path(f"{machine_id}-{label}-{split}-{k}"), "fan", machine_id, label, split, "c")
        for k in range(count)
    ]


def test_no_recording_serves_twice_and_no_anomaly_trains() -> None:
    clips = [
        *recordings("a", 10),
        *recordings("b", 10),
        *recordings("b", 2, "anomaly", "train"),
        *recordings("a", 3, "normal", "test"),
        *recordings("a", 3, "anomaly", "test"),
    ]
    decided = split_data(clips, "fan", silent)
    split = train_validation_split(decided.train, TrainingConfig())
    assert len(split.training) == len(split.validation) * 4 == 16
    assert not set(split.training) & set(split.validation)
    assert {r.label for r in [*decided.train, *decided.normal]} == {"normal"}
    assert {r.split for r in decided.anomalous} == {"test"}


def test_the_validation_set_has_recordings_of_every_machine_that_can_spare_them() -> None:
    split = train_validation_split([*recordings("a", 10), *recordings("b", 3)], TrainingConfig())
    assert {r.machine_id for r in split.validation} == {"a"}


def test_members_of_other_seeds_validate_on_other_recordings() -> None:
    clips = recordings("a", 6)
    validated = {
        train_validation_split(clips, TrainingConfig(seed=seed)).validation[0] for seed in range(6)
    }
    assert validated == set(clips)


def test_one_machine_is_nothing_to_tell_apart() -> None:
    with pytest.raises(UserError, match="at least two"):
        split_data(recordings("a", 10), "fan", silent)


def test_a_type_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UserError, match=r"No recordings of type 'fann'; there are: fan\."):
        split_data(recordings("a", 10), "fann", silent)


def test_machines_that_only_help_are_none_of_the_detectors(hums: Path, tmp_path: Path) -> None:
    rows = "path,machine_type,machine_id,label,split,helper\n"
    for path in sorted((hums / "fan").rglob("*.wav")):
        label, machine_id = path.stem.split("_", 1)
        machine_id = machine_id.rsplit("_", 1)[0]
        if label == "normal" or machine_id == "id_00":
            helper = "yes" if machine_id == "id_02" else ""
            rows += (
                f"{path.relative_to(hums)},fan,{machine_id},{label},{path.parent.name},{helper}\n"
            )
    (tmp_path / "fan").symlink_to(hums / "fan")
    (tmp_path / "index.csv").write_text(rows)
    make_detectors([tmp_path], ["fan"], small(1), tmp_path / "run", device="cpu", say=silent)
    detector = Detector.from_pretrained(tmp_path / "run")
    assert detector.ids == ("id_00",)
    [member] = detector.ensemble.configs
    assert member.machines == ("fan id_00", "fan id_02")
    verdict = detector.analyse(hums / "fan" / "test" / "normal_id_00_00000000.wav")
    assert verdict.tentative  # three normal recordings are behind its threshold


def test_a_single_machine_is_told_apart_from_real_ones_and_none_of_them_is_itself(
    hums: Path, tmp_path: Path, monkeypatch
) -> None:
    lent = {name: spectra()[name][:1] for name in ("fan id_00", "fan id_02", "valve id_04")}
    monkeypatch.setattr("mimimi.data.other_machines.spectra", lambda: lent)
    data, said = tmp_path / "data", []
    for path in sorted((hums / "fan").rglob("*_id_00_*.wav")):
        target = data / path.relative_to(hums)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path)
    make_detectors([data], ["fan"], small(1), tmp_path / "run", device="cpu", say=said.append)
    detector = Detector.from_pretrained(tmp_path / "run")
    assert detector.ids == ("id_00",)
    [member] = detector.ensemble.configs
    assert member.machines == ("fan MIMII fan id_02", "fan MIMII valve id_04", "fan id_00")
    assert any("2 machines of MIMII" in line and "CC BY-SA 4.0" in line for line in said)
    assert not list((tmp_path / "run").rglob("*.flac"))
    card = " ".join((tmp_path / "run" / "README.md").read_text().split())
    assert "2 recordings of noise with the mean spectra of normal clips of [MIMII]" in card
    assert "and then only under CC BY-SA 4.0" in card


def test_without_held_out_normals_the_threshold_says_so(hums: Path, tmp_path: Path) -> None:
    only_train = tmp_path / "data" / "fan"
    only_train.mkdir(parents=True)
    (only_train / "train").symlink_to(hums / "fan" / "train")
    said: list[str] = []
    make_detectors(
        [tmp_path / "data"], ["fan"], small(1), tmp_path / "run", device="cpu", say=said.append
    )
    assert any("promise too much" in line for line in said)


def test_an_unknown_device_is_refused(hums: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no device"):
        make_detectors([hums], ["fan"], SMALL, tmp_path / "run", device="abacus", say=silent)
