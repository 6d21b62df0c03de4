"""Jobs that a Ray cluster has, or had, where none can be asked."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from job_watching import record, short, wait

from mimimi import jobs
from mimimi.errors import UserError
from mimimi.jobs import on_ray

pytestmark = [pytest.mark.usefixtures("runs"), pytest.mark.slow]


def test_while_the_cluster_cannot_be_reached_jobs_wait_and_say_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIMIMI_RAY_ADDRESS", "http://127.0.0.1:9")
    job = jobs.submit(short("a"))
    assert (job.state, job.ray_job) == ("queued", None)
    assert "127.0.0.1:9 cannot be reached" in (job.error or "")
    monkeypatch.delenv("MIMIMI_RAY_ADDRESS")
    assert wait("a", lambda job: job.is_over).state == "finished"


def test_a_job_of_a_cluster_that_cannot_be_asked_is_left_as_it_is(runs: Path) -> None:
    (runs / "a").mkdir(parents=True)
    record(runs / "a", state="running", arguments=short("a").arguments, ray_job="a-1")
    assert jobs.find("a").state == "running"
    assert jobs.submit(short("b")).state == "running"  # the queue of this machine is another
    with pytest.raises(UserError, match="set MIMIMI_RAY_ADDRESS"):
        jobs.stop("a")
    record(runs / "a", state="stopped")


def test_what_a_cluster_gave_up_before_it_began_is_submitted_anew(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Client:
        """Of a cluster that let one job wait too long."""

        def get_job_info(self, job: str) -> SimpleNamespace:
            late = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT" if job == "a-1" else None
            return SimpleNamespace(status="FAILED" if late else "PENDING", error_type=late)

        def submit_job(self, **asked: object) -> None:
            submitted.append(asked)

    submitted: list[dict[str, object]] = []
    monkeypatch.setenv("MIMIMI_RAY_ADDRESS", "http://127.0.0.1:9")
    monkeypatch.setenv("MIMIMI_RAY_CPUS", "4")
    monkeypatch.setattr(on_ray, "_cluster", lambda: nullcontext(Client()))
    (runs / "a").mkdir(parents=True)
    asked = {"arguments": short("a").arguments, "cwd": "."}
    record(runs / "a", state="queued", ray_job="a-1", **asked)
    job = jobs.find("a")
    assert job.state == "queued"
    assert [asked["submission_id"] for asked in submitted] == [job.ray_job]
    assert submitted[0]["entrypoint_num_cpus"] == 4
    record(runs / "a", state="stopped")


def test_a_job_that_the_cluster_begins_after_it_was_withdrawn_does_nothing(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIMIMI_RAY_JOB", "a-1")
    out = runs / "a"
    with pytest.raises(UserError, match="taken out of the queue"), jobs.attended(out, ["train"]):
        pass
    assert not out.exists()
