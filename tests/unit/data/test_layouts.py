"""What the names of folders and files say of recordings."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePath

import pytest

from mimimi.data.index import Recording, index
from mimimi.data.layouts import machine_within
from mimimi.errors import CorpusError


def listed(root: Path, *paths: str) -> list[Recording]:
    """Empty files will do: an index looks at names, not at sound."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return index([root])


@pytest.mark.parametrize(
    ("path", "domain", "split", "label", "attributes"),
    [
        ("train/section_00_source_train_normal_0000_vel_6", "source", "train", "normal", "vel_6"),
        ("train/section_00_target_train_normal_0990_A_1-B_2.5", "target", "train", "normal",
         "A_1-B_2.5"),
        ("test/section_00_source_test_anomaly_0001_f-n_A", "source", "test", "anomaly", "f-n_A"),
        ("source_test/section_00_source_test_normal_0001", "source", "test", "normal", ""),
        ("target_test/section_00_target_test_anomaly_0001", "target", "test", "anomaly", ""),
    ],
)  # fmt: skip
def test_dcase_since_2021(tmp_path, path, domain, split, label, attributes):
    [found] = listed(tmp_path, f"raw/ToyCar/{path}.wav")
    assert found.machine == "ToyCar section_00"
    assert (found.domain, found.split, found.label) == (domain, split, label)
    assert found.attributes == attributes


def test_clips_without_a_label_are_left_out_and_counted(tmp_path):
    told: list[str] = []
    listed(
        tmp_path,
        "fan/train/section_00_source_train_normal_0000.wav",
        "fan/test/section_00_0000.wav",  # an evaluation set keeps its labels to itself
    )
    assert len(index([tmp_path], log=told.append)) == 1
    assert any("left out: 1" in line and "section_00_0000.wav" in line for line in told)


@pytest.mark.parametrize("folder", ["abnormal", "anomaly", "anomalous", "Anomalies", "ABNORMAL"])
def test_every_word_for_an_anomaly(tmp_path, folder):
    found = listed(tmp_path, f"fan/id_00/{folder}/1.wav", "fan/id_00/Normal/0.wav")
    assert {r.path.parent.name: r.label for r in found} == {folder: "anomaly", "Normal": "normal"}


@pytest.mark.parametrize(
    ("path", "label", "split"),
    [
        ("pump/Hall B, north/normal/1.wav", "normal", "train"),
        ("pump/Hall B, north/2024-05-01/normal/1.wav", "normal", "train"),
        ("pump/Hall B, north/anomaly/20240501/1.wav", "anomaly", "test"),
        ("pump/Hall B, north/anomaly/bearing/1.wav", "anomaly", "test"),
        ("pump/Hall B, north/01.05.2024/1.wav", "normal", "train"),
        ("pump/Hall B, north/2024-05-01 14-00/1.wav", "normal", "train"),
        ("pump/test/Hall B, north/normal/1.wav", "normal", "test"),
        ("pump/Hall B, north/Test/normal/1.wav", "normal", "test"),
        ("pump/2024-05-01/Hall B, north/normal/1.wav", "normal", "train"),
    ],
)
def test_machines_of_any_name_by_label_split_and_day(tmp_path, path, label, split):
    [found] = listed(tmp_path, path)
    assert found.machine == "pump Hall B, north"
    assert (found.label, found.split) == (label, split)


def test_recordings_taken_as_normal_are_counted(tmp_path):
    told: list[str] = []
    listed(tmp_path, "pump/north/2024-05-01/1.wav", "pump/north/2024-05-02/1.wav")
    index([tmp_path], log=told.append)
    assert any("without a label, taken as normal: 2" in line for line in told)


def test_days_are_held_out_with_their_machine(tmp_path):
    found = listed(
        tmp_path,
        *(f"pump/north/2024-05-0{day}/normal/{k}.wav" for day in (1, 2) for k in range(3)),
        "pump/north/2024-05-02/abnormal/7.wav",
    )
    held_out = [r for r in found if (r.split, r.label) == ("test", "normal")]
    assert [r.path.parent.parent.name for r in held_out] == ["2024-05-01"]


@pytest.mark.parametrize("path", ["voice memo.wav", "pump/north/1.wav", "2024-05-01/north/1.wav"])
def test_what_fits_no_layout_is_not_guessed_at(tmp_path, path):
    with pytest.raises(CorpusError, match="fit no layout: 1"):
        listed(tmp_path, path)


def test_a_label_outside_what_was_given_says_nothing(tmp_path):
    with pytest.raises(CorpusError, match="fit no layout"):
        listed(tmp_path / "pump" / "north" / "abnormal" / "backup", "a/b/1.wav")


def test_a_name_is_one_however_a_system_composes_it(tmp_path):
    name = "Lüfter"
    folders = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    found = listed(tmp_path, *(f"fan/{folder}/normal/{len(folder)}.wav" for folder in folders))
    assert {r.machine_id for r in found} == {name}


def test_a_folder_that_can_name_no_machine_is_refused_before_anything_is_done(tmp_path):
    with pytest.raises(CorpusError, match=r"'Pump \[3\]' cannot be the name .* 'Pump -3-'"):
        listed(tmp_path, "pump/Pump [3]/normal/1.wav")


@pytest.mark.parametrize(
    ("path", "machine"),
    [
        ("north/a.wav", "north"),
        ("hall/north/a.wav", "north"),
        ("fan/id_00/normal/0.wav", "id_00"),
        ("-6_dB_fan/fan/id_00/normal/0.wav", "id_00"),
        ("fan/train/normal_id_02_00000000.wav", "id_02"),
        ("fan/train/section_01_source_train_normal_0000.wav", "section_01"),
        ("north/2024-05-01/a.wav", "north"),
        ("2024-05-01/north/a.wav", "north"),
        ("a.wav", ""),
        ("normal/a.wav", ""),
    ],
)
def test_the_machine_that_a_path_in_an_archive_means(path, machine):
    assert machine_within(PurePath(path))[0] == machine
