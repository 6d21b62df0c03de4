"""Untrusted detectors, and disks that are full: one sentence, nothing half taken for whole."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from variants import with_config

from mimimi.cli import main
from mimimi.detector.detector import Detector
from mimimi.errors import DetectorError
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors


FOREIGN = {
    "an empty folder": {},
    "a model of another library": {"config.json": b'{"model_type": "bert"}'},
    "no JSON": {"config.json": b"\x80\x04\x95"},
    "a list": {"config.json": b"[1]"},
    "nested without end": {"config.json": b"[" * 200_000},
    "a later version": {"config.json": b'{"format": 99}'},
    "a version and nothing else": {"config.json": b'{"format": 1}'},
}


@pytest.mark.parametrize("files", FOREIGN.values(), ids=FOREIGN)
def test_what_another_program_saved_is_refused(
    files, fan_clip: Path, tmp_path: Path, capsys
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert main(["score", str(tmp_path), str(fan_clip)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path) in line


def test_no_damage_to_a_detector_gets_past_as_another_error(
    saved_detector: Path, tmp_path: Path, rng
) -> None:
    good = {path.name: path.read_bytes() for path in saved_detector.iterdir()}
    whole = json.loads(good["config.json"])
    odd = [None, True, -1, 0, 1e308, 10**30, "", "../..", [], {}, [[]], [None], {"a": None}]
    folder = tmp_path / "damaged"
    folder.mkdir()
    for name, content in good.items():
        (folder / name).write_bytes(content)

    short = simulate_clip("fan", seconds=3.0)

    def places(node: object, path: tuple = ()) -> list[tuple]:
        inner = node.items() if isinstance(node, dict) else enumerate(node)
        below = [((*path, key), value) for key, value in list(inner)[:4]]
        return [place for place, _ in below] + [
            deeper
            for place, value in below
            if isinstance(value, (dict, list))
            for deeper in places(value, place)
        ]

    for place in places(whole):
        for value in rng.permutation(len(odd))[:4]:
            config = json.loads(good["config.json"])
            node = config
            for key in place[:-1]:
                node = node[key]
            node[place[-1]] = odd[value]
            (folder / "config.json").write_text(json.dumps(config))
            try:
                loaded = Detector.from_pretrained(folder)
                verdict = loaded.analyse((short, 16_000), loaded.ids[0])
            except DetectorError:
                continue
            except Exception as error:
                pytest.fail(f"{place} = {odd[value]!r}: {error!r}")
            assert np.isfinite([verdict.score, verdict.threshold]).all(), (place, odd[value])


def no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_detector_that_was_there(
    small_detector: Detector, tmp_path: Path, monkeypatch
) -> None:
    small_detector.save_pretrained(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    another = with_config(small_detector, about={"note": "another"})
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        with pytest.raises(OSError, match="No space left"):
            another.save_pretrained(tmp_path)
        with pytest.raises(OSError, match="No space left"):
            another.save_pretrained(tmp_path / "new")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.*")} == before
    with pytest.raises(DetectorError, match="holds no detector"):
        Detector.from_pretrained(tmp_path / "new")


def test_a_full_disk_while_training_is_one_sentence(tmp_path: Path, monkeypatch, capsys) -> None:
    data, out = str(tmp_path / "data"), tmp_path / "run"
    main(["simulate", data, "--types", "fan", "--ids", "2", "--clips", "1"])
    capsys.readouterr()
    monkeypatch.setattr(os, "fsync", no_space)
    assert main(["train", data, "--type", "fan", "--out", str(out), "--epochs", "1"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "mimimi: The disk is full; make room on it and run the command again."
    )
    assert not list(out.glob("*.safetensors"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_full_disk_under_the_output_is_one_sentence(
    form, saved_detector: Path, fan_clip: Path
) -> None:
    command = [sys.executable, "-m", "mimimi", "score", saved_detector, fan_clip, *form]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "The disk is full" in done.stderr
