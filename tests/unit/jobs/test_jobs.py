"""Jobs: queued, started once, stopped, killed, resumed, deleted; told by their folders alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from job_watching import PATIENCE, begun, kill, long, record, short, wait
from listening import eventually

from mimimi import jobs
from mimimi.cli import main
from mimimi.errors import UserError
from mimimi.jobs import JobRequest
from mimimi.runs import Run

pytestmark = [pytest.mark.usefixtures("runs"), pytest.mark.slow]


def test_a_job_runs_to_its_end_in_its_folder(runs: Path) -> None:
    job = jobs.submit(short("My fan, simulated"))
    assert (job.name, job.kind, job.state) == ("my-fan-simulated", "simulate", "running")
    job = wait(job.name, lambda job: job.is_over)
    assert (job.state, job.share, job.error) == ("finished", 1.0, None)
    assert job.folder == runs / "my-fan-simulated"
    assert len(list(job.data.rglob("*.wav"))) == 5
    assert jobs.metrics(job.folder)[0]["total"] == 5
    assert "5 clips in" in jobs.log(job.folder)


def test_one_at_a_time_first_come_first_served_and_nobody_needs_to_look(runs: Path) -> None:
    names = ["c", "a", "b"]
    states = [
        jobs.submit(make(name)).state for make, name in ((long, "c"), (short, "a"), (short, "b"))
    ]
    assert states == ["running", "queued", "queued"]
    assert [job.name for job in jobs.listed()] == names
    first = wait("c", begun)
    os.kill(Run(first.folder).read()["process"]["pid"], signal.SIGTERM)

    def reads(name: str) -> dict[str, Any]:  # and does not move on
        return dict(Run(runs / name).read())

    eventually(lambda: reads("b").get("state") == "finished", PATIENCE)
    began = [reads(name)["process"]["started"] for name in names]
    assert began == sorted(began)


def test_several_at_once_if_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIMIMI_JOBS_AT_ONCE", "2")
    assert [jobs.submit(long(name)).state for name in "abc"] == ["running", "running", "queued"]
    monkeypatch.setenv("MIMIMI_JOBS_AT_ONCE", "many")
    with pytest.raises(UserError, match="MIMIMI_JOBS_AT_ONCE"):
        jobs.listed()


def test_a_killed_job_is_interrupted_and_resumes(runs: Path) -> None:
    job = wait(jobs.submit(long("a")).name, begun)
    kill(job)
    assert wait("a", lambda job: job.is_over).state == "interrupted"
    assert jobs.resume("a").state == "running"
    assert wait("a", begun).state == "running"


def test_a_stopped_job_says_so_and_the_next_one_starts() -> None:
    wait(jobs.submit(long("a")).name, begun)
    jobs.submit(long("b"))
    assert jobs.stop("a").state == "stopped"
    assert jobs.find("b").state == "running"
    assert jobs.resume("a").state == "queued"
    assert jobs.stop("a").state == "stopped"
    with pytest.raises(UserError, match="it is stopped"):
        jobs.stop("a")


def test_a_job_stopped_before_it_could_say_anything_is_stopped() -> None:
    jobs.submit(long("a"))
    assert jobs.stop("a").state == "stopped"


def test_a_number_that_another_process_now_bears_is_not_taken_for_the_job(runs: Path) -> None:
    (runs / "a").mkdir(parents=True)
    someone = {"pid": os.getpid(), "started": 1e9}
    record(runs / "a", state="running", arguments=short("a").arguments, process=someone)
    assert jobs.find("a").state == "interrupted"


def test_a_run_of_an_earlier_version_is_listed_and_resumed(runs: Path) -> None:
    (runs / "a").mkdir(parents=True)
    gone = {"pid": 1 << 30, "started": 1.0}
    arguments = ["simulate", "--types", "fan", "--ids", "1", "--clips", "1"]
    kept = {"format": 1, "since": "2026-01-01T00:00:00+00:00", "cwd": str(runs)}
    record(runs / "a", **kept, arguments=arguments, state="starting", process=gone)
    job = jobs.find("a")
    assert (job.state, job.error) == ("failed", "it ended before it began")
    assert jobs.resume("a").state == "running"
    assert wait("a", lambda job: job.is_over).state == "finished"


@pytest.mark.parametrize("state", ["stopped", "interrupted", "failed", "finished"])
def test_a_training_of_an_earlier_version_is_listed_and_shown(
    state: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runs / "my-fan"
    folder.mkdir(parents=True)
    asked = {"data": ["/data"], "machine_type": "fan", "recipe": {"name": "strongest"}}
    arguments = ["train", "/data", "--type", "fan", "--recipe", "strongest", "--out", "my-fan"]
    kept = {"format": 1, "since": "2026-01-01T00:00:00+00:00", "threads": 2, "cwd": "/"}
    record(folder, **kept, state=state, asked=asked, arguments=arguments)
    place = {"member": "lines-0", "network": 2, "networks": 5, "epoch": 3, "epochs": 60}
    heldout = {"heldout_loss": 0.25, "heldout_accuracy": 0.5}
    branches = {"loss_magnitude": None, "loss_complex": None, "loss_total": 0.75}
    speed = {"best_epoch": 3, "windows_per_second": 9.0, "seconds": 4.0}
    (folder / "metrics.jsonl").write_text(json.dumps(place | branches | heldout | speed) + "\n")
    (job,) = jobs.listed()
    assert (job.name, job.kind, job.state, job.asked) == ("my-fan", "train", state, asked)
    assert main(["jobs", "list"]) == 0
    assert f"my-fan  train     {state} since" in capsys.readouterr().out
    assert main(["jobs", "show", "my-fan"]) == 0
    shown = capsys.readouterr().out
    assert "lines-0, epoch 3/60: loss total 0.750; validation loss 0.250, recognised 50%" in shown
    assert "--recipe strongest" in shown


def test_whoever_holds_the_lock_runs_even_where_the_process_cannot_be_seen(runs: Path) -> None:
    job = wait(jobs.submit(long("a")).name, begun)
    elsewhere = Run(job.folder).read()["process"]
    record(job.folder, process={"pid": 1 << 30, "started": 1.0})
    assert jobs.find("a").state == "running"
    with pytest.raises(UserError, match="another machine"):
        jobs.stop("a")
    record(job.folder, process=elsewhere)


def test_two_apps_that_look_at_once_start_a_job_once(runs: Path) -> None:
    jobs.submit(long("first"))
    for k in range(3):
        jobs.submit(long(f"next-{k}"))
    look = "from mimimi import jobs; [jobs.listed() for _ in range(20)]"
    lookers = [subprocess.Popen([sys.executable, "-c", look]) for _ in range(3)]
    jobs.stop("first")
    assert [looker.wait() for looker in lookers] == [0, 0, 0]
    assert [job.state for job in jobs.listed()] == ["stopped", "running", "queued", "queued"]


def test_a_second_process_on_a_folder_is_refused(runs: Path) -> None:
    folder = wait(jobs.submit(long("a")).name, begun).folder
    with pytest.raises(UserError, match="another process"), jobs.attended(folder, ["simulate"]):
        pass
    assert jobs.find("a").state == "running"


def test_a_mistake_is_told_in_its_own_words() -> None:
    jobs.submit(JobRequest("a", "train", [Path("nowhere")], {"type": "fan"}))
    job = wait("a", lambda job: job.is_over)
    assert job.state == "failed"
    assert job.error is not None
    assert "not a folder" in job.error


def test_a_command_that_does_not_exist_fails_with_what_it_printed() -> None:
    jobs.submit(short("a", colour="blue"))
    job = wait("a", lambda job: job.is_over)
    assert job.state == "failed"
    assert job.error is not None
    assert "--colour" in job.error


def test_names_are_slugs_and_belong_to_one(runs: Path) -> None:
    with pytest.raises(UserError, match="bundled"):
        jobs.submit(short("Fan"))
    with pytest.raises(UserError, match="no name"):
        jobs.submit(short("../.."))
    jobs.submit(short("a"))
    with pytest.raises(UserError, match="already"):
        jobs.submit(short("A"))


def test_deleting_takes_the_folder_but_not_while_it_runs(runs: Path) -> None:
    wait(jobs.submit(long("a")).name, begun)
    with pytest.raises(UserError, match="stop it first"):
        jobs.delete("a")
    jobs.stop("a")
    jobs.delete("a")
    assert jobs.listed() == []
    assert [path.name for path in runs.iterdir() if path.name != ".queue.lock"] == []


def test_a_run_begun_elsewhere_is_listed_and_only_forgotten(runs: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    with jobs.attended(elsewhere, ["train", "data", "--out", str(elsewhere)]):
        assert jobs.find("elsewhere").state == "running"
    assert jobs.find("elsewhere").state == "finished"
    jobs.delete("elsewhere")
    assert jobs.listed() == []
    assert elsewhere.is_dir()


def test_a_mistake_by_hand_leaves_nothing_behind(runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["train", "nowhere", "--type", "fan", "--out", str(out)]) == 2
    assert not out.exists()
    assert jobs.listed() == []


def test_a_folder_of_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    assert main(["train", ".", "--type", "fan", "--out", str(tmp_path / "letters")]) == 2
    assert os.listdir(tmp_path / "letters") == ["a.txt"]


def test_a_full_disk_fails_the_job_with_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "full"

    def fill() -> None:
        with jobs.attended(folder, ["simulate"]) as report:
            (folder / "metrics.jsonl").symlink_to("/dev/full")
            report(done=1, total=5)

    with pytest.raises(OSError, match="No space"):
        fill()
    (folder / "metrics.jsonl").unlink()  # room was made
    job = jobs.find("full")
    assert job.state == "failed"
    assert job.error == "The disk is full; make room on it and run the command again."


def test_lines_of_metrics_that_were_cut_are_passed_over(tmp_path: Path) -> None:
    text = '{"epoch": 1, "loss_total": 0.5}\n{"epoch": 2, "lo{"epoch": 2}\n[1]\n{"epoch": 3}\n{"ep'
    (tmp_path / "metrics.jsonl").write_text(text)
    assert [line["epoch"] for line in jobs.metrics(tmp_path)] == [1, 3]


def test_the_command_line_shows_and_steers(capsys: pytest.CaptureFixture[str]) -> None:
    wait(jobs.submit(long("a")).name, begun)
    assert main(["jobs", "list"]) == 0
    assert "a  simulate  running" in capsys.readouterr().out
    assert main(["jobs", "stop", "a"]) == 0
    assert main(["jobs", "show", "a"]) == 0
    assert "a: stopped since" in capsys.readouterr().out
    assert main(["jobs", "stop", "a"]) == 2
    assert main(["jobs", "delete", "a"]) == 2  # nobody there to say yes
    assert main(["jobs", "delete", "a", "--yes"]) == 0
    assert main(["jobs", "show", "a"]) == 2
    assert "no job called 'a'" in capsys.readouterr().err


def test_the_log_is_followed_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    jobs.submit(short("a"))
    assert main(["jobs", "log", "a", "--follow"]) == 0
    assert "5 clips in" in capsys.readouterr().out


def test_looking_at_jobs_does_not_wait_for_torch() -> None:
    code = "import sys; from mimimi import jobs; jobs.listed(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_share_of_a_training_counts_its_networks(tmp_path: Path) -> None:
    record(tmp_path, state="stopped", arguments=["train", "x"], asked={})
    metrics = tmp_path / "metrics.jsonl"
    place = {"member": "lines-0", "network": 2, "networks": 4, "epochs": 10}

    def share(**line: object) -> float | None:
        metrics.write_text(json.dumps({**place, **line}) + "\n")
        job = jobs.job.read("a", tmp_path)
        assert job is not None
        assert (job.network, job.networks, job.epoch, job.epochs) == (2, 4, 5, 10)
        return job.share

    assert share(epoch=5, seconds_left=9) == pytest.approx((1 + 0.4) / 4)
    assert share(epoch=5, loss_total=0.5) == pytest.approx((1 + 0.5) / 4)


def test_the_last_epoch_is_shown_of_a_network_without_branches_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = jobs.submit(short("a")).folder
    wait("a", lambda job: job.is_over)
    line = {"member": "lines-0", "epoch": 2, "epochs": 3, "best_epoch": 2, "loss_total": 0.25}
    figures = {"loss_magnitude": None, "heldout_loss": None, "windows_per_second": 9.0}
    (folder / "metrics.jsonl").write_text(json.dumps(line | figures) + "\n")
    assert main(["jobs", "show", "a"]) == 0
    assert "lines-0, epoch 2/3: loss total 0.250; no validation set" in capsys.readouterr().out


def test_a_job_that_takes_too_long_stops_itself(runs: Path, monkeypatch) -> None:
    monkeypatch.setenv("MIMIMI_MAX_JOB_HOURS", "0.00001")
    with pytest.raises(KeyboardInterrupt), jobs.attended(runs / "long", ["simulate"]):
        threading.Event().wait(PATIENCE)
    assert jobs.find("long").state == "stopped"
    assert "hours that a run may take here" in jobs.log(runs / "long")
