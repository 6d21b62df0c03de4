"""The Live page without a browser: blocks of sound go in where the microphone's would."""

from __future__ import annotations

import io
import re
import time
from urllib.parse import parse_qsl

import numpy as np
import pytest
import soundfile
import streamlit as st
from streamlit.testing.v1 import AppTest
from turning import MACHINE_ID, MACHINE_TYPE, turning_faulty
from visit import MAIN, click, opened, said

from mimimi import Detector
from mimimi.monitor.alarm import Rule
from recorder.live import Block

pytestmark = pytest.mark.usefixtures("own_home")
RATE = 16_000


@pytest.fixture
def page() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params.update(type=MACHINE_TYPE, id=MACHINE_ID)
    return page.run().switch_page("live/page.py").run()


def wav(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV")
    return file.getvalue()


def hear(
    page: AppTest,
    sound: np.ndarray,
    *,
    first: int = 0,
    seconds: float = 10.0,
    take: str = "a take",
) -> list[str]:
    """What the page says after each block."""
    size, told = round(seconds * RATE), []
    for start in range(0, len(sound), size):
        block = Block(take, first + start, RATE, sound[start : start + size])
        page.session_state["live_block"] = block
        told.append(said(page.run()))
    return told


def test_before_anything_is_heard_it_says_what_to_do(page):
    assert "Press Listen" in said(page)
    assert not page.get("plotly_chart")  # there is nothing to see yet


def test_without_a_machine_it_asks_for_it():
    page = AppTest.from_file(str(MAIN), default_timeout=120).run().switch_page("live/page.py")
    assert "Which machine is the microphone at?" in said(page.run())


def test_the_alarm_comes_after_the_fault_and_not_before(page):
    page.session_state["alarm"] = Rule(2, 3)
    told = hear(page, turning_faulty(change=30.0, seconds=60.0), seconds=5.0)
    alarms = ["Alarm: unusual" in text for text in told]
    assert not any(alarms[: 30 // 5 + 1])
    assert alarms[-1]
    assert f"Sounds normal for {MACHINE_TYPE} {MACHINE_ID}" in told[30 // 5 - 1]
    (start,) = page.dataframe[0].value["from"]
    heard = page.session_state["live_listening"]
    assert start in map(heard.clock, (20.0, 25.0, 30.0))  # a segment with some of it
    assert f"since {start}" in told[-1]  # the clock of the day
    assert heard.live.heard == 60.0


def test_an_alarm_can_be_heard_and_the_session_taken_along(page):
    page.session_state["alarm"] = Rule(2, 3)
    hear(page, turning_faulty(change=10.0, seconds=40.0), seconds=5.0)
    heard = page.session_state["live_listening"]
    [(start, wav)] = heard.sounds.items()
    sound, rate = soundfile.read(io.BytesIO(wav))
    assert rate == RATE
    assert start + len(sound) / rate <= 40.0
    assert len(sound) / rate >= 10.0  # what led to the alarm
    labels = [button.label for button in page.get("download_button")]
    assert labels == ["Save it (WAV)", "Scores (CSV)", "Scores and alarms (JSON)"]
    charts = [chart.key for chart in page.get("plotly_chart")]
    assert charts == ["moments", "sound_now"]


def test_an_alarm_says_why_once_and_is_judged_on_analyse(page, monkeypatch):
    from mimimi.explain import explanation

    st.cache_data.clear()  # another test may have heard the same
    asked, explain = [], explanation.explain
    monkeypatch.setattr(
        explanation, "explain", lambda *of, **how: asked.append(of) or explain(*of, **how)
    )
    page.session_state["alarm"] = Rule(2, 3)
    told = hear(page, turning_faulty(change=10.0, seconds=40.0), seconds=5.0)
    heard = page.session_state["live_listening"]
    [worst] = heard.worst.values()
    alarms = ["Most unusual in the 10 s from" in text for text in told]
    assert alarms.index(True) == ["Alarm: unusual" in text for text in told].index(True)
    assert re.search("kHz|than usual", worst.reason)
    assert len(asked) == 1
    link = next(link for link in page.get("page_link") if link.proto.label == "Judge it on Analyse")
    address = dict(parse_qsl(link.proto.query_string))
    assert address["id"] == MACHINE_ID

    page.query_params.update(address)
    page.switch_page("analyse/page.py").run()
    assert not page.exception
    assert worst.clip.name in [caption.value for caption in page.caption]
    assert f"Unusual for {MACHINE_TYPE} {MACHINE_ID}" in said(page)
    assert worst.reason in said(page)  # no other one
    assert len(asked) == 1
    assert "alarm" not in page.query_params  # what is chosen now is shown from now on


@pytest.mark.slow
def test_the_alarm_of_an_own_machine_is_said_to_have_been_normal():
    page = opened()
    [name] = [field for field in page.text_input if field.key.startswith("teach_name")]
    page = name.set_value("press").run()
    [files] = [one for one in page.file_uploader if one.key.startswith("teach_uploads")]
    files.set_value([("well.wav", wav(turning_faulty(60.0, 60.0)), "audio/wav")]).run()
    page.query_params.clear()
    page.query_params["detector"] = "press"
    page.switch_page("live/page.py").run()
    page.session_state["alarm"] = Rule(2, 3)
    hear(page, turning_faulty(change=10.0, seconds=40.0), seconds=5.0)
    link = next(link for link in page.get("page_link") if link.proto.label == "Judge it on Analyse")

    page.query_params.update(parse_qsl(link.proto.query_string))
    page.switch_page("analyse/page.py").run()
    page = click(page, "was_normal")
    assert not page.exception
    assert "Noted: this was normal" in said(page)


def test_an_address_of_an_alarm_that_nobody_heard_leads_to_the_front(page):
    page.query_params["alarm"] = "20"
    page.switch_page("analyse/page.py").run()
    assert not page.exception
    assert "Unusual" not in said(page)


def test_before_there_is_a_verdict_no_empty_axes_are_drawn(page):
    hear(page, turning_faulty(change=60.0, seconds=5.0), seconds=5.0)
    assert [chart.key for chart in page.get("plotly_chart")] == ["sound_now"]


def test_the_browser_is_told_of_an_alarm_unless_that_is_switched_off(page, monkeypatch):
    told = []

    def component(name):
        return lambda **options: told.append(options["data"]["alarm"])

    monkeypatch.setattr("recorder.component", component)
    page.session_state["alarm"] = Rule(1, 1)
    hear(page, turning_faulty(change=0.0, seconds=20.0))
    assert "Alarm: unusual" in told[-1]
    page.toggle(key="ring").set_value(False).run()
    assert told[-1] is None


def test_the_machine_is_kept_when_the_page_is_left_and_come_back_to(page):
    hear(page, turning_faulty(change=30.0, seconds=20.0))
    page.switch_page("models/page.py").run()
    del page.session_state["id"]  # as a rerun of a fragment leaves it
    page.switch_page("live/page.py").run()
    assert page.selectbox(key="id").value == MACHINE_ID
    assert "Sounds normal" in said(page)


def test_a_stricter_rule_is_applied_to_what_was_heard_before(page):
    hear(page, turning_faulty(change=10.0, seconds=40.0))
    page.selectbox(key="alarm").set_value(Rule(8, 10)).run()
    assert "Alarm" not in said(page)
    page.selectbox(key="alarm").set_value(Rule(1, 1)).run()
    assert "Alarm: unusual" in said(page)


def test_what_is_no_slider_is_said_to_be_none(page):
    seconds = np.arange(20 * RATE) / RATE
    chirp = (0.3 * np.sin(2 * np.pi * (300 + 40 * seconds) * seconds)).astype(np.float32)
    assert "atches no known slider" in hear(page, chirp)[-1]


def test_lost_sound_is_said(page):
    sound = turning_faulty(change=60.0, seconds=30.0)
    hear(page, sound[: 12 * RATE])
    told = hear(page, sound[14 * RATE : 16 * RATE], first=14 * RATE)
    assert "2.0 s were lost on their way" in told[-1]


def test_another_machine_begins_anew(page):
    sound = turning_faulty(change=30.0, seconds=30.0)
    hear(page, sound)
    page.selectbox(key="id").set_value("id_51").run()
    hear(page, sound[: 10 * RATE], first=30 * RATE)
    starts = [segment.start for segment in page.session_state["live_listening"].live.segments]
    assert starts == [20.0, 25.0, 30.0]  # its last block is still at hand


def test_the_record_stays_when_the_machine_is_told_more_and_goes_on_with_what_it_learnt(own_home):
    sound = turning_faulty(change=30.0, seconds=70.0)
    folder = own_home / "runs" / "press"
    Detector.learn("press", [(sound[: 30 * RATE], RATE)]).save_pretrained(folder)
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params["detector"] = "press"
    page = page.run().switch_page("live/page.py").run()
    page.session_state["alarm"] = Rule(1, 1)
    hear(page, sound[: 50 * RATE])
    heard = page.session_state["live_listening"]
    before, sounds = list(heard.live.segments), dict(heard.sounds)
    assert before[-1].is_anomalous
    assert sounds

    page.switch_page("analyse/page.py").run()
    taught = Detector.from_pretrained(folder).was_normal((sound[35 * RATE : 65 * RATE], RATE))
    taught.save_pretrained(folder)
    text = said(page.switch_page("live/page.py").run())
    assert "Alarm: unusual for press" in text
    assert "Record of this session" in text
    heard = page.session_state["live_listening"]
    assert (list(heard.live.segments), heard.sounds) == (before, sounds)

    hear(page, sound[50 * RATE :], first=50 * RATE)
    after = list(page.session_state["live_listening"].live.segments)
    assert after[: len(before)] == before
    assert len(after) > len(before)
    assert not after[-1].is_anomalous  # that it was normal is known now


def test_the_record_goes_on_when_listen_is_pressed_again(page, monkeypatch):
    page.session_state["alarm"] = Rule(2, 3)
    sound = turning_faulty(change=10.0, seconds=40.0)
    hear(page, sound, seconds=5.0)
    heard = page.session_state["live_listening"]
    before, sounds = list(heard.live.segments), dict(heard.sounds)
    assert sounds

    opened, real = heard.began + 600.0, time.time
    monkeypatch.setattr(time, "time", lambda: opened + 10.0)  # as its first block arrives
    told = hear(page, sound[: 10 * RATE], take="another")
    monkeypatch.setattr(time, "time", real)
    assert f"At {heard.clock(610.0)}, after 10 min: " in told[-1]
    heard = page.session_state["live_listening"]
    after = list(heard.live.segments)
    assert after[: len(before)] == before
    assert after[len(before)].error == "the microphone was closed for 9 min"
    assert (after[-1].start, after[-1].score) == (600.0, before[0].score)
    assert heard.sounds.keys() >= sounds.keys()

    hear(page, sound[10 * RATE : 20 * RATE], first=10 * RATE, take="another")
    assert page.session_state["live_listening"].live.heard == 620.0


def test_a_rate_that_no_microphone_has_is_an_error_where_it_was_made(page):
    page.session_state["live_block"] = Block("a", 0, 1, np.zeros(10, np.float32))
    page.run()
    assert not page.exception
    assert re.search("sample rate of 1 Hz", page.error[0].value)
