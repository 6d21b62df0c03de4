"""Jobs of a few seconds and of minutes, and what a test does while they run."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from mimimi import jobs
from mimimi.jobs import Job, JobRequest
from mimimi.runs import Run

PATIENCE = 240  # s; a job starts in one or two on a machine with nothing else to do


def short(name: str, **more: str | int) -> JobRequest:
    return JobRequest(name, "simulate", options={"types": "fan", "ids": 1, "clips": 1, **more})


def long(name: str) -> JobRequest:
    return short(name, clips=2000)  # minutes


def record(folder: Path, **fields: object) -> None:
    """Write into a run's record whatever a test wants to find there."""
    (folder / "run.json").write_text(json.dumps({**Run(folder).read(), **fields}))


def wait(name: str, until: Callable[[Job], object]) -> Job:
    deadline = time.monotonic() + PATIENCE
    while not until(job := jobs.find(name)):
        assert time.monotonic() < deadline, f"{job}\n{jobs.log(job.folder)}"
        time.sleep(0.05)
    return job


def begun(job: Job) -> bool:
    return job.share is not None


def kill(job: Job) -> None:
    pid = Run(job.folder).read()["process"]["pid"]
    assert pid != os.getpid()
    os.kill(pid, signal.SIGKILL)


def end_all() -> None:
    for job in jobs.listed():
        if job.state == "queued":
            jobs.stop(job.name)
    for job in jobs.listed():
        if job.state == "running":
            kill(job)
