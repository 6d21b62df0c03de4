from __future__ import annotations

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from listening import eventually, pipe_of

from mimimi.cli import main
from mimimi.detector.detector import Detector


@pytest.fixture
def learnt(hum, tmp_path):
    detector = Detector.learn("hum", [(hum(seed=seed), 16_000) for seed in range(12)])
    detector.save_pretrained(tmp_path / "learnt")
    return str(tmp_path / "learnt")


@pytest.fixture
def piped(monkeypatch, tmp_path):
    """PCM comes from standard input."""
    return lambda pcm: monkeypatch.setattr(sys, "stdin", pipe_of(pcm, tmp_path))


def test_a_pipe_is_listened_to_and_the_history_says_why(learnt, hum, own_home, piped, capsys):
    sound = np.concatenate([hum(30, seed=50), hum(40, hertz=600.0, seed=51)])
    pcm = np.round(sound * 32_767).astype("<i2").tobytes()
    piped(pcm)
    assert main(["listen", learnt, "-", "--name", "press 4", "--alarm", "3/3"]) == 1
    said = capsys.readouterr()
    (event,) = [json.loads(line) for line in said.out.splitlines()]
    assert (event["machine"], event["about"], event["on"]) == ("press 4", "alarm", True)
    assert "press 4: listening to standard input" in said.err

    assert main(["history"]) == 0
    assert "press 4: heard until" in capsys.readouterr().out
    assert main(["history", "press 4"]) == 0
    assert "press 4 sounds unusual" in capsys.readouterr().out
    assert main(["history", "press 4", "--at", f"{event['at'][:19]}Z"]) == 0
    assert "alarm: on (3 of the last 3 segments unusual" in capsys.readouterr().out
    assert main(["history", "press-4"]) == 0  # as it is called in addresses
    assert "press 4: heard until" in capsys.readouterr().out
    assert main(["history", "Press-4", "--mute", "8h"]) == 0
    assert "press 4: nobody is told until" in capsys.readouterr().out
    assert main(["history", "pump"]) == 2
    assert "there is of press 4." in capsys.readouterr().err
    assert main(["history", "pres 4"]) == 2
    assert "did you mean press 4?" in capsys.readouterr().err


@pytest.mark.parametrize("called", ["Press 4", "press-4"])
def test_by_its_name_or_its_slug_it_is_the_same_machine(called, hum, own_home, piped, capsys):
    heard = [(hum(seed=seed), 16_000) for seed in range(3)]
    Detector.learn("Press 4", heard).save_pretrained(own_home / "runs" / "press-4")
    pcm = np.round(hum(20, seed=50) * 32_767).astype("<i2").tobytes()
    for name in ("Press 4", called):
        piped(pcm)
        assert main(["listen", name, "-"]) == 0
    piped(pcm)
    assert main(["listen", "fan", "-", "--machine-id", "id_00", "--name", called]) == 0
    capsys.readouterr()
    assert main(["history"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Press 4: heard until")


def test_a_pipe_without_alarm_ends_with_nothing_told(learnt, hum, own_home, piped, capsys):
    pcm = np.round(hum(20, seed=50) * 32_767).astype("<i2").tobytes()
    piped(pcm)
    assert main(["listen", learnt, "-"]) == 0
    assert capsys.readouterr().out == ""


def test_a_listener_whose_pipe_goes_on_is_stopped_like_any_other(learnt, hum, own_home):
    listening = [sys.executable, "-m", "mimimi", "listen", learnt, "-"]
    with subprocess.Popen(listening, stdin=subprocess.PIPE) as running:
        assert running.stdin
        running.stdin.write(np.round(hum(20, seed=50) * 32_767).astype("<i2").tobytes())
        running.stdin.flush()
        eventually(lambda: main(["history"]) == 0)  # all of it is under way
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 0


def test_a_source_that_cannot_be_right_never_ends_well(learnt, own_home, piped, capsys):
    piped(bytes(64_000))
    assert main(["listen", learnt, "-", "--channel", "1"]) == 2
    assert "there is no channel 1" in capsys.readouterr().err


def test_a_configuration_is_written_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["listen", "--init"]) == 0
    assert "[[machine]]" in (tmp_path / "mimimi.toml").read_text()
    assert (tmp_path / "mimimi.toml").stat().st_mode & 0o077 == 0  # there will be passwords in it
    assert main(["listen", "--init"]) == 2
    assert "there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["listen"], "--init"),
        (["listen", "fan"], "source"),
        (["listen", "fan", "-", "--alarm", "3"], "no alarm rule"),
        (["listen", "fan", "-", "--cool-down", "-1"], "cool-down: must be minutes"),
        (["listen", "--alarm", "5/6"], "--alarm is of one machine"),
        (["listen", "no such", "/tmp"], "no detector"),
        (["history", "--at", "14:00"], "name it"),
        (["history"], "nothing was heard yet"),
        (["history", "fan", "--at", "yesterday"], "is no time"),
        (["history", "fan", "--at", ""], "is no time"),
        (["history", "fan", "--mute", "5x"], "or as how long, 30m, 8h or 2d"),
        (["history", "--database", "mysql://db/x"], "begins with postgresql://"),
        (["history", "--database", "postgresql://db:x/y"], "cannot be opened"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(arguments, said, own_home, monkeypatch, capsys):
    monkeypatch.chdir(own_home)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_mistakes_in_the_file_are_told_a_line_each(tmp_path, capsys):
    file = tmp_path / "plant.toml"
    file.write_text('[[machine]]\nname = "fan"\nsource = ""\nalarm = "x"\n')
    assert main(["listen", "--config", str(file)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1].split(", ")[-1] for line in lines] == ["line 1", "line 3", "line 4"]
