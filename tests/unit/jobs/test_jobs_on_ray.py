"""Jobs on a real Ray cluster: the same commands, the same folders, the same weights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from job_watching import long, record, short, wait
from ray_cluster import RayCluster
from variants import weights as network_weights

from mimimi import jobs
from mimimi.cli import main
from mimimi.detector.detector import Detector
from mimimi.detector.locate import trained
from mimimi.jobs import Job, JobRequest
from mimimi.runs import Run
from mimimi.simulate import write_corpus

pytestmark = pytest.mark.slow


@pytest.fixture
def on_ray(
    cluster: RayCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RayCluster]:
    """Jobs go to the cluster; what still runs at the end is stopped."""
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MIMIMI_RAY_ADDRESS", cluster.dashboard)
    yield cluster
    for job in jobs.listed():
        if not job.is_over:
            jobs.stop(job.name)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("simulated")
    write_corpus(root, types=["fan"], ids=2, clips=2)
    return root


def begun(job: Job) -> bool:
    return job.state == "running" and job.share is not None


def over(job: Job) -> bool:
    return job.is_over


def weights(run: Path) -> Mapping[str, np.ndarray]:
    return network_weights(Detector.from_pretrained(run))


def test_a_training_killed_on_the_cluster_resumes_to_the_weights_of_a_local_one(
    on_ray: RayCluster, data: Path, tmp_path: Path
) -> None:
    train = JobRequest("far", "train", [data], {"type": "fan", "epochs": 2, "device": "cpu"})
    assert jobs.submit(train).state == "queued"
    job = wait("far", lambda job: job.ray_job)
    wait("far", lambda job: any("loss_total" in line for line in jobs.metrics(job.folder)))
    assert Run(job.folder).read()["threads"] == 1
    os.kill(Run(job.folder).read()["process"]["pid"], signal.SIGKILL)
    assert wait("far", over).state == "interrupted"
    assert jobs.resume("far").state == "queued"
    finished = wait("far", over)
    assert finished.state == "finished"
    assert finished.ray_job != job.ray_job
    assert trained()["far"] == job.folder

    near = [sys.executable, "-m", "mimimi", *train.arguments, "--out", str(tmp_path / "near")]
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run(near, env=one_thread, check=True, capture_output=True)
    expected, found = weights(tmp_path / "near"), weights(job.folder)
    assert all(np.array_equal(expected[name], found[name]) for name in expected)


def test_the_cluster_queues_and_jobs_stop_before_and_after_they_began(
    on_ray: RayCluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MIMIMI_RAY_CPUS", "2")  # all there are
    wait(jobs.submit(long("first")).name, begun)
    wait(jobs.submit(long("second")).name, lambda job: job.ray_job)
    time.sleep(3)
    assert jobs.find("second").state == "queued"
    assert jobs.stop("second").state == "stopped"
    assert main(["jobs", "show", "first"]) == 0
    assert f"on Ray as {jobs.find('first').ray_job}" in capsys.readouterr().out
    assert "Running entrypoint" in jobs.log(jobs.find("first").folder)
    jobs.stop("first")
    assert wait("first", over).state == "stopped"
    time.sleep(5)  # now the cluster has room
    assert jobs.find("second").state == "stopped"
    assert not jobs.find("second").data.exists()


def test_a_mistake_is_told_in_its_own_words(on_ray: RayCluster) -> None:
    jobs.submit(JobRequest("nowhere", "train", [Path("nowhere")], {"type": "fan"}))
    jobs.submit(short("colour", colour="blue"))
    failed = wait("nowhere", over), wait("colour", over)
    assert [job.state for job in failed] == ["failed", "failed"]
    assert "not a folder" in (failed[0].error or "")
    assert "--colour" in (failed[1].error or "")


def test_a_job_that_the_cluster_does_not_know_any_more_is_interrupted(on_ray: RayCluster) -> None:
    folder = jobs.submit(long("lost")).folder
    assert jobs.stop("lost").state == "stopped"
    record(folder, state="running", ray_job="of-an-earlier-cluster")
    assert jobs.find("lost").state == "interrupted"
