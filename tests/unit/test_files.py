from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import platformdirs
import pytest

from mimimi import unexpected
from mimimi.errors import NoHomeError
from mimimi.files import home, made_once, replace_file
from mimimi.networks import session


def fill(folder: Path) -> None:
    folder.mkdir()
    (folder / "a").write_text("whole")


def test_it_is_made_once(tmp_path):
    made = made_once(tmp_path / "kept" / "fan", fill)
    assert made_once(made, lambda folder: pytest.fail("made again")) == made
    assert [path.name for path in made.parent.iterdir()] == ["fan"]


def test_what_is_broken_off_leaves_nothing(tmp_path):
    def broken(folder: Path) -> None:
        fill(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_once(tmp_path / "kept" / "fan", broken)
    assert not list((tmp_path / "kept").iterdir())


def test_of_two_that_make_it_at_once_the_first_is_kept(tmp_path):
    def overtaken(folder: Path) -> None:
        made_once(tmp_path / "fan", fill)
        folder.mkdir()
        (folder / "a").write_text("later")

    assert (made_once(tmp_path / "fan", overtaken) / "a").read_text() == "whole"


def test_threads_that_write_one_file_at_once_each_write_it_whole(tmp_path):
    path, contents = tmp_path / "state", [bytes([65 + k]) * 50_000 for k in range(8)]

    def write(content: bytes) -> bytes:
        replace_file(path, content)
        return path.read_bytes()

    with ThreadPoolExecutor(8) as threads:
        for seen in threads.map(write, contents * 5):
            assert seen in contents
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.planted
@pytest.mark.parametrize("raises", [True, False])
def test_a_user_without_a_home_is_told_and_judges_all_the_same(monkeypatch, capsys, raises) -> None:
    """As in a container that runs as a number; versions of platformdirs say it in two ways."""

    def nowhere(_: str) -> Path:
        if raises:
            raise RuntimeError("could not determine the home directory")
        return Path("~/.local/share/mimimi")

    monkeypatch.delenv("MIMIMI_HOME", raising=False)
    monkeypatch.setattr(platformdirs, "user_data_path", nowhere)
    with pytest.raises(NoHomeError, match="MIMIMI_HOME"):
        home()
    monkeypatch.setattr(session, "graph_of", lambda *_: b"a graph")
    assert session.kept_graph({}, *[None] * 2) == b"a graph"
    said = unexpected.sentence(unexpected.note(ZeroDivisionError("by zero")))
    assert "above" in said
    assert "by zero" in capsys.readouterr().err
