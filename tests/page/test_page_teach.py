"""A machine of one's own on the Analyse page: learnt, judged, told more; without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from teaching import NAME, call, drop, has, headline, slider, taught, wav, words
from visit import click, opened, said, upload

from recorder.live import Block


@pytest.fixture(autouse=True)
def home(own_home, monkeypatch) -> Path:
    for name in ("SPACE_ID", "MIMIMI_SHARED"):
        monkeypatch.delenv(name, raising=False)
    return own_home


# --- learning


def test_a_name_and_a_minute_of_sound_are_enough_for_a_verdict(minute, normal, loose):
    page = taught(minute)
    assert not page.warning
    assert page.selectbox(key="detector").options[0] == NAME
    assert "id" not in {box.key for box in page.selectbox}  # there is only one
    page = upload(page, ("next.wav", normal))
    assert f"Sounds normal for {NAME}" in headline(page)
    page = upload(page, ("later.wav", loose[0]))
    assert f"Unusual for {NAME}" in headline(page)
    assert "louder peaks" in said(page)  # the reason


def test_it_is_there_on_the_next_visit_before_the_demo_machines(minute, normal):
    taught(minute)
    page = opened()
    assert page.selectbox(key="detector").options[:2] == [NAME, "Demo machine: fan"]
    assert f"Sounds normal for {NAME}" in headline(upload(page, ("next.wav", normal)))


def test_less_than_ten_seconds_are_refused_and_the_name_is_kept(minute):
    page = drop(call(opened(), "north"), "teach_uploads", ("short.wav", wav(slider(0)[:80_000])))
    assert "only 5.0 s of sound: 10 s is the least" in words(page.error)
    page = drop(page, "teach_uploads", *minute)
    assert "north is learnt from 60 s" in page.success[0].value


def test_little_sound_is_learnt_and_said_to_be_little(minute):
    page = drop(call(opened(), "north"), "teach_uploads", *minute[:2])
    assert "north is learnt from 20 s" in page.success[0].value
    assert "20 s is little" in page.warning[0].value
    assert "95 after 60 s" in page.warning[0].value  # what more would buy
    assert "All of it comes from two recordings" in page.warning[1].value
    page = drop(page, "more_uploads", *minute[2:])
    assert not page.warning
    assert "Learnt, " in said(page)
    page = drop(page, "more_uploads", *minute[:1])
    assert "heard all of these recordings before" in words(page.warning)


def test_what_is_wrong_with_a_recording_is_said(minute):
    loud = np.clip(20 * slider(0), -0.5, 0.5)
    page = drop(call(opened(), "north"), "teach_uploads", ("loud.wav", wav(loud)), *minute)
    assert "loud.wav: " in words(page.warning)
    assert "clipped" in words(page.warning)


@pytest.mark.parametrize("content", [b"this is no sound", wav(np.zeros(320_000))])
def test_what_is_no_sound_is_refused_in_one_sentence(content):
    page = drop(call(opened(), "north"), "teach_uploads", ("notes.wav", content))
    assert len(page.error) == 1
    assert "notes" in page.error[0].value


def test_files_may_come_before_the_name(minute):
    page = drop(opened(), "teach_uploads", *minute)
    assert page.info[0].value == "Now give it a name, then press “Learn it”."
    page = click(call(page, "north"), "learn_it")
    assert "north is learnt" in page.success[0].value


def test_a_click_while_it_is_learnt_costs_nothing(minute, monkeypatch):
    page = call(opened(), "north")
    with monkeypatch.context() as patch:
        patch.setattr("state.learnt.learn", lambda *of: st.stop())  # as a click ends a run
        page = drop(page, "teach_uploads", *minute)
    assert not page.success
    assert "north is learnt" in page.run().success[0].value


@pytest.mark.parametrize(
    ("name", "sentence"), [("fan", "There is a fan already"), ("a|b", "cannot be the name")]
)
def test_a_name_that_cannot_be_is_said_and_the_recordings_wait(minute, name, sentence):
    page = drop(call(opened(), name), "teach_uploads", *minute)
    assert sentence in page.error[0].value
    page = click(call(page, "roof fan"), "learn_it")
    assert "roof fan is learnt" in page.success[0].value


def test_live_listens_to_it_as_well(minute):
    page = taught(minute).switch_page("live/page.py").run()
    for second, take in enumerate((slider(90), slider(100, "loose belt"))):
        page.session_state["live_block"] = Block("a take", second * 160_000, 16_000, take)
        page.run()
    assert f"Unusual for {NAME} just now, no alarm yet" in said(page)


# --- beside demo machines


def test_a_machine_that_was_never_heard_gets_no_score_but_a_way_to_teach_it(minute, normal):
    page = upload(opened(type="fan", id="find"), ("mine.wav", normal))
    assert "This machine has never been heard here" in headline(page)
    assert not page.metric
    assert not page.get("plotly_chart")
    page = click(page, "teach_it")
    assert "mine.wav" in page.checkbox(key="carried_is_normal").label.replace("\\", "")
    page = drop(call(page, "north"), "teach_uploads", *minute)
    assert "Sounds normal for north" in headline(page)  # the recording was taken along


def test_the_recording_that_was_taken_along_may_be_learnt_from(normal):
    page = click(upload(opened(type="fan"), ("mine.wav", normal)), "teach_it")
    page = page.checkbox(key="carried_is_normal").check().run()
    page = click(call(page, "north"), "learn_it")
    assert "north is learnt from 10 s" in page.success[0].value


def test_who_says_that_it_is_a_demo_machine_gets_its_verdict_and_a_word(normal):
    page = upload(opened(type="fan", id="id_02"), ("mine.wav", normal))
    assert "Perhaps unusual for fan id_02" in headline(page)  # 8 normal ones are behind it
    assert said(page).count("has never been heard here") == 1
    assert has(page, "teach_it")
    page = click(page, "example_unbalance")
    assert not has(page, "teach_it")


def test_back_leads_to_the_verdict(normal):
    page = click(upload(opened(type="fan", id="id_02"), ("mine.wav", normal)), "teach_it")
    assert "unusual for fan id_02" in headline(click(page, "teach_back"))


# --- shared installations


def test_on_a_shared_installation_what_is_learnt_stays_with_the_visit(
    home, minute, normal, monkeypatch
):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = opened()
    assert any("this visit only" in caption.value for caption in page.caption)
    page = taught(minute)
    assert f"Sounds normal for {NAME}" in headline(upload(page, ("next.wav", normal)))
    assert has(page, "was_normal") or has(page.run(), "was_normal")
    kept = [path.relative_to(home).parts[0] for path in home.rglob("config.json")]
    assert set(kept) == {"visits"}  # which go with the visit
    assert NAME not in opened().selectbox(key="detector").options
    monkeypatch.delenv("MIMIMI_SHARED")
    assert NAME not in opened().selectbox(key="detector").options


def test_a_shared_installation_takes_no_more_than_it_has_room_for(minute, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    monkeypatch.setenv("MIMIMI_MAX_MEGABYTES", "1")
    page = drop(call(opened(), "north"), "teach_uploads", *minute)
    assert "keeps 1 MB of recordings" in words(page.error)


def test_on_a_shared_installation_a_machine_of_the_house_is_told_nothing(
    minute, normal, monkeypatch
):
    taught(minute)
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = opened()
    page = page.selectbox(key="detector").select(
        next(name for name in page.selectbox(key="detector").options if NAME in name)
    )
    page = upload(page.run(), ("next.wav", normal))
    assert f"Sounds normal for {NAME}" in headline(page)
    assert not has(page, "was_normal")
