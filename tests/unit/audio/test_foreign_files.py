"""Pickles, pipes, links and giants in a detector's folder: refused, and never run."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import pickletools
from pathlib import Path
from typing import Any

import pytest

from mimimi.detector.detector import Detector
from mimimi.errors import DetectorError

pytestmark = pytest.mark.slow  # processes, or bundled detectors


class Mine(dict):
    """A pickle of it, unpickled, would leave a file behind."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.trace,)


@pytest.fixture
def folder(untouched_detector: Detector, tmp_path: Path) -> Path:
    untouched_detector.save_pretrained(tmp_path)
    return tmp_path


def test_a_pickle_is_refused_and_never_run(folder: Path, tmp_path_factory) -> None:
    trace = tmp_path_factory.mktemp("trace") / "it ran"
    bomb = pickle.dumps(Mine(trace))
    assert {"STACK_GLOBAL", "REDUCE"} <= {code.name for code, _, _ in pickletools.genops(bomb)}
    for name in ("pytorch_model.bin", "model.pkl", "model.pt"):
        (folder / name).write_bytes(bomb)
    Detector.from_pretrained(folder)  # those beside it are not read
    config = json.loads((folder / "config.json").read_text())
    config["weights_sha256"] = hashlib.sha256(bomb).hexdigest()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(bomb)
    with pytest.raises(DetectorError, match="cannot be read as safetensors"):
        Detector.from_pretrained(folder)
    (folder / "config.json").write_bytes(bomb)
    with pytest.raises(DetectorError, match="cannot be read as JSON"):
        Detector.from_pretrained(folder)
    assert not trace.exists()


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_path_that_leaves_its_folder_is_refused(
    folder: Path, tmp_path_factory, name: str
) -> None:
    outside = tmp_path_factory.mktemp("outside") / name
    (folder / name).rename(outside)
    for target in (outside, Path("..", outside.parent.name, name)):
        (folder / name).symlink_to(target)
        with pytest.raises(DetectorError, match=r"leads out of its folder|holds no detector"):
            Detector.from_pretrained(folder)
        (folder / name).unlink()


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_what_is_no_file_is_refused_at_once(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)  # would wait for ever
    with pytest.raises(DetectorError, match="holds no detector"):
        Detector.from_pretrained(folder)
    (folder / name).unlink()
    (folder / name).mkdir()
    with pytest.raises(DetectorError, match="holds no detector"):
        Detector.from_pretrained(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_what_is_huge_is_refused_before_it_is_read(folder: Path, name: str) -> None:
    with (folder / name).open("wb") as file:
        file.truncate(1 << 40)  # takes no disk
    with pytest.raises(DetectorError, match="too large"):
        Detector.from_pretrained(folder)


def test_a_later_version_says_to_update(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config |= {"format": config["format"] + 1, "members": "something new"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(DetectorError, match="later version of MIMIMI; update"):
        Detector.from_pretrained(folder)
