"""Verdicts are printed as they come; who stops half-way has those there are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from mimimi.batch import score
from mimimi.cli import main
from mimimi.detector.verdict import Verdict, as_csv, as_json

MADE = [Verdict("a\nb.wav", "fan", score=1.0), Verdict("c.wav", "fan", error="c.wav is empty.")]
FORMS = pytest.mark.parametrize("form", [[], ["--csv"], ["--json"]], ids=str)


@dataclass
class Judging:
    """In place of what judges: what was printed by the time that each next one is asked for."""

    capsys: pytest.CaptureFixture[str]
    stopped: bool = False
    printed: list[str] = field(default_factory=list)

    def __call__(self, *_: object) -> Iterator[Verdict]:
        for verdict in MADE:
            yield verdict
            self.printed.append(self.capsys.readouterr().out)
        if self.stopped:
            raise KeyboardInterrupt


@pytest.fixture
def judging(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Judging:
    found = Judging(capsys)
    monkeypatch.setattr(score, "verdicts", found)
    return found


def scored(*form: str) -> int:
    return main(["score", "fan", "a.wav", "c.wav", *form])


@FORMS
def test_each_is_printed_before_the_next_is_judged(judging: Judging, form: list[str]) -> None:
    assert scored(*form) == 2
    first, second = judging.printed
    assert "a\\nb.wav" in first or "a\nb.wav" in first
    assert "c.wav" not in first
    assert "c.wav" in second


@pytest.mark.parametrize("stopped", [False, True])
def test_json_and_csv_are_whole_however_it_ends(judging: Judging, stopped: bool, capsys) -> None:
    judging.stopped = stopped
    code = 130 if stopped else 2
    assert scored("--json") == code
    assert "".join(judging.printed) + capsys.readouterr().out == as_json(MADE) + "\n"
    judging.printed.clear()
    assert scored("--csv") == code
    assert "".join(judging.printed) + capsys.readouterr().out == as_csv(MADE)
    rows = list(csv.DictReader(io.StringIO(as_csv(MADE))))
    assert [row["file"] for row in rows] == [verdict.file for verdict in MADE]


def test_stopped_before_the_first_verdict_nothing_is_printed(monkeypatch, capsys) -> None:
    def stopped(*_: object) -> Iterator[Verdict]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(score, "verdicts", stopped)
    assert scored("--json") == 130
    assert capsys.readouterr() == ("", "mimimi: stopped\n")


def test_on_a_terminal_how_far_it_is_stands_there_while_results_go_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(score, "verdicts", lambda *_: iter(MADE))
    scored("--json")
    printed = capsys.readouterr()
    assert printed.out == as_json(MADE) + "\n"
    shown = [line for line in printed.err.split("\r\x1b[K") if line]
    assert shown == ["1 of 2 files, about 0 s left", "mimimi: c.wav is empty.\n"]
