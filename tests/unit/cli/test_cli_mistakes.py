"""What nobody expected: one sentence, exit code 2, and a reference that the log knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mimimi import unexpected
from mimimi.cli import main

pytestmark = pytest.mark.planted


def planted(*_: object, **__: object) -> None:
    raise ZeroDivisionError("a planted mistake")


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (["score", "fan", "a.wav"], "mimimi.batch.score.Judge.load"),
        (["watch", "fan", "a.wav"], "mimimi.data.find.find"),
        (["evaluate", "fan", "."], "mimimi.evaluation.several.load"),
        (["learn", "x", "a.wav"], "mimimi.data.find.find"),
        (["jobs", "list"], "mimimi.jobs.listed"),
        (["train", ".", "--out", "RUN"], "mimimi.data.index.index"),
    ],
)
def test_every_verb_says_one_sentence(command, place, monkeypatch, capsys, own_home: Path):
    monkeypatch.setattr(place, planted)
    command = [str(own_home / "run") if word == "RUN" else word for word in command]
    assert main(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    reference = re.search(r"reference (\w+) in (.+)\.$", line)
    assert Path(reference[2]) == own_home / "errors.log"
    entries = unexpected.log().read_text().split("  reference ")
    (entry,) = [entry for entry in entries if reference[1] in entry]  # once, also of a job
    assert "ZeroDivisionError: a planted mistake" in entry
    assert "Traceback" in entry


def test_where_the_log_cannot_be_written_the_traceback_is_printed(
    monkeypatch, capsys, tmp_path: Path
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "file"))  # no folder can be made in it
    monkeypatch.setattr("mimimi.batch.score.Judge.load", planted)
    assert main(["score", "fan", "a.wav"]) == 2
    said = capsys.readouterr().err
    assert "ZeroDivisionError: a planted mistake" in said
    assert said.count(re.search(r"reference (\w+)", said)[1]) == 2


def test_a_log_does_not_grow_for_ever(monkeypatch, own_home: Path):
    monkeypatch.setattr(unexpected, "_LARGEST", 20_000)
    references = [unexpected.note(ValueError("x" * 1_000)) for _ in range(100)]
    assert sum(path.stat().st_size for path in own_home.iterdir()) < 45_000
    assert references[-1] in unexpected.log().read_text()
