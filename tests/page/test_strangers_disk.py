"""A disk that is full, or that nobody may write to: one sentence, and nothing half written."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsing import running_app
from forged import Forged

from mimimi import jobs
from mimimi.data import collection
from mimimi.errors import CorpusError
from mimimi.jobs import JobRequest


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """One of 6 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def recorded(sound: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, 16_000, format="FLAC")
    return file.getvalue()


def test_a_recording_that_does_not_fit_leaves_nothing(
    disk: Path, hum: Callable[..., np.ndarray]
) -> None:
    with pytest.raises(CorpusError, match="No room was left"):
        collection.add(disk / "c", "fan", "north", "a.flac", recorded(hum(300.0)))
    assert not list(disk.rglob("*.wav"))
    assert collection.add(disk / "c", "fan", "north", "a.flac", recorded(hum(20.0))) == 1


def test_a_job_that_cannot_be_written_down_takes_no_name(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIMIMI_HOME", str(disk))
    monkeypatch.setattr("mimimi.jobs.queue._at_once", lambda: 0)
    jobs.listed()
    (disk / "runs").mkdir()
    jobs.submit(JobRequest("before", "simulate"))
    filling = disk / "filling"
    with pytest.raises(OSError, match="No space"):
        filling.write_bytes(bytes(8 << 20))
    with pytest.raises(OSError, match="No space"):
        jobs.submit(JobRequest("after", "simulate"))
    filling.unlink()
    assert jobs.submit(JobRequest("after", "simulate")).state == "queued"
    assert json.loads((disk / "runs" / "before" / "run.json").read_text())["state"] == "queued"


def test_the_page_says_so_in_a_sentence(
    disk: Path, hum: Callable[..., np.ndarray], tmp_path: Path
) -> None:
    shared = {"MIMIMI_SHARED": "1", "MIMIMI_HOME": str(disk)}
    with running_app(tmp_path / "log", **shared) as url, Forged(url, "train") as page:
        page.upload("own_0", ("a.flac", recorded(hum(300.0))))
        add = {"trigger_value": True}
        drawn = page.send(machine_name={"string_value": "north"}, add_waiting=add)
        assert "No room was left" in drawn
        assert not list(disk.rglob("*.wav"))
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with running_app(tmp_path / "log", **shared) as url:
        with Forged(url, "train") as page:
            assert "cannot write to its disk" in page.first
        with Forged(url) as page:
            assert page.has("teach_name_0")  # who only wants a verdict gets one
        (tmp_path / "log").write_text("")  # in which Streamlit tells whoever runs it
