"""What visitors leave behind on a shared installation: nothing, and nothing of it is another's."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsing import running_app
from forged import Forged, looking_at_runs, simulate_fans
from job_watching import long
from listening import eventually

from mimimi import jobs
from mimimi.jobs import JobRequest
from state import visits
from texts import on_train


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    place = tmp_path_factory.mktemp("app")
    home = place / "home"
    of_a_killed_one = home / "visits" / "killed" / "visit" / "visitor-1"
    of_a_killed_one.mkdir(parents=True)
    (of_a_killed_one / "private.wav").write_bytes(b"private")
    environment = {"MIMIMI_SHARED": "1", "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1"}
    with running_app(place / "log", MIMIMI_HOME=str(home), **environment) as url:
        yield url, home


def sounds(home: Path) -> list[str]:
    # os.walk, unlike rglob, does not mind folders that are cleared meanwhile.
    names = [name for _, _, names in os.walk(home) for name in names]
    return [name for name in names if name.endswith((".wav", ".zip"))]


def test_recordings_go_with_their_visitor_also_of_a_server_that_was_killed(
    app: tuple[str, Path], hum: Callable[..., np.ndarray]
) -> None:
    url, home = app
    eventually(lambda: not sounds(home))  # those of the one that was killed
    file = io.BytesIO()
    soundfile.write(file, hum(10.0), 16_000, format="WAV")
    with Forged(url, "train") as page:
        page.upload("own_0", ("a.wav", file.getvalue()))
        page.send(machine_name={"string_value": "north"}, add_waiting={"trigger_value": True})
        assert len(sounds(home)) == 1
    eventually(lambda: not sounds(home))


def test_recordings_that_a_job_learns_from_stay_until_it_is_over(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = runs.parent / "visits" / "a" / "visit"
    visit.mkdir(parents=True)
    monkeypatch.setattr(visits, "_left", {visit: 0.0})
    jobs.submit(long("ahead"))
    jobs.submit(JobRequest("waits", "train", [visit / "visitor"], {"type": "fan"}))
    visits.sweep()
    assert visit.is_dir()
    jobs.stop("waits")
    visits.sweep()
    assert not visit.exists()


def start(page: Forged) -> None:
    page.send(train_view={"string_array_value": {"data": ["New training"]}})
    simulate_fans(page)


def test_a_run_is_its_owners_and_not_its_names(app: tuple[str, Path]) -> None:
    url, home = app
    with Forged(url, "train") as owner, Forged(url, "train") as other:
        start(owner)
        for page, may in ((owner, True), (other, False)):
            drawn = looking_at_runs(page)
            assert "simulated-fan-2-2" in drawn
            assert ("delete_forever" in drawn or "stop_simulated" in drawn) is may
            assert ("Log" in drawn.split("\n")) is may
            assert str(home) not in drawn or may
        eventually(lambda: "check_circle: finished" in looking_at_runs(owner))
        delete = {"delete_forever_.*": {"trigger_value": True}}
        owner.send(**delete)
        run = home / "runs" / "simulated-fan-2-2"
        assert not run.exists()
        start(other)  # of the same name
        assert run.exists()
        owner.send(**delete)  # which his page had offered before
        assert "delete_forever" not in looking_at_runs(owner)
        assert run.exists()
    with Forged(url, "train", query="job=simulated-fan-2-2") as anew:
        assert on_train.SOMEONE_ELSES in anew.first
