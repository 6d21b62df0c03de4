"""A training killed at its worst moments goes on to the weights of one that was left alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from variants import weights as network_weights

from benchmarks.claims.soak import SMALL
from mimimi import jobs
from mimimi.detector.detector import Detector
from mimimi.recipes import changed
from mimimi.runs import Run
from mimimi.simulate import write_corpus
from mimimi.training.pipeline import make_detectors
from mimimi.training.run_folder import RunFolder

pytestmark = pytest.mark.slow

NARROW = changed(SMALL, epochs=3)
SCRIPT = """
import os, signal, sys
from contextlib import suppress
from pathlib import Path
import torch
from benchmarks.claims.soak import SMALL
from mimimi import jobs
from mimimi.recipes import changed
from mimimi.training.pipeline import make_detectors
from mimimi.training.run_folder import RunFolder
from mimimi.runs.metrics import Metrics

torch.set_num_threads(1)
data, out, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)

def fill_the_disk():
    with (out / "filling").open("wb") as filling:
        while True:
            filling.write(bytes(4096))
            filling.flush()

replace, save, add, saved = Path.replace, RunFolder.save, Metrics.add, []

def replaced(path, target):
    if target.name.endswith(".safetensors"):
        saved.append(target)
        if moment == "state written, not yet in its place" and len(saved) == 2:
            die()
    return replace(path, target)

def saving(folder, *arguments):
    if moment == "disk full" and len(saved) == 1:
        with suppress(OSError):
            fill_the_disk()
    save(folder, *arguments)
    if moment == "between two epochs" and len(saved) == 2:
        die()

def adding(metrics, **values):
    add(metrics, **values)
    if moment == "epoch told, not yet kept" and "loss_total" in values and len(saved) == 1:
        die()

def on_batch(name, report, epoch, epochs, left):
    if moment == "inside the first epoch" or (moment == "inside an epoch" and epoch == 2):
        die()

Path.replace, RunFolder.save, Metrics.add = replaced, saving, adding
with jobs.attended(out, ["train", str(data), "--type", "fan"]):
    recipe = changed(SMALL, epochs=3)
    make_detectors([data], ["fan"], recipe, out, device="cpu", say=print, on_batch=on_batch)
"""
MOMENTS = (
    "inside the first epoch",
    "inside an epoch",
    "state written, not yet in its place",
    "epoch told, not yet kept",
    "between two epochs",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("simulated")
    write_corpus(root, types=["fan"], ids=2, clips=4)
    return root


def weights(run: Path) -> Mapping[str, np.ndarray]:
    return network_weights(Detector.from_pretrained(run))


@pytest.fixture(scope="module")
def expected(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, np.ndarray]:
    out = tmp_path_factory.mktemp("whole") / "run"
    make_detectors([data], ["fan"], NARROW, out, device="cpu", say=print)
    return weights(out)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_costs_nothing_but_time(
    moment: str, data: Path, expected: Mapping[str, np.ndarray], tmp_path: Path
) -> None:
    out = tmp_path / moment.replace(" ", "-").replace(",", "")
    command = [sys.executable, "-c", SCRIPT, str(data), str(out), moment]
    killed = subprocess.run(command, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert jobs.find(out.name).state == "interrupted"
    goes_on_to(expected, data, out)
    assert not list(out.glob(".last.*")), "what a kill left half written is still there"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here to be filled")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_while_the_state_is_written_costs_nothing_but_time(
    data: Path, expected: Mapping[str, np.ndarray], small_disk: Path
) -> None:
    out = small_disk / "filled"
    command = [sys.executable, "-c", SCRIPT, str(data), str(out), "disk full"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert "No space left" in ended.stderr
    job = jobs.find(out.name)
    assert job.state == "failed"
    assert job.error == "The disk is full; make room on it and run the command again."
    assert job.epoch in (1, 2)

    (out / "filling").unlink()
    goes_on_to(expected, data, out)


def goes_on_to(expected: Mapping[str, np.ndarray], data: Path, out: Path) -> None:
    """Resume, and compare bit for bit with the run that was left alone."""
    make_detectors([data], ["fan"], NARROW, out, device="cpu", say=print, resume=True)
    assert jobs.find(out.name).state == "finished"
    found = weights(out)
    assert all(np.array_equal(expected[name], found[name]) for name in expected)
    told = [line["epoch"] for line in jobs.metrics(out) if "loss_total" in line]
    assert told == [1, 2, 3]


def test_resuming_takes_as_many_threads_as_before(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        RunFolder(tmp_path / "run").begin({"recipe": {"name": "paper"}}, resume=False)
        torch.set_num_threads(1)
        RunFolder(tmp_path / "run").begin({"recipe": {"name": "paper"}}, resume=True)
        assert torch.get_num_threads() == 2
        assert Run(tmp_path / "run").read()["threads"] == 2
    finally:
        torch.set_num_threads(before)
