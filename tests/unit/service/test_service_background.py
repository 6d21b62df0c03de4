"""A listener as a job: its machines in one file, and a process that is stopped and goes on."""

from __future__ import annotations

import shutil
import stat
from contextlib import ExitStack

import pytest
from job_watching import PATIENCE, kill, short, wait

from mimimi import jobs
from mimimi.errors import UserError
from mimimi.jobs import Job
from mimimi.monitor.alarm import Rule
from mimimi.service import background
from mimimi.service.alone import alone
from mimimi.service.history.history import History
from mimimi.service.settings import MachineSettings

FAN = MachineSettings("roof fan", "fan", "rtsp://me:secret@camera/1", machine_id="id_00")
PUMP = MachineSettings("pump", "pump", "card", machine_id="id_02", alarm=Rule(2, 3))


@pytest.fixture
def no_process(own_home, monkeypatch):
    monkeypatch.setattr(background, "_start", lambda: None)
    monkeypatch.setattr(background, "_stop", lambda: None)


def names() -> list[str]:
    return [machine.name for machine in background.machines()]


@pytest.mark.usefixtures("no_process")
class TestItsFile:
    def test_a_machine_that_is_handed_over_stands_in_it_as_it_was_given(self):
        assert background.machines() == ()
        background.listen_to(FAN)
        background.listen_to(PUMP)
        assert background.machines() == (FAN, PUMP)

    def test_the_same_machine_again_takes_its_own_place(self):
        for machine in (FAN, PUMP, MachineSettings("roof fan", "fan", "card", "id_02")):
            background.listen_to(machine)
        assert sorted(names()) == ["pump", "roof fan"]
        assert {m.source for m in background.machines()} == {"card"}

    def test_what_somebody_has_written_into_it_stays(self):
        background.listen_to(FAN)
        path = background.file()
        more = '# whom to tell\n[webhook]\nurl = "https://plant.example/alarms"\n'
        path.write_text(f"clips_megabytes = 50\n{path.read_text()}\n{more}")
        background.listen_to(PUMP)
        background.forget("roof fan")
        assert names() == ["pump"]
        assert more in path.read_text()
        assert "clips_megabytes = 50" in path.read_text()

    def test_nobody_else_reads_the_passwords_in_it(self):
        background.listen_to(FAN)
        assert stat.S_IMODE(background.file().stat().st_mode) == 0o600

    def test_the_last_machine_takes_it_along(self):
        background.listen_to(FAN)
        background.forget("roof fan")
        assert not background.file().exists()

    def test_a_text_cannot_become_another_setting(self):
        hostile = MachineSettings('fan"\n[webhook]\nurl = "http://evil"', "fan", "card")
        with pytest.raises(UserError, match="name"):
            background.listen_to(hostile)
        odd = MachineSettings("fan", "fan", 'http://a"]\n[webhook]\nurl="http://evil"', "id_00")
        background.listen_to(odd)
        assert background.machines() == (odd,)

    @pytest.mark.parametrize("source", ["-", "nonsense"])
    def test_what_would_end_at_once_is_refused_and_not_written_down(self, source):
        with pytest.raises(UserError, match="address"):
            background.listen_to(MachineSettings("fan", "fan", source, "id_00"))
        assert not background.file().exists()

    def test_beside_another_listener_none_is_started(self):
        with ExitStack() as running:
            alone(running)
            with pytest.raises(UserError, match="Another listener runs"):
                background.listen_to(FAN)
        assert not background.file().exists()
        background.listen_to(FAN)


def heard(job: Job) -> bool:
    history = History()
    try:
        return history.newest("hum") is not None
    finally:
        history.close()


def in_state(state: str):
    return lambda job: job.state == state


@pytest.mark.slow
def test_it_runs_beside_other_jobs_is_stopped_killed_and_goes_on(
    runs, hum, hum_folder, drop, monkeypatch
):
    monkeypatch.setattr(background, "_TO_END", PATIENCE)
    shutil.copytree(hum_folder, runs / "hum")
    folder = drop(hum(10.0, seed=50), 10.0).parent
    background.listen_to(MachineSettings("hum", "hum", str(folder)))
    wait(background.JOB, heard)
    jobs.submit(short("beside"))  # of which one runs at a time
    wait("beside", in_state("finished"))

    jobs.stop(background.JOB)
    wait(background.JOB, in_state("stopped"))
    jobs.resume(background.JOB)
    kill(wait(background.JOB, lambda job: "listening to" in jobs.log(job.folder, 1)))
    wait(background.JOB, in_state("interrupted"))
    background.listen_to(MachineSettings("hum", "hum", str(folder), alarm=Rule(1, 1)))
    wait(background.JOB, in_state("running"))
    background.forget("hum")
    wait(background.JOB, in_state("stopped"))
