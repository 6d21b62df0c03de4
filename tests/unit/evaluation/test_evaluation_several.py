from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from variants import with_config, with_members

from mimimi.data.index import Recording
from mimimi.detector.detector import Detector
from mimimi.errors import CorpusError, DetectorError
from mimimi.evaluation import evaluate, several
from mimimi.evaluation.several import Trial, evaluate_all, load


@pytest.fixture
def detectors(small_detector: Detector, tmp_path: Path) -> Path:
    """A folder as `train` without --type leaves it."""
    for machine_type in ("fan", "pump"):
        (member,) = small_detector.ensemble.members
        machines = tuple(f"{machine_type} {machine_id}" for machine_id in small_detector.ids)
        of_type = with_members(
            with_config(small_detector, machine_type=machine_type),
            replace(member, config=replace(member.config, machines=machines)),
        )
        of_type.save_pretrained(tmp_path / "runs" / machine_type)
    (tmp_path / "runs" / "notes").mkdir()
    return tmp_path / "runs"


def types(name: object) -> list[str]:
    return [detector.machine_type for detector in load(str(name))]


def test_one_detector(detectors: Path) -> None:
    assert types(detectors / "fan") == ["fan"]


def test_a_folder_of_detectors(detectors: Path) -> None:
    assert types(detectors) == ["fan", "pump"]


def test_a_list_of_detectors(detectors: Path) -> None:
    assert types(f"{detectors}/pump,{detectors}/fan") == ["pump", "fan"]


def test_a_folder_with_a_comma_in_its_name(detectors: Path) -> None:
    odd = detectors.parent / "fan,pump"
    detectors.rename(odd)
    assert types(odd) == ["fan", "pump"]
    assert types(odd / "fan") == ["fan"]


def test_all_are_the_bundled_ones(
    detectors: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = {name: detectors / name for name in ("fan", "pump")}
    for module in (several, __import__("mimimi.detector.locate", fromlist=["bundled"])):
        monkeypatch.setattr(module, "bundled", lambda: shipped)
    monkeypatch.chdir(tmp_path)
    assert types("all") == types("pump,fan")[::-1] == ["fan", "pump"]
    monkeypatch.setattr(several, "bundled", dict)
    with pytest.raises(DetectorError, match="bundled"):
        load("all")


@pytest.mark.parametrize("name", ["no-such", "no-such,neither", ",", "./no/such"])
def test_what_is_not_there(name: str) -> None:
    with pytest.raises(DetectorError, match="no detector"):
        load(name)


def test_two_of_one_type_are_refused(detectors: Path) -> None:
    with pytest.raises(DetectorError, match="both judge fan; evaluate them one at a time"):
        load(f"{detectors},{detectors / 'fan'}")


def recording(tmp_path: Path, hum, machine_type: str, label: str) -> Recording:
    path = tmp_path / f"{machine_type} {label}.wav"
    soundfile.write(path, hum(hertz=440 if label == "normal" else 500), 16_000)
    return Recording(path, machine_type, "id_00", label, "test", "plant")


def test_one_evaluation_over_types(detectors: Path, tmp_path: Path, hum) -> None:
    recordings = [
        recording(tmp_path, hum, kind, label)
        for kind in ("fan", "pump")
        for label in ("normal", "anomaly")
    ]
    seen: list[str] = []
    whole = evaluate_all(load(str(detectors)), recordings, log=seen.append, on_clip=seen.append)
    assert [figures.machine_type for figures in whole.summaries[0].types] == ["fan", "pump"]
    assert seen == [f"{kind}: {n} of 2 recordings" for kind in ("fan", "pump") for n in (1, 2)]


def test_a_type_without_recordings_is_said(detectors: Path, tmp_path: Path, hum) -> None:
    said: list[str] = []
    only = [recording(tmp_path, hum, "pump", "normal")]
    whole = evaluate_all(load(str(detectors)), only, log=said.append, on_clip=lambda line: None)
    assert len(whole.clips) == 1
    assert len(said) == 1
    assert "No fan recordings" in said[0]
    with pytest.raises(CorpusError, match="No fan recordings"):
        evaluate_all(load(str(detectors)), [], log=said.append, on_clip=said.append)


def test_a_trial_that_is_left_goes_on_where_it_was(detectors: Path, tmp_path: Path, hum) -> None:
    (detector,) = load(str(detectors / "fan"))
    recordings = [recording(tmp_path, hum, "fan", label) for label in ("normal", "anomaly")]
    trial = Trial.begin([detector], recordings)
    assert (trial.total, trial.clips) == (2, [])
    first = trial.step()
    assert (trial.total, trial.evaluation.clips) == (2, [first])
    trial.step()
    assert not trial.waiting
    assert trial.evaluation == evaluate(detector, recordings)
