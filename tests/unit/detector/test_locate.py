from __future__ import annotations

from pathlib import Path

import pytest

from mimimi import files
from mimimi.detector import locate
from mimimi.detector.publishing import hub
from mimimi.errors import DetectorError


@pytest.fixture
def places(tmp_path, monkeypatch) -> Path:
    """An empty home, an empty working folder, one bundled detector; no way to the network."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(locate, "bundled", lambda: {"fan": tmp_path / "bundled" / "fan"})
    monkeypatch.setattr(
        hub, "download", lambda repo, revision: Path("hub", repo, revision or "0123456789")
    )
    return tmp_path


def detector_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").touch()
    return folder


def test_a_folder_comes_first(places):
    detector_in(places / "work" / "fan")
    detector_in(places / "work" / "user" / "repo")
    assert locate.locate("fan") == (Path("fan"), "folder fan")
    assert locate.locate("user/repo") == (Path("user/repo"), "folder user/repo")
    assert locate.locate(places / "work" / "fan")[0] == places / "work" / "fan"


def test_then_the_bundled_ones(places):
    detector_in(places / "home" / "runs" / "fan")
    assert locate.locate("fan") == (places / "bundled" / "fan", "bundled")


def test_a_folder_of_recordings_does_not_hide_a_bundled_detector(places):
    (places / "work" / "fan" / "train").mkdir(parents=True)
    assert locate.locate("fan") == (places / "bundled" / "fan", "bundled")


def test_then_the_runs(places):
    run = detector_in(places / "home" / "runs" / "monday")
    assert locate.locate("monday") == (run, "run monday")


def test_a_folder_of_recordings_does_not_hide_a_machine_that_was_learnt(places):
    run = detector_in(places / "home" / "runs" / "press-3")
    (places / "work" / "press 3").mkdir()
    assert locate.locate("press 3") == (run, "run press-3")
    detector_in(places / "work" / "press 3" / "better")
    assert locate.locate("press 3/better")[0] == Path("press 3/better")


def test_an_empty_folder_is_named_where_no_run_has_a_detector(places):
    (places / "work" / "press").mkdir()
    assert locate.locate("press") == (Path("press"), "folder press")
    (places / "home" / "runs" / "press").mkdir(parents=True)
    assert locate.locate("press") == (Path("press"), "folder press")


def test_then_the_hub(places):
    newest = Path("hub/user/repo/0123456789")
    assert locate.locate("user/repo") == (newest, "Hub user/repo at 0123456")
    assert locate.locate("user/repo", "v1")[0] == Path("hub/user/repo/v1")
    assert locate.locate("user/repo@v1")[0] == Path("hub/user/repo/v1")


@pytest.mark.parametrize(
    "name", ["nobody", "fann", "a/b/c", "user/re po", "https://host/user/repo"]
)
def test_a_name_that_is_nowhere_is_refused_with_what_there_is(places, name):
    with pytest.raises(DetectorError, match=r"There is no detector .*bundled one \(fan\)\.$"):
        locate.locate(name)


def test_one_that_is_misspelt_is_told_with_the_closest_and_all_of_ones_own(places):
    for name in ("compressor-2", "press"):
        detector_in(places / "home" / "runs" / name)
    for asked in ("compresor 2", places / "home" / "runs" / "compresor-2"):
        with pytest.raises(
            DetectorError, match=r"did you mean compressor-2\? .*\(compressor-2, press"
        ):
            locate.locate(asked)
    with pytest.raises(DetectorError, match=r"'turbine': give .*your own \(compressor-2, press\)"):
        locate.locate("turbine")


def test_no_name_leaves_the_folder_of_runs(places):
    detector_in(places / "home" / "elsewhere")
    for name in ("../elsewhere", "..\\elsewhere", "runs/../elsewhere"):
        try:
            folder, _ = locate.locate(name)
        except DetectorError:
            continue
        assert folder.parts[0] == "hub"


def test_bundled_detectors_lie_in_the_clone_or_the_package():
    for name, folder in locate.bundled().items():
        assert folder.name == name
        assert (folder / "config.json").is_file()


def test_a_space_keeps_its_runs_on_its_persistent_storage(tmp_path, monkeypatch):
    monkeypatch.delenv("MIMIMI_HOME", raising=False)
    monkeypatch.setattr(files, "_SPACE_STORAGE", tmp_path)
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert tmp_path not in files.home().parents
    monkeypatch.setenv("SPACE_ID", "some/one")
    assert files.home() == tmp_path / "mimimi"
    monkeypatch.setattr(files, "_SPACE_STORAGE", tmp_path / "not paid for")
    assert tmp_path not in files.home().parents
