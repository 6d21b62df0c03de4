"""One rule for what counts as a recording, whoever is given a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mimimi.data.find import SUFFIXES, find, no_recordings
from mimimi.errors import AudioError


def touch(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return root


def names(root: Path) -> list[str]:
    return [os.path.relpath(file, root) for file in find([root]).files]


def test_the_order_is_that_in_which_people_count(tmp_path: Path) -> None:
    touch(tmp_path, *(f"day {d}/Recording {k}.wav" for d in (9, 10) for k in (10, 2, 1)))
    assert names(tmp_path) == [f"day {d}/Recording {k}.wav" for d in (9, 10) for k in (1, 2, 10)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_ending_counts_in_any_capitals(tmp_path: Path, suffix: str) -> None:
    assert len(names(touch(tmp_path, f"a{suffix}", f"b{suffix.upper()}", "c.txt", suffix))) == 2


@pytest.mark.parametrize(
    "path",
    [
        "._001.wav",
        ".Trash-1000/files/thrown away.wav",
        ".hidden/deep/er/a.wav",
        "__MACOSX/fan/._a.wav",
        "@eaDir/a.wav/SYNO.wav",
        "day 1/@eaDir/a.wav",
        "#recycle/a.wav",
        "$RECYCLE.BIN/S-1-5/$R.wav",
        "System Volume Information/a.wav",
    ],
)
def test_what_systems_keep_for_themselves_is_left_out_and_counted(
    tmp_path: Path, path: str
) -> None:
    found = find([touch(tmp_path, "a.wav", path)])
    assert found.files == [str(tmp_path / "a.wav")]
    assert found.hidden == [str(tmp_path / path)]
    assert "1 hidden or thrown away" in found.left_out


def test_whoever_names_a_hidden_folder_means_it(tmp_path: Path) -> None:
    assert names(touch(tmp_path / ".recordings", "a.wav")) == ["a.wav"]


def test_other_files_are_counted_in_a_line(tmp_path: Path) -> None:
    found = find([touch(tmp_path, "a.wav", *(f"{k}.txt" for k in range(5)))])
    assert found.left_out.startswith("left out: 5 of another kind (")
    assert found.left_out.endswith("…)")
    assert "\n" not in found.left_out


def test_nothing_left_out_is_nothing_to_say(tmp_path: Path) -> None:
    assert find([touch(tmp_path, "a.wav")]).left_out == ""


def test_links_are_followed_and_no_circles(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere", "b.wav")
    touch(tmp_path / "data", "a.wav")
    (tmp_path / "data" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "data" / "round").symlink_to(tmp_path / "data", target_is_directory=True)
    assert names(tmp_path / "data") == ["a.wav", "link/b.wav"]


def test_a_link_to_what_is_hidden_is_no_longer_hidden(tmp_path: Path) -> None:
    touch(tmp_path, ".store/a.wav")
    (tmp_path / "shown").symlink_to(tmp_path / ".store", target_is_directory=True)
    assert names(tmp_path) == ["shown/a.wav"]


def test_a_folder_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a.wav", "locked/b.wav")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = find([tmp_path])
    assert found.files == [str(tmp_path / "a.wav")]
    assert "1 not to be read" in found.left_out


def test_a_folder_without_recordings_stands_for_itself_and_says_what_was_looked_for(
    tmp_path: Path,
) -> None:
    found = find([touch(tmp_path / "notes", "a.txt"), "gone.wav"])
    assert found.files == [str(tmp_path / "notes"), "gone.wav"]
    assert found.empty == [str(tmp_path / "notes")]
    sentence = str(no_recordings(found.empty[0], found.left_out))
    assert "holds no recordings (left out: 1 of another kind" in sentence
    assert "WAV, FLAC, OGG" in sentence
    assert not isinstance(no_recordings("a"), AudioError)
