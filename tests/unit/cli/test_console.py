"""What a terminal is told of names that strangers chose."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from mimimi.cli import console

RED = "\x1b[31m"


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A home with a run whose error and log hold what terminals obey."""
    run = tmp_path / "runs" / "monday"
    run.mkdir(parents=True)
    record = {"state": "failed", "since": "2026-01-01T00:00:00+00:00", "error": f"bad {RED}name"}
    (run / "run.json").write_text(json.dumps(record | {"arguments": ["train", f"{RED}data"]}))
    (run / "train.log").write_text(f"read {RED}name\nand on\n")
    return tmp_path


def on_a_terminal(home: Path, *command: str) -> str:
    """What is written to a pseudo-terminal by the command line."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mimimi", *command],
        env=os.environ | {"MIMIMI_HOME": str(home)},
        stdout=its,
        stderr=its,
    )
    os.close(its)
    said = b""
    while True:
        try:
            said += (more := os.read(ours, 1 << 16))
        except OSError:  # its end was closed
            break
        if not more:
            break
    os.close(ours)
    process.wait()
    return said.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("list",), ("show", "monday"), ("log", "monday")], ids=lambda words: words[0]
)
def test_a_terminal_does_not_obey_what_a_job_was_told(planted, command):
    said = on_a_terminal(planted, "jobs", *command)
    assert "\\x1b[31m" in said
    assert RED not in said


def test_what_is_said_of_how_things_stand_is_one_line(capsys):
    console.say(f"a\nb{RED}")
    assert capsys.readouterr().err == "a\\nb\\x1b[31m\n"


def test_results_are_as_they_are_in_a_pipe_and_escaped_on_a_terminal(capsys, monkeypatch):
    console.show(f"a\nb{RED}")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    console.show(f"a\nb{RED}")
    assert capsys.readouterr().out == f"a\nb{RED}\na\nb\\x1b[31m\n"
