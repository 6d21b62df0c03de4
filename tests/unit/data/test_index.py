from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mimimi.data.index import Recording, index
from mimimi.errors import CorpusError

REAL = Path(__file__).resolve().parents[4] / "shared" / "real"
HEADER = "path,machine_type,machine_id,label,split"


def touch(root: Path, *paths: str) -> None:
    """Empty files will do: an index looks at names, not at sound."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def mimii(root: Path, folder: str, normal: int, anomalous: int, suffix: str = "wav") -> None:
    touch(root, *(f"{folder}/normal/{i:08}.{suffix}" for i in range(normal)))
    touch(root, *(f"{folder}/abnormal/{i:08}.{suffix}" for i in range(anomalous)))


def table(root: Path, *rows: str, header: str = HEADER) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "index.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return root


def names(recordings: list[Recording], split: str, label: str) -> list[str]:
    return [r.path.name for r in recordings if (r.split, r.label) == (split, label)]


@pytest.fixture
def log() -> list[str]:
    return []


class TestMimii:
    def test_the_first_normal_clips_are_held_out_one_for_each_anomaly(self, tmp_path, log):
        mimii(tmp_path, "6_dB_fan/fan/id_00", normal=5, anomalous=2)
        recordings = index([tmp_path], log=log.append)
        assert names(recordings, "test", "normal") == ["00000000.wav", "00000001.wav"]
        assert len(names(recordings, "test", "anomaly")) == 2
        assert names(recordings, "train", "normal") == [f"0000000{i}.wav" for i in (2, 3, 4)]
        assert {(r.machine_type, r.machine_id, r.corpus) for r in recordings} == {
            ("fan", "id_00", "MIMII")  # no other corpus names its folders by noise level
        }
        assert any("3 clips train, 4 test" in line for line in log)

    @pytest.mark.parametrize("anomalous", [3, 4, 50])
    def test_one_normal_clip_stays_in_train(self, tmp_path, log, anomalous):
        mimii(tmp_path, "fan/id_00", normal=3, anomalous=anomalous)
        recordings = index([tmp_path], log=log.append)
        assert names(recordings, "train", "normal") == ["00000002.wav"]
        assert len(names(recordings, "test", "anomaly")) == anomalous
        assert any("only 3 normal" in line for line in log)

    def test_without_anomalies_all_is_for_training(self, tmp_path):
        mimii(tmp_path, "fan/id_00", normal=3, anomalous=0)
        assert {r.split for r in index([tmp_path])} == {"train"}

    @pytest.mark.parametrize("root", [".", "6_dB_fan", "6_dB_fan/fan", "6_dB_fan/fan/id_00"])
    def test_a_root_may_be_any_folder_on_the_way(self, tmp_path, root, monkeypatch):
        mimii(tmp_path, "6_dB_fan/fan/id_00", normal=3, anomalous=1)
        here = [(r.machine_type, r.machine_id, r.split) for r in index([tmp_path / root])]
        monkeypatch.chdir(tmp_path / root)
        assert [(r.machine_type, r.machine_id, r.split) for r in index(["."])] == here
        assert here.count(("fan", "id_00", "train")) == 2

    @pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3", "WAV"])
    def test_suffixes(self, tmp_path, suffix):
        mimii(tmp_path, "fan/id_00", normal=1, anomalous=0, suffix=suffix)
        assert len(index([tmp_path])) == 1

    def test_noise_levels_of_one_id_are_one_machine_held_out_alike(self, tmp_path, log):
        for level in ("-6", "6"):
            mimii(tmp_path, f"{level}_dB_fan/fan/id_02", normal=4, anomalous=1)
        recordings = index([tmp_path], log=log.append)
        assert names(recordings, "test", "normal") == ["00000000.wav"] * 2
        assert {r.machine_id for r in recordings} == {"id_02"}
        assert any("noise levels (-6 dB, 6 dB)" in line for line in log)


def test_dcase_layout_keeps_its_splits(tmp_path):
    touch(
        tmp_path,
        "pump/train/normal_id_00_00000000.wav",
        "pump/test/normal_id_00_00000000.wav",
        "pump/test/anomaly_id_02_00000007.wav",
    )
    for root in (tmp_path, tmp_path / "pump"):
        assert [(r.machine_type, r.machine_id, r.label, r.split) for r in index([root])] == [
            ("pump", "id_00", "normal", "test"),
            ("pump", "id_00", "normal", "train"),
            ("pump", "id_02", "anomaly", "test"),
        ]


class TestTable:
    def test_wins_over_the_folders_below_it_and_only_there(self, tmp_path, log):
        mimii(tmp_path, "a/fan/id_00", normal=3, anomalous=2)
        table(tmp_path / "a", "fan/id_00/normal/00000001.wav,pump,id_09,normal,dev")
        mimii(tmp_path, "b/fan/id_00", normal=1, anomalous=0)
        assert [
            (r.machine_type, r.machine_id, r.split) for r in index([tmp_path], log=log.append)
        ] == [
            ("fan", "id_00", "train"),
            ("pump", "id_09", "dev"),
        ]

    def test_extra_columns(self, tmp_path):
        touch(tmp_path, "x.wav", "y.wav")
        table(
            tmp_path,
            "x.wav,fan,id_50,anomaly,test,clogging,plant,-6",
            "y.wav,fan,id_50,normal,test,,,-6",
            header=HEADER + ",fault,corpus,snr_db",
        )
        assert [(r.fault, r.corpus) for r in index([tmp_path])] == [
            ("clogging", "plant"),
            ("", tmp_path.name),
        ]

    def test_simulated_recordings_are_known_as_such(self, tmp_path):
        touch(tmp_path, "x.wav")
        table(
            tmp_path,
            "x.wav,fan,id_50,normal,test,1",
            header=HEADER + ",simulator_version",
        )
        assert [r.corpus for r in index([tmp_path])] == ["simulated"]

    def test_byte_order_mark_and_line_ends_of_a_spreadsheet(self, tmp_path):
        touch(tmp_path, "x.wav")
        text = f"\ufeff{HEADER}\r\nx.wav,fan,id_00,normal,train\r\n"
        (tmp_path / "index.csv").write_bytes(text.encode())
        assert len(index([tmp_path])) == 1

    @pytest.mark.parametrize(
        ("row", "complaint"),
        [
            ("x.wav,fan,id_00,broken,dev", "line 3.*'broken'"),
            ("gone.wav,fan,id_00,normal,dev", "line 3.*gone.wav does not exist"),
            ("x.wav,fan,,normal,dev", "line 3.*machine_id"),
            ("x.wav,fan", "line 3.*machine_id, label, split"),
            ("../other/x.wav,fan,id_00,normal,dev", "line 3.*outside"),
            ("sub/../../other/x.wav,fan,id_00,normal,dev", "line 3.*outside"),
            ("{tmp}/other/x.wav,fan,id_00,normal,dev", "line 3.*outside"),
        ],
    )
    def test_a_bad_line_is_named(self, tmp_path, row, complaint):
        touch(tmp_path, "data/x.wav", "other/x.wav")
        root = table(
            tmp_path / "data", "x.wav,fan,id_00,normal,dev", row.replace("{tmp}", str(tmp_path))
        )
        with pytest.raises(CorpusError, match=f"index.csv, {complaint}"):
            index([root])

    @pytest.mark.parametrize("header", ["", "path;machine_type", HEADER.replace(",label", "")])
    def test_a_missing_column_is_named(self, tmp_path, header):
        with pytest.raises(CorpusError, match=r"line 1: missing column.*label"):
            index([table(tmp_path, header=header)])

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00p", b'path,"' + b"x" * 200_000])
    def test_what_is_no_table_is_refused(self, tmp_path, content):
        (tmp_path / "index.csv").write_bytes(content)
        with pytest.raises(CorpusError, match="not a table"):
            index([tmp_path])

    def test_only_the_type_that_is_asked_for_must_be_there(self, tmp_path):
        touch(tmp_path, "x.wav")
        table(tmp_path, "x.wav,fan,id_00,normal,dev", "gone.wav,pump,id_00,normal,dev")
        assert len(index([tmp_path], "fan")) == 1


class TestSeveralRoots:
    def test_the_same_id_in_two_corpora_is_one_machine_and_said(self, tmp_path, log):
        for root in ("plant", "lab"):
            mimii(tmp_path, f"{root}/fan/id_00", normal=2, anomalous=1)
        recordings = index([tmp_path / "plant", tmp_path / "lab"], log=log.append)
        assert {r.corpus for r in recordings} == {"plant", "lab"}
        assert "fan id_00 is in several corpora (lab, plant) and taken for one machine." in log

    def test_roots_of_the_same_name_stay_apart(self, tmp_path):
        roots = [tmp_path / "a" / "data", tmp_path / "b" / "data"]
        for root in roots:
            mimii(root, "fan/id_00", normal=1, anomalous=0)
        assert {r.corpus for r in index(roots)} == {str(root) for root in roots}

    def test_a_recording_counts_once(self, tmp_path, log):
        mimii(tmp_path, "fan/id_00", normal=3, anomalous=1)
        recordings = index([tmp_path, tmp_path / "fan"], log=log.append)
        assert len(recordings) == 4
        assert "4 recordings were given twice and count once." in log


def test_the_order_does_not_depend_on_the_disk(tmp_path, monkeypatch):
    for machine in ("fan/id_02", "pump/id_00", "fan/id_00"):
        mimii(tmp_path, machine, normal=3, anomalous=1)
    expected = index([tmp_path])
    walk = os.walk

    def backwards(top, **options):
        for folder, subfolders, files in walk(top, **options):
            subfolders.reverse()
            yield folder, subfolders, files[::-1]

    monkeypatch.setattr(os, "walk", backwards)
    assert index([tmp_path]) == expected


def test_links_that_lead_round_in_circles(tmp_path):
    mimii(tmp_path, "fan/id_00", normal=1, anomalous=0)
    (tmp_path / "fan" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(index([tmp_path])) == 1


def test_strangers_are_left_out_and_said(tmp_path, log):
    touch(tmp_path, "fan/id_00/normal/0.wav", "fan/id_00/normal/._0.wav", "voice memo.wav")
    assert len(index([tmp_path], log=log.append)) == 1
    assert any("left out: 1 (" in line and "voice memo.wav" in line for line in log)


def test_nothing_found(tmp_path):
    with pytest.raises(CorpusError, match="is not a folder"):
        index([tmp_path / "gone"])
    with pytest.raises(CorpusError, match="No recordings found"):
        index([tmp_path])
    mimii(tmp_path, "fan/id_00", normal=1, anomalous=0)
    with pytest.raises(CorpusError, match=r"type 'valve'; there are: fan\."):
        index([tmp_path], "valve")


@pytest.mark.skipif(not REAL.is_dir(), reason="no real recordings in ../shared/real")
class TestRealRecordings:
    def test_with_their_table(self, log):
        recordings = index([REAL], log=log.append)
        assert len(recordings) == 192
        assert {r.machine_type for r in recordings} == {"fan", "pump", "slider", "valve", "car"}
        fans = index([REAL], "fan", log=log.append)
        assert len(names(fans, "train", "normal")) == 24
        assert len(names(fans, "dev", "normal")) == 8
        assert len(names(fans, "dev", "anomaly")) == 12
        assert log == []

    def test_the_same_tree_without_it(self, tmp_path, log):
        shutil.copytree(REAL / "mimii", tmp_path / "mimii", copy_function=os.symlink)
        recordings = index([tmp_path / "mimii"], log=log.append)
        labels = {r.path.resolve(): r.label for r in index([REAL]) if r.machine_type != "car"}
        assert {r.path.resolve(): r.label for r in recordings} == labels
        assert len(names(recordings, "test", "normal")) == 16 * 3
        assert len(names(recordings, "train", "normal")) == 16 * 5
        assert len(log) == 4
