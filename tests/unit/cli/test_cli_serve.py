from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
import requests

from mimimi.cli import main


def test_it_serves_until_it_is_stopped_and_says_where(own_home):
    command = [sys.executable, "-m", "mimimi", "serve", "--port", "0"]
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "MIMIMI_HOME": str(own_home)}
    )
    try:
        line = running.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", line)[0]
        assert requests.get(f"{address}/health", timeout=600).json()["status"] == "ok"
    finally:
        running.send_signal(signal.SIGTERM)
        rest = running.communicate(timeout=600)[1]
    assert "Traceback" not in rest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "set a token"),
        (["--port", "70000"], "port: must be a port"),
        (["--config", "no.toml"], "no such file"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(arguments, said, own_home, monkeypatch, capsys):
    monkeypatch.chdir(own_home)
    monkeypatch.delenv("MIMIMI_TOKEN", raising=False)
    assert main(["serve", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_short_token_is_refused(own_home, monkeypatch, capsys):
    monkeypatch.setenv("MIMIMI_TOKEN", "short")
    assert main(["serve"]) == 2
    assert "16 signs" in capsys.readouterr().err
