"""A damaged record hits nobody else, and is shown as damaged."""

from __future__ import annotations

import json

import pytest

from mimimi import jobs
from mimimi.cli import main
from mimimi.errors import UserError
from mimimi.runs import Run

GOOD = {
    "format": 1,
    "state": "stopped",
    "since": "2026-01-01T00:00:00+00:00",
    "arguments": ["train", "/data", "--type", "fan"],
    "asked": {"data": ["/data"], "machine_type": "fan", "recipe": {"name": "ensemble"}},
    "cwd": "/",
}
DAMAGED = {
    "cut": json.dumps(GOOD)[:40],
    "no table": "[1, 2]",
    "no text": "\udcff",
    "state": json.dumps(GOOD | {"state": "glowing"}),
    "state of another kind": json.dumps(GOOD | {"state": {"a": 1}}),
    "since": json.dumps(GOOD | {"since": "yesterday"}),
    "since of another kind": json.dumps(GOOD | {"since": 7}),
    "arguments": json.dumps(GOOD | {"arguments": "train"}),
    "no arguments": json.dumps(GOOD | {"arguments": []}),
    "words": json.dumps(GOOD | {"arguments": ["train", 7]}),
    "asked": json.dumps(GOOD | {"asked": "fans"}),
    "data": json.dumps(GOOD | {"asked": {"data": 7}}),
    "error": json.dumps(GOOD | {"error": ["a"]}),
    "process": json.dumps(GOOD | {"process": "me"}),
    "deep": "[" * 100_000,
}


@pytest.fixture
def whole(own_home):
    folder = own_home / "runs" / "whole"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(GOOD))
    return folder


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_one_damaged_record_is_shown_as_such_among_the_others(content, whole, capsys):
    folder = whole.with_name("hurt")
    folder.mkdir()
    (folder / "run.json").write_bytes(content.encode(errors="surrogateescape"))
    assert main(["jobs", "list"]) == 0
    hurt, other = sorted(capsys.readouterr().out.splitlines())
    assert hurt.startswith("hurt")
    assert "damaged" in hurt
    assert other.startswith("whole  train     stopped since 2026-01-01")
    with pytest.raises(UserError, match="not empty"):
        Run(folder).require_empty()
    jobs.delete("hurt")
    assert [job.name for job in jobs.listed()] == ["whole"]


@pytest.mark.parametrize(
    "line",
    [{"epoch": "x", "epochs": 3}, {"done": [], "total": 3}, {"seconds_left": "soon"}, [1], "a"],
    ids=str,
)
def test_damaged_metrics_are_passed_over(line, whole):
    (whole / "metrics.jsonl").write_text(json.dumps({"done": 1, "total": 4}) + "\n")
    with (whole / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    assert jobs.find("whole").share == 0.25
