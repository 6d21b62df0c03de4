"""A run's record: who works on it, and how it ended, is told by its folder alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mimimi.errors import UserError
from mimimi.runs import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "run")


def work(run: Run, error: BaseException, makes: str = "") -> None:
    with run.working():
        assert run.read()["state"] == "running"
        if makes:
            (run.folder / makes).touch()
        raise error


@pytest.mark.planted
@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (KeyboardInterrupt(), "stopped", None),
        (ZeroDivisionError("by zero"), "failed", "Something went wrong"),
        (OSError(28, "No space left"), "failed", "The disk is full"),
    ],
)
def test_how_it_ended_is_written_down(
    error: BaseException, state: str, said: str | None, run: Run
) -> None:
    with pytest.raises(type(error)):
        work(run, error)
    record = run.read()
    assert record["state"] == state
    assert (said is None and "error" not in record) or record["error"].startswith(said)


def test_nested_work_ends_once_and_with_the_outer_one(run: Run) -> None:
    with run.working():
        with run.working():
            pass
        assert run.read()["state"] == "running"
    assert run.read()["state"] == "finished"


def test_one_that_others_launched_as_this_process_is_not_yet_worked_on(run: Run) -> None:
    run.folder.mkdir()
    with run.working():
        identity = run.read()["process"]
    run.launch(identity)
    with run.working():
        assert "launched" not in run.read()
    assert run.read()["state"] == "finished"


def test_a_mistake_before_anything_was_made_leaves_nothing_behind(run: Run) -> None:
    with pytest.raises(UserError):
        work(run, UserError("no such data"))
    assert not run.folder.exists()
    with pytest.raises(UserError):
        work(run, UserError("too late"), makes="made")
    assert run.read()["error"] == "too late"
    assert sorted(os.listdir(run.folder)) == [".lock", "made", "run.json"]
