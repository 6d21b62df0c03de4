"""A machine of one's own is told on the Analyse page what a recording was; without a browser."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from teaching import NAME, drop, has, headline, slider, taught, wav, words
from visit import click, opened, said, sounds, upload

pytestmark = pytest.mark.usefixtures("own_home")


def told_fault(page: AppTest, fault: str) -> AppTest:
    page.text_input(key="fault").set_value(fault)
    return next(button for button in page.button if button.label == "Remember it").click().run()


def test_a_fault_that_was_named_is_known_again_until_that_is_undone(minute, loose):
    today = f"{date.today().day} {date.today():%B %Y}"
    page = upload(taught(minute), ("first.wav", loose[0]))
    page = told_fault(page, "bearing")
    assert f"Noted: this was a fault: bearing, {today}" in said(page)
    assert f"Unusual for {NAME}" in headline(page)  # as it was judged
    assert "Its spectrum beside a normal one" in said(page)
    assert sounds(page) == ["This recording", "Nearest normal one"]
    page = upload(page, ("second.wav", loose[1]))
    assert f"Like bearing, {today}" in words(page.markdown)
    assert "Its spectrum beside a normal one" in said(page)

    page = click(upload(page, ("first.wav", loose[0])), "undo_told")
    assert has(page, "was_normal")
    assert "Like bearing" not in words(upload(page, ("second.wav", loose[1])).markdown)


def test_what_was_normal_is_noted_and_stays_as_it_was_judged(minute, loose):
    page = click(upload(taught(minute), ("first.wav", loose[0])), "was_normal")
    assert "Noted: this was normal" in said(page)
    assert "Its spectrum beside a normal one" in said(page)
    assert "Normal one: monday" in words(page.caption)  # not itself
    assert f"Unusual for {NAME}" in headline(page)
    page = upload(page, ("second.wav", loose[1]))
    assert not has(page, "undo_told")
    assert "Was normal, " in said(page)  # what it knows
    page = click(page, "undo_last")
    assert "Was normal, " not in said(page)
    assert has(upload(page, ("first.wav", loose[0])), "was_normal")  # as if nothing had been said


def test_of_several_recordings_it_is_said_that_the_others_are_judged_anew(minute, loose, normal):
    alike = wav(0.97 * slider(101, "loose belt"))
    files = [("one.wav", loose[1]), ("alike.wav", alike), ("well.wav", normal)]
    page = upload(taught(minute), *files)
    assert "## 3 recordings: 2 unusual" in said(page)
    assert not page.info
    page = click(page, "was_normal")  # of the most unusual one
    [info] = page.info
    assert info.value.startswith("What you said of one of them was learnt; its verdict stays")
    rows = page.dataframe[0].value.set_index("file")
    assert sorted(rows["verdict"]) == ["▲ unusual", "✓ normal", "✓ normal"]
    assert "1 of them is called otherwise now" in info.value
    nothing, noted, before = sorted(rows["remark"])
    assert nothing == ""
    assert noted.startswith("Noted: this was normal, ")
    assert before == "was ▲ unusual before"


def test_a_fault_without_a_name_is_asked_for_one(minute, loose):
    page = told_fault(upload(taught(minute), ("first.wav", loose[0])), "")
    assert "cannot be the name of a fault" in page.error[0].value
    assert has(page, "was_normal")


def test_where_it_has_moved_its_new_sound_is_learnt(minute):
    page = taught(minute[:5])
    page.get("segmented_control")[0].set_value("It has moved, or has another microphone").run()
    page = drop(page, "more_uploads", *minute)
    assert not page.exception
    assert "Another place, " in said(page)


def test_demo_machines_are_told_nothing(normal):
    page = upload(opened(type="fan", id="id_02"), ("mine.wav", normal))
    assert not has(page, "was_normal")
