from __future__ import annotations

import hashlib
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save
from variants import member, weights, with_config

from mimimi.detector import checkpoint
from mimimi.detector.detector import Detector
from mimimi.errors import DetectorError
from mimimi.files import replace_file


@pytest.fixture
def folder(small_detector, tmp_path) -> Path:
    told = with_config(
        small_detector,
        trained_on=frozenset({"b" * 32, "a" * 32}),
        calibrated_on=frozenset({"c" * 32}),
        about={"licence": "mit"},
    )
    told.save_pretrained(tmp_path / "fan")
    return tmp_path / "fan"


def refusal(folder: Path) -> str:
    """The one sentence with which a detector is refused."""
    with pytest.raises(DetectorError) as caught:
        Detector.from_pretrained(folder)
    sentence = str(caught.value)
    assert str(folder) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def change_config(folder: Path, **fields) -> None:
    path = folder / checkpoint.CONFIG
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def change_weights(folder: Path, content: bytes) -> None:
    """Other weights whose digest is right: what an attacker could make."""
    (folder / checkpoint.WEIGHTS).write_bytes(content)
    change_config(folder, weights_sha256=hashlib.sha256(content).hexdigest())


def test_a_loaded_detector_is_the_saved_one_bit_for_bit(small_detector, folder):
    loaded = Detector.from_pretrained(folder)
    before, after = weights(small_detector), weights(loaded)
    assert set(before) == set(after)
    assert all(np.array_equal(before[key], after[key]) for key in before)
    assert not member(loaded).network.training
    for name in ("machine_type", "ids", "calibration"):
        assert getattr(loaded, name) == getattr(small_detector, name), name
    assert loaded.ensemble.configs == small_detector.ensemble.configs
    assert loaded.config.trained_on == {"b" * 32, "a" * 32}
    assert loaded.config.calibrated_on == {"c" * 32}
    assert loaded.config.about == {"licence": "mit"}
    assert loaded.origin == f"folder {folder}"


def test_a_loaded_detector_scores_alike_and_saves_alike(small_detector, folder, hum, tmp_path):
    loaded = Detector.from_pretrained(folder)
    clip = (hum(), 16_000)
    assert loaded.analyse(clip, "id_02") == small_detector.analyse(clip, "id_02")
    loaded.save_pretrained(tmp_path / "again")
    for file in (checkpoint.CONFIG, checkpoint.WEIGHTS, checkpoint.CARD):
        assert (tmp_path / "again" / file).read_bytes() == (folder / file).read_bytes()


def test_the_folder_holds_its_three_files_and_no_pickle(folder):
    assert sorted(os.listdir(folder)) == sorted(
        (checkpoint.CONFIG, checkpoint.WEIGHTS, checkpoint.CARD)
    )
    assert json.loads((folder / checkpoint.CONFIG).read_text())["format"] == checkpoint.FORMAT


@pytest.mark.parametrize("where", [0.0, 0.1, 0.5, 0.999])
def test_a_flipped_bit_in_the_weights_is_noticed(folder, where):
    content = bytearray((folder / checkpoint.WEIGHTS).read_bytes())
    content[int(where * len(content))] ^= 1
    (folder / checkpoint.WEIGHTS).write_bytes(content)
    assert "damaged or belongs to another config.json" in refusal(folder)


@pytest.mark.parametrize("file", [checkpoint.CONFIG, checkpoint.WEIGHTS])
def test_a_missing_file_is_noticed(folder, file):
    (folder / file).unlink()
    assert f"there is no {file}" in refusal(folder)


@pytest.mark.parametrize("file", [checkpoint.CONFIG, checkpoint.WEIGHTS])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_noticed(folder, file, share):
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[: int(share * len(content))])
    assert "damaged" in refusal(folder)


def test_a_detector_without_its_card_is_one(folder):
    (folder / checkpoint.CARD).unlink()
    assert Detector.from_pretrained(folder).machine_type == "fan"


def test_a_later_format_asks_for_an_update(folder):
    change_config(folder, format=checkpoint.FORMAT + 1)
    assert "later version of MIMIMI; update" in refusal(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "1"}', '{"format": true}', "[" * 99_999]
)
def test_what_is_no_configuration_is_refused(folder, text):
    (folder / checkpoint.CONFIG).write_text(text)
    assert checkpoint.CONFIG in refusal(folder)


def test_files_of_absurd_size_are_not_read(folder, monkeypatch):
    monkeypatch.setitem(checkpoint.LARGEST, checkpoint.WEIGHTS, 1_000)
    assert "too large" in refusal(folder)
    monkeypatch.setitem(checkpoint.LARGEST, checkpoint.CONFIG, 1_000)
    assert "too large to be a detector's configuration" in refusal(folder)


@pytest.mark.parametrize("key", ["machine_type", "ids", "members", "calibration", "thresholds"])
@pytest.mark.parametrize("value", [None, 7, "no name/", [], {}, [None], [["nested"]], {"id_00": 1}])
def test_a_field_of_another_type_is_refused(folder, key, value):
    change_config(folder, **{key: value})
    assert "is damaged" in refusal(folder)


@pytest.mark.parametrize(
    "key", ["machine_type", "ids", "members", "calibration", "thresholds", "about", "trained_on"]
)
def test_a_missing_field_is_refused(folder, key):
    config = json.loads((folder / checkpoint.CONFIG).read_text())
    del config[key]
    (folder / checkpoint.CONFIG).write_text(json.dumps(config))
    assert repr(key) in refusal(folder)


@pytest.mark.parametrize(
    "name", ["../fan", "/etc", "a/b", "a\\b", "..", ".hidden", "", "id\n00", "x" * 65, "<b>"]
)
def test_a_name_that_could_be_a_path_or_markup_is_refused(folder, name):
    change_config(folder, machine_type=name)
    refusal(folder)
    change_config(folder, machine_type="fan", ids=["id_00", name])
    refusal(folder)


def test_the_same_id_twice_is_refused(folder):
    change_config(folder, ids=["id_00", "id_00"])
    refusal(folder)


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("front_end", "n_fft", "1024"),
        ("front_end", "n_fft", 1024.5),
        ("front_end", "n_fft", 1 << 40),
        ("front_end", "hop_length", 0),
        ("front_end", "hop_length", 512.0),
        ("front_end", "window_frames", 4_000),
        ("front_end", "window_frames", None),
        ("front_end", "sample_rate", 48_000),
        ("front_end", "segment_seconds", float("nan")),
        ("front_end", "segment_seconds", 1e12),
        ("front_end", "unheard_of", 1),
        ("arguments", "width", 1e9),
        ("arguments", "width", -1.0),
        ("arguments", "width", "wide"),
        ("arguments", "first_stride", 0),
        ("arguments", "first_stride", 2.0),
        ("arguments", "first_stride", True),
        ("arguments", "first_stride", 6),  # frames between two kernels would go unheard
        ("front_end", "window_frames", 16),  # nothing of a window would be left
        ("arguments", "norm", "batch"),
        ("arguments", "attention", ["softmax"]),
    ],
)
def test_a_front_end_or_network_that_no_training_writes_is_refused(folder, part, field, value):
    config = json.loads((folder / checkpoint.CONFIG).read_text())
    config["members"][0][part][field] = value
    (folder / checkpoint.CONFIG).write_text(json.dumps(config))
    assert "is damaged" in refusal(folder)


def test_windows_too_short_for_a_longer_stride_are_refused(folder):
    config = json.loads((folder / checkpoint.CONFIG).read_text())
    config["members"][0]["front_end"]["window_frames"] = 32
    config["members"][0]["arguments"]["first_stride"] = 4
    (folder / checkpoint.CONFIG).write_text(json.dumps(config))
    assert "is damaged" in refusal(folder)


@pytest.mark.parametrize(("field", "value"), [("network", "OtherNetwork"), ("kind", "oracle")])
def test_a_network_of_another_kind_is_refused(folder, field, value):
    config = json.loads((folder / checkpoint.CONFIG).read_text())
    config["members"][0][field] = value
    (folder / checkpoint.CONFIG).write_text(json.dumps(config))
    assert "does not know" in refusal(folder)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan"])
def test_a_threshold_that_is_no_number_is_refused(folder, value):
    thresholds = json.loads((folder / checkpoint.CONFIG).read_text())["thresholds"]
    change_config(folder, thresholds=[{**entry, "value": value} for entry in thresholds])
    assert "is damaged" in refusal(folder)


def test_a_machine_that_no_threshold_judges_is_refused(folder):
    thresholds = json.loads((folder / checkpoint.CONFIG).read_text())["thresholds"]
    change_config(folder, thresholds=[e for e in thresholds if "id_02" not in e["judges"]])
    assert "none for id_02" in refusal(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t, name: t.pop(name), "does not hold the arrays"),
        (lambda t, name: t.update(extra=torch.zeros(1)), "does not hold the arrays"),
        (lambda t, name: t.update({name: torch.zeros(2, 5, 1, 1)}), "does not hold the arrays"),
        (lambda t, name: t.update({name: t[name].double()}), "does not hold the arrays"),
        (lambda t, name: t.update({name: t[name].long()}), "does not hold the arrays"),
        (lambda t, name: t[name].fill_(float("nan")), "no numbers"),
        (lambda t, name: t[name].fill_(float("inf")), "no numbers"),
    ],
    ids=["missing", "extra", "shape", "double", "integer", "NaN", "infinite"],
)
def test_other_tensors_than_described_are_refused(folder, change, message):
    tensors = load_file(folder / checkpoint.WEIGHTS)
    change(tensors, "member.paper.total_head.weight")
    change_weights(folder, save(tensors))
    assert message in refusal(folder)


class Trap:
    """Unpickling this writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_is_neither_read_nor_run(folder, tmp_path):
    change_weights(folder, pickle.dumps(Trap(tmp_path / "sprung")))
    assert "cannot be read as safetensors" in refusal(folder)
    assert not (tmp_path / "sprung").exists()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "config.json"
    replace_file(path, b"old")

    def fail(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["config.json"]


def test_whoever_reads_while_a_file_is_replaced_reads_the_old_one_whole(tmp_path):
    path = tmp_path / "config.json"
    replace_file(path, b"old" * 1_000)
    with path.open("rb", buffering=0) as reader:
        begun = reader.read(10)
        replace_file(path, b"new")
        assert begun + reader.read() == b"old" * 1_000
    assert path.read_bytes() == b"new"


def test_what_cannot_be_saved_leaves_the_saved_detector_whole(small_detector, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    member(small_detector).weights["total_head.weight"][:] += 1
    broken = with_config(small_detector, about={"licence": "mit", "figure": float("nan")})
    with pytest.raises(ValueError, match="JSON compliant"):
        broken.save_pretrained(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
