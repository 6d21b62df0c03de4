"""Live is handed over to a listener in the background, without its process."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from visit import MAIN, said

from mimimi import jobs
from mimimi.errors import AudioError
from mimimi.jobs import JobRequest
from mimimi.monitor.alarm import Rule
from mimimi.service import background
from mimimi.service.settings import MachineSettings
from mimimi.service.sources import card

STREAM = "rtsp://me:secret@camera.local/audio"


@pytest.fixture
def page(own_home, monkeypatch) -> AppTest:
    monkeypatch.setattr(background, "_start", lambda: None)
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params.update(type="fan", id="id_00")
    return page.run().switch_page("live/page.py").run()


def start(page: AppTest, source: str = "", name: str | None = None) -> AppTest:
    page.text_input(key="hand_over_source").set_value(source)
    if name is not None:
        page.text_input(key="hand_over_name_fan_id_00").set_value(name)
    [button] = [button for button in page.button if button.label == "Start listening"]
    return button.click().run()


def test_the_same_machine_is_listened_to_by_the_same_rule(page):
    page.selectbox(key="alarm").set_value(Rule(2, 3)).run()
    page = start(page, STREAM, "roof fan")
    assert background.machines() == (
        MachineSettings("roof fan", "fan", STREAM, machine_id="id_00", alarm=Rule(2, 3)),
    )
    assert "roof fan is listened to from now on" in page.success[0].value


def test_the_sound_card_is_the_one_of_this_computer_if_it_has_one(page, monkeypatch):
    monkeypatch.setattr(card, "inputs", lambda: [])
    assert "No microphone is connected" in start(page).error[0].value
    monkeypatch.setattr(card, "inputs", lambda: ["USB"])
    start(page)
    assert [machine.source for machine in background.machines()] == ["card"]


def test_what_the_sound_card_lacks_is_said(page, monkeypatch):
    def inputs() -> list[str]:
        raise AudioError("sound cards need PortAudio")

    monkeypatch.setattr(card, "inputs", inputs)
    assert "sound cards need PortAudio" in start(page).error[0].value
    assert background.machines() == ()


def test_a_name_that_cannot_be_one_is_refused(page):
    page = start(page, STREAM, "a/b")
    assert "cannot be the name" in page.error[0].value
    assert background.machines() == ()


def test_on_a_shared_installation_the_command_is_shown_in_its_place(page, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = page.run()
    [command] = [code.value for code in page.code]
    assert command == (
        "python -m mimimi listen fan card --name 'fan id_00' --machine-id id_00 --alarm 5/6"
    )
    assert "Start listening" not in [button.label for button in page.button]


def test_monitor_shows_how_the_listener_stands_without_the_passwords_of_its_streams(
    page, monkeypatch
):
    start(page, STREAM)
    monkeypatch.setattr(jobs.queue, "move_on", lambda: None)  # it waits, and is never started
    jobs.submit(JobRequest(background.JOB, "listen", options={"config": "x"}))
    page = page.switch_page("monitor/page.py").run()
    text = said(page).replace("\\", "").replace("\u2060", "")  # it is no link
    assert "fan id_00: rtsp://camera.local/audio" in text
    assert "secret" not in text
    page = page.button(key="listener_stop_listener").click().run()
    assert "stopped" in said(page)
    page = page.button(key="listener_hearing_disabled_fan id_00").click().run()
    assert background.machines() == ()
