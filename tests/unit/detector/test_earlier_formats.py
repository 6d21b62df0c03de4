"""A detector of format 2, saved before there were fingerprints, judges as it did then."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save

from mimimi import Detector, audio
from mimimi.detector.checkpoint import FORMAT
from mimimi.errors import DetectorError
from mimimi.evaluation.judging import is_known
from mimimi.explain.explanation import explain
from mimimi.explain.nearest import nearest

DATA = Path(__file__).resolve().parents[2] / "data"
FOLDER = DATA / "format_2"


@pytest.fixture(scope="module")
def told() -> dict:
    """What the version that saved it said of a hum."""
    return json.loads((DATA / "format_2_expected.json").read_text())


@pytest.fixture(scope="module")
def clip(hum, told) -> audio.Waveform:
    samples = np.round(hum(hertz=told["hertz"], seed=told["seed"]) * 32_767) / 32_768
    return audio.from_array(samples, 16_000)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.from_pretrained(FOLDER)


def test_it_judges_as_it_did(detector, clip, told):
    measured = detector.measure(clip)
    verdict, inferred = detector.judge(measured, "id_00"), detector.judge(measured)
    assert verdict.score == pytest.approx(told["score"], abs=1e-3)
    assert verdict.threshold == told["threshold"]
    assert (verdict.is_anomalous, verdict.recognised) == (told["is_anomalous"], told["recognised"])
    assert inferred.machine_id == told["inferred_id"]
    assert inferred.score == pytest.approx(told["inferred_score"], abs=1e-3)
    assert inferred.threshold == told["inferred_threshold"]
    assert verdict.probabilities == pytest.approx(told["probabilities"], abs=1e-4)


def test_it_compares_and_explains_as_it_did(detector, clip, told):
    found = nearest(detector, detector.measure(clip), "id_00")
    assert found.reference.name == told["nearest"]
    assert found.distance == pytest.approx(told["nearest_distance"], rel=1e-3)
    share = explain(detector, clip, "id_00").magnitude_share
    assert share == pytest.approx(told["magnitude_share"], abs=1e-3)


def test_it_still_knows_the_files_it_was_trained_on(detector, tmp_path):
    known = sorted(detector.config.trained_on)
    assert len(known) == 6
    file = tmp_path / "other.wav"
    file.write_bytes(b"another file")
    assert not is_known(detector.config.trained_on, "0" * 32, file)
    with_it = {*known, audio.recording_hash(file)}
    assert is_known(with_it, "0" * 32, file)


def test_it_is_saved_anew_in_todays_format(detector, clip, tmp_path):
    detector.save_pretrained(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["format"] == FORMAT
    again = Detector.from_pretrained(tmp_path)
    assert again.analyse((clip.samples, 16_000), "id_02") == detector.analyse(
        (clip.samples, 16_000), "id_02"
    )


def test_one_that_says_nothing_of_strides_has_those_of_the_paper(small_detector, clip, tmp_path):
    small_detector.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    for member in config["members"]:
        assert member["arguments"].pop("first_stride") == 2
    (tmp_path / "config.json").write_text(json.dumps(config | {"format": 5}))
    sound = (clip.samples, 16_000)
    old = Detector.from_pretrained(tmp_path)
    assert old.analyse(sound, "id_02") == small_detector.analyse(sound, "id_02")


def test_one_that_is_older_still_has_no_usual_lines(tmp_path):
    tensors = load_file(FOLDER / "model.safetensors")
    weights = save({name: t for name, t in tensors.items() if not name.startswith("usual_lines")})
    config = json.loads((FOLDER / "config.json").read_text())
    config |= {"holds_lines": False, "weights_sha256": hashlib.sha256(weights).hexdigest()}
    (tmp_path / "model.safetensors").write_bytes(weights)
    (tmp_path / "config.json").write_text(json.dumps(config))
    old = Detector.from_pretrained(tmp_path)
    noise = np.random.default_rng(0).standard_normal(160_000).astype(np.float32)
    assert np.abs(old.baseline.lines.excess(noise, 0)).max() == 0


@pytest.mark.parametrize("field", ["learnt", "members", "thresholds", "calibration"])
def test_a_malformed_one_is_refused_in_a_sentence(tmp_path, field):
    for name in ("model.safetensors", "config.json"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    for value in (None, 3, [3], {"a": 1}):
        (tmp_path / "config.json").write_text(json.dumps(config | {field: value}))
        with pytest.raises(DetectorError):
            Detector.from_pretrained(tmp_path)
