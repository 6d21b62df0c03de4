"""Jobs of a few seconds and of minutes, and what a test does while they run."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from mimimi import jobs
from mimimi.jobs import Job
from mimimi.runs import run_record

SHORT = ["simulate", "--types", "fan", "--ids", "1", "--clips", "1"]
LONG = ["simulate", "--types", "fan", "--ids", "1", "--clips", "2000"]  # minutes
PATIENCE = 240  # s; a job starts in one or two on a machine with nothing else to do


def wait(name: str, until: Callable[[Job], object], seconds: float = PATIENCE) -> Job:
    deadline = time.monotonic() + seconds
    while not until(job := jobs.find(name)):
        assert time.monotonic() < deadline, f"{job}\n{jobs.log(job.folder)}"
        time.sleep(0.05)
    return job


def begun(job: Job) -> bool:
    return job.share is not None


def kill(job: Job) -> None:
    pid = run_record.read(job.folder)["process"]["pid"]
    assert pid != os.getpid()
    os.kill(pid, signal.SIGKILL)


def end_all() -> None:
    for job in jobs.listed():
        if job.state == "queued":
            jobs.stop(job.name)
    for job in jobs.listed():
        if job.state == "running":
            kill(job)
