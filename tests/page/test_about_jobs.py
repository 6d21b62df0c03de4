"""Jobs in plain words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mimimi.jobs import Job
from texts import about_jobs

RUNNING = Job(
    name="a",
    folder=Path("a"),
    kind="train",
    state="running",
    since="",
    arguments=("train",),
    asked={},
    ray_job=None,
    owner=None,
    error=None,
    network=1,
    networks=1,
    epoch=3,
    epochs=30,
    share=2 / 30,
    seconds_left=300,
)


def test_how_far_a_training_is_counts_all_its_networks():
    assert about_jobs.progress(RUNNING) == "7 %, about 5 min left (epoch 3 of 30)"
    several = replace(RUNNING, network=2, networks=5)
    said = "7 %, about 5 min left (network 2 of 5, epoch 3 of 30)"
    assert about_jobs.progress(several) == said


def test_what_is_finished_is_no_longer_on_its_way():
    assert about_jobs.progress(replace(RUNNING, state="finished", seconds_left=None)) == ""


def test_a_download_is_told_by_its_share():
    job = replace(RUNNING, kind="download", epoch=None, epochs=None, share=0.25, seconds_left=None)
    assert about_jobs.progress(job) == "25 %"
