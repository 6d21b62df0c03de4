"""Recordings of one's own on Analyse, as Streamlit's AppTest sees it."""

import json

import loads
import pytest
from teaching import wav
from visit import click, opened, said, try_example, upload

from mimimi import Detector
from mimimi.detector.calibration import ENOUGH
from mimimi.detector.verdict import Verdict, as_csv, as_json
from recorder import Recording
from state import examples

pytestmark = pytest.mark.usefixtures("own_home")


def test_the_id_is_asked_for_before_anything_is_judged(clip, judged):
    page = upload(opened(type="fan"), ("mine.wav", clip))
    assert "Which fan made this sound?" in said(page)
    assert not judged
    page = click(page, "ask_id_00")
    assert "fan id_00" in said(page)
    assert page.query_params["id"] == "id_00"


def test_an_inferred_machine_of_a_run_of_ones_own_is_called_less_reliable(clip, own_home):
    Detector.from_pretrained("fan").save_pretrained(own_home / "runs" / "north-hall")
    page = upload(opened(detector="north-hall", id="find"), ("mine.wav", clip))
    assert not page.exception
    assert any("less reliable" in warning.value for warning in page.warning)


def test_nothing_is_judged_twice(clip, judged):
    page = upload(opened(type="fan", id="id_00"), ("mine.wav", clip))
    once = dict(judged)
    page.run()
    assert judged == once
    page.selectbox(key="id").set_value("id_02").run()
    once = dict(judged)
    assert set(once) == {("mine.wav", "id_00"), ("mine.wav", "id_02")}
    page.selectbox(key="id").set_value("id_00").run()
    page.selectbox(key="id").set_value("id_02").run()
    assert judged == once


def test_many_files_make_a_table_and_a_bad_one_is_a_sentence_in_its_row(clip):
    other = examples.simulate(examples.Example("fan", "unbalance"))
    page = upload(
        opened(type="fan", id="id_50"),
        ("good.wav", clip),
        ("notes.wav", b"this is no sound"),
        ("other.wav", other),
        ("short.wav", clip[:20_000]),
    )
    assert not page.exception
    rows = page.dataframe[0].value.set_index("file")
    assert list(rows.index) == ["good.wav", "notes.wav", "other.wav", "short.wav"]
    assert "not a sound file" in rows.loc["notes.wav", "remark"]
    assert "too short" in rows.loc["short.wav", "remark"]
    assert rows.loc[["good.wav", "other.wav"], "score"].notna().all()


def test_one_bad_file_is_answered_in_one_sentence():
    page = upload(opened(type="fan", id="id_50"), ("notes.wav", b"this is no sound"))
    assert "Could not be judged" in said(page)
    assert "not a sound file" in said(page)
    assert "Judged" not in said(page)  # by no detector, and as no machine


def test_a_short_recording_says_that_it_was_repeated(clip):
    page = upload(opened(type="fan", id="id_50"), ("three.wav", clip[: 44 + 3 * 32_000]))
    assert any("repeated" in warning.value for warning in page.warning)


def test_the_same_sound_under_two_names_keeps_both(clip, judged):
    page = upload(opened(type="fan", id="id_50"), ("one.wav", clip), ("two.wav", clip))
    assert list(page.dataframe[0].value["file"]) == ["one.wav", "two.wav"]
    assert sum(judged.values()) == 1


def test_two_files_of_one_name_can_be_told_apart_in_the_list(clip):
    other = clip[: 44 + 9 * 32_000]
    page = upload(opened(type="fan", id="id_50"), ("one.wav", clip), ("one.wav", other))
    table = page.dataframe[0].value
    assert list(table["file"]) == ["one.wav", "one.wav (2)"]
    assert table["length"][0] > table["length"][1]
    assert any("Uploaded: one.wav, one.wav (2)" in c.value.replace("\\", "") for c in page.caption)


def test_an_example_in_between_leaves_a_way_back_to_ones_own_machine(clip):
    page = upload(opened(type="fan", id="id_02"), ("mine.wav", clip))
    page = click(page, "example_unbalance")
    assert f"fan {examples.MACHINE_IDS['fan']}" in said(page)
    assert "fan id_02" in said(click(page, "back_upload"))


def test_an_upload_after_an_example_is_not_judged_as_the_examples_machine(clip):
    page = try_example(opened(), "pump", "leakage")
    page = upload(page, ("mine.wav", clip))
    assert "Which pump made this sound?" in said(page)


def test_json_and_csv_hold_every_recording():
    verdicts = [
        Verdict("a.wav", "fan", "id_00", True, score=1.5, threshold=1.0, is_anomalous=True),
        Verdict("b, c.wav", "fan", error="b, c.wav is empty."),
    ]
    assert [entry["file"] for entry in json.loads(as_json(verdicts))] == [
        "a.wav",
        "b, c.wav",
    ]
    head, first, second = as_csv(verdicts).splitlines()
    assert head.startswith("file,machine_type,machine_id")
    assert first.startswith("a.wav,fan,id_00,True,1.5,1.0,True")
    assert second.startswith('"b, c.wav",fan')


@pytest.mark.parametrize("message", [None, "x", {}, {"wav": "§", "settings": {}}, {"wav": 3}, [1]])
def test_a_hostile_recording_is_ignored(message):
    from recorder import received

    assert received(message) is None


def test_processing_that_stayed_on_is_named():
    recording = Recording(b"", {"echoCancellation": True, "autoGainControl": False})
    assert recording.processing == ["echo cancellation"]


def test_a_table_says_in_which_state_each_was_and_how_rare_it_is_in_plain_words(own_home):
    loads.learnt(ENOUGH, ENOUGH).save_pretrained(own_home / "runs" / "mill")
    made = [(f"{load}.wav", wav(loads.sound(load, 200))) for load in ("idle", "full")]
    page = upload(opened(detector="mill"), *made)
    assert not page.exception
    table = page.dataframe[0].value.set_index("file")
    assert list(table["state"]) == ["deeper", "brighter"]
    assert "p-value" not in table
    assert all(1 <= one_in <= ENOUGH + 1 for one_in in table["while all is well"])
