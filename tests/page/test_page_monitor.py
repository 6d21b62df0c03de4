"""The page Monitor: what the history holds, and nothing else."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from segments import NORMAL, OFF, UNUSUAL, series
from streamlit.testing.v1 import AppTest
from visit import MAIN, click, said

from mimimi.detector.detector import Detector
from mimimi.extras import MissingExtraError
from mimimi.service.clips import Clips
from mimimi.service.history import judged_by, marks
from mimimi.service.history.history import History
from mimimi.service.history.tables import folder
from mimimi.service.history.why import why
from mimimi.service.judgement import Report
from mimimi.service.notice import Notice

pytestmark = pytest.mark.usefixtures("own_home")
CALM, LOUD, QUIET = "compressor 2", "roof fan", "spare pump"


@pytest.fixture
def history(own_home):
    opened = History()
    yield opened
    opened.close()


@pytest.fixture
def heard(history) -> float:
    """Three machines: one well, one in alarm, one off with a silent microphone; until when."""
    now = time.time()
    for name, kind, notices in (
        (CALM, NORMAL, []),
        (LOUD, UNUSUAL, [("alarm", "roof fan sounds unusual.")]),
        (QUIET, OFF, [("silent", "spare pump: the microphone is silent, or drops out.")]),
    ):
        details = {"score": 3.0, "threshold": 2.0, "where": "a tone at 2.4 kHz throughout"}
        told = [
            Notice(name, about, True, now - 20, now - 55, text, details) for about, text in notices
        ]
        segments = series(*[NORMAL] * 10, *[kind] * 10, start=now - 105)
        history.add(name, Report(segments, told))
    return now


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120).run()
    page.query_params.update(address)
    return page.switch_page("monitor/page.py").run()


def test_where_nobody_has_listened_it_says_what_it_is_for_and_how_to_begin():
    page = opened()
    assert "Nothing is listened to yet" in said(page)
    assert page.code[0].value == 'python -m mimimi listen "compressor 2" card'
    assert not (folder() / "history.sqlite").exists()  # looking makes none


def test_the_command_names_a_machine_that_was_taught_already(hum, own_home):
    heard = [(hum(seed=n), 16_000) for n in range(3)]
    Detector.learn("mill", heard).save_pretrained(own_home / "runs" / "mill")
    assert opened().code[0].value == 'python -m mimimi listen "mill" card'


def figures(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def test_how_long_it_was_in_which_of_its_states_is_said(history):
    now = time.time()
    deeper, brighter = (replace(NORMAL, state=state) for state in ("deeper", "brighter"))
    history.add(CALM, Report(series(*[deeper] * 24, *[brighter] * 36, start=now - 300)))
    of_one = series(*[NORMAL] * 12, start=now - 60)
    history.add(LOUD, Report(of_one))
    assert "brighter state · score 1, threshold 2" in (shown := figures(opened(machine=CALM)))
    assert "ran 5 min of the last 24 h (deeper 2 min, brighter 3 min)" in shown
    assert "In this stretch it ran 5 min (deeper 2 min, brighter 3 min)." in shown
    assert "state" not in figures(opened(machine=LOUD))
    assert "In this stretch" not in figures(opened(machine=LOUD))


def test_where_the_database_is_not_installed_it_says_so_and_what_it_is_for(monkeypatch):
    def machines() -> list[str]:
        raise MissingExtraError("sqlalchemy is not installed")

    monkeypatch.setattr("state.heard.machines", machines)
    page = opened()
    assert "Nothing is listened to yet" in said(page)
    assert "sqlalchemy is not installed" in page.info[0].value


def test_each_machine_is_a_tile_that_says_how_it_stands(heard):
    text = said(opened())
    assert f"Alarm: {LOUD} (1 of 3 machines)" in text
    tiles = text.split("###")[1:]
    assert "Sounds normal" in tiles[0]
    assert "No alarm so far" in tiles[0]
    assert "Alarm: it sounds unusual" in tiles[1]
    assert "Since " in tiles[1]
    assert "**A tone at 2.4 kHz throughout.**" in tiles[1]
    assert "The microphone is not well" in tiles[2]
    assert "The microphone is silent, or drops out." in tiles[2].replace("\\", "")


def test_what_was_heard_last_long_ago_is_not_called_normal(history):
    history.add(CALM, Report(series(NORMAL, start=time.time() - 3600)))
    text = said(opened())
    assert f"Nothing is heard of {CALM}" in text
    assert "60 min ago" in text
    assert "Sounds normal" not in text


def test_a_click_shows_one_machine_its_past_and_its_alarms(heard):
    page = click(opened(), f"open_machine_{LOUD}")
    assert page.query_params == {"machine": LOUD}
    assert "1 alarm in this stretch" in said(page)
    (row,) = page.dataframe[0].value.to_dict("records")
    assert row["alarm"].endswith("still on")
    assert row["highest score"] == 3.0
    assert not row["sound kept"]
    assert page.get("plotly_chart")
    for span in ("1 hour", "7 days", "30 days"):
        page.segmented_control(key="span").set_value(span).run()
        assert "1 alarm in this stretch" in said(page)
    page = click(page, "span_chevron_left")
    assert "No alarm in this stretch" in said(page)
    page = click(page, "span_last_page")
    assert "1 alarm in this stretch" in said(page)
    page = page.button[0].click().run()  # all machines
    assert f"Alarm: {LOUD}" in said(page)


def test_a_link_may_name_a_machine_as_addresses_do(heard):
    page = opened(machine="roof-fan")
    assert page.query_params == {"machine": LOUD}
    assert "Alarm: it sounds unusual" in said(page)


def shown(page: AppTest) -> tuple[float, float]:
    """From when to when the course is drawn, in s since 1970."""
    course = json.loads(page.get("plotly_chart")[0].proto.spec)
    start, end = map(datetime.fromisoformat, course["layout"]["xaxis"]["range"])
    return start.timestamp(), end.timestamp()


@pytest.mark.parametrize("span", ["1 hour", "1 day", "30 days"])
def test_of_a_new_machine_all_that_there_is_fills_the_chart(heard, span):
    page = opened(machine=CALM)
    page.segmented_control(key="span").set_value(span).run()
    start, end = shown(page)
    assert start <= heard - 105 < start + 6  # s, a point
    assert end > heard
    assert "It was first heard at" in figures(page)
    assert len(json.loads(page.get("plotly_chart")[0].proto.spec)["data"][0]["x"]) >= 20


def test_of_a_machine_that_is_known_for_long_the_span_that_was_asked_for_is_shown(history):
    now = time.time()
    history.add(CALM, Report(series(NORMAL, start=now - 3 * 86_400)))
    history.add(CALM, Report(series(*[NORMAL] * 20, start=now - 105)))
    page = opened(machine=CALM)
    start, end = shown(page)
    assert end - start == pytest.approx(86_400)
    assert "first heard" not in figures(page)
    page.segmented_control(key="span").set_value("7 days").run()
    assert shown(page)[0] <= now - 3 * 86_400 < shown(page)[0] + 1201
    assert "It was first heard at" in figures(page)
    assert "Score over the last 24 h" in figures(opened())


def test_why_there_was_no_alarm_is_said_in_the_words_of_the_command_line(heard, history):
    moment = round(heard - 80)
    page = opened(machine=CALM, at=f"{moment}")
    text = said(page).replace("\\", "")
    for line in why(history, CALM, moment)[1:]:
        assert line[1:] in text
    assert "was not kept" in page.info[0].value
    assert "nothing was heard then" in said(opened(machine=CALM, at=f"{moment - 9e5:.0f}")).lower()


def test_an_alarm_is_acknowledged_once_and_that_is_kept(heard, history):
    page = opened(machine=LOUD)
    page = click(page, "acknowledge")
    assert marks.is_acknowledged(history, LOUD)
    assert "Somebody has seen this alarm" in said(page)
    assert "acknowledge" not in [button.key for button in page.button]


def test_nobody_is_told_of_a_machine_for_as_long_as_was_asked(heard, history):
    page = opened(machine=LOUD)
    page.selectbox(key="mute_for").set_value("1 hour").run()
    page = click(page, "mute")
    until = marks.muted_until(history, LOUD, time.time())
    assert until == pytest.approx(time.time() + 3600, abs=60)
    assert "Nobody is told of it until" in said(page)
    page = click(page, "unmute")
    assert marks.muted_until(history, LOUD, time.time()) is None


def test_a_shared_installation_shows_nothing_unless_its_operator_says_so(heard, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = opened(machine=LOUD)
    assert LOUD not in said(page)
    assert "MIMIMI_MONITOR=on" in page.info[0].value
    monkeypatch.setenv("MIMIMI_MONITOR", "on")
    page = opened(machine=LOUD)
    assert "Alarm: it sounds unusual" in said(page)
    assert not {"acknowledge", "mute"} & {button.key for button in page.button}


def test_a_history_that_is_none_is_said_to_be(own_home):
    folder().mkdir(parents=True)
    (folder() / "history.sqlite").write_bytes(b"no database at all" * 100)
    assert "cannot be opened" in opened().error[0].value


def test_links_that_make_no_sense_are_passed_over(heard):
    page = opened(machine="../../etc", at="nan")
    assert f"Alarm: {LOUD}" in said(page)
    assert "Nothing was heard of ../../etc" in page.warning[0].value.replace("\\", "")
    page = opened(machine=CALM, at="1e300")
    assert page.query_params == {"machine": CALM}
    assert "Why was there" not in said(page)


@pytest.fixture
def kept(heard, history, hum, own_home) -> float:
    """An alarm whose sound was kept, of a machine that has learnt a hum; a moment of it."""
    Detector.learn(LOUD, [(hum(seed=n), 16_000) for n in range(6)]).save_pretrained(
        own_home / "runs" / "roof-fan"
    )
    judged_by.keep(history, LOUD, judged_by.JudgedBy(LOUD, LOUD, None))
    sound = np.concatenate([hum(20.0, seed=30), hum(30.0, hertz=600.0, seed=31)])
    clips = Clips(folder() / "clips", 10, 10, print)
    path = clips.keep(LOUD, heard - 55, sound, 16_000, "alarm", 3.0)
    history.add(LOUD, Report(notices=[Notice(LOUD, "alarm", False, heard - 6, heard - 6, "over")]))
    raised = Notice(LOUD, "alarm", True, heard - 5, heard - 55, "again", {"clip": path})
    at = replace(UNUSUAL, at=heard - 25.0)  # 30 s into the clip, which ends where it was raised
    history.add(LOUD, Report([at], [raised]))
    return heard - 20.0


def test_a_moment_whose_sound_was_kept_is_judged_as_analyse_does_and_can_be_told_of(kept):
    page = opened(machine=LOUD, at=f"{kept}")
    assert f"Unusual for {LOUD}" in said(page)
    charts = {chart.key for chart in page.get("plotly_chart")}
    assert {"scale", "time"} <= charts
    page = click(page, "was_normal")
    assert "Noted: this was normal" in said(page)
    page = click(page, "undo_told")
    page.text_input(key="fault").set_value("bearing")
    [remember] = [button for button in page.button if button.label == "Remember it"]
    assert "Noted: this was a fault: bearing" in said(remember.click().run())


def test_sound_that_has_gone_to_make_room_is_said_to_be_gone(kept):
    [path] = (folder() / "clips").glob("*/*.flac")
    page = opened(machine=LOUD, at=f"{kept}")
    path.unlink()
    assert "was not kept" in page.run().info[0].value
