"""One machine's page: what was heard of it so far, opened again, and lost by no reload."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import streamlit as st
from loads import learnt
from PIL import Image
from streamlit.testing.v1 import AppTest
from visit import MAIN, click, opened, said, sounds, upload

from mimimi import Detector
from mimimi.detector.calibration import ENOUGH
from mimimi.logbook.entry import Entry
from mimimi.logbook.logbook import Logbook
from mimimi.simulate import simulate_clip
from state import logbooks

pytestmark = [pytest.mark.usefixtures("own_home"), pytest.mark.slow]


def wav(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format="WAV")
    return file.getvalue()


def slider(take: int, fault: str | None = None) -> bytes:
    return wav(simulate_clip("slider", "id_52", clip=take, fault=fault, severity=10.0))


@pytest.fixture(scope="module")
def minute() -> list[tuple[str, bytes]]:
    return [(f"well {take}.wav", slider(take)) for take in range(6)]


@pytest.fixture(scope="module")
def loose() -> bytes:
    return slider(100, "loose belt")


def taught(minute) -> AppTest:
    page = opened()
    [name] = [field for field in page.text_input if field.key.startswith("teach_name")]
    page = name.set_value("press").run()
    [files] = [one for one in page.file_uploader if one.key.startswith("teach_uploads")]
    return files.set_value([(name, content, "audio/wav") for name, content in minute]).run()


def book(home: Path) -> Logbook:
    return Logbook(home / "runs" / "press" / "logbook")


def judged(home: Path) -> list[Entry]:
    return [entry for entry in book(home).entries() if entry.verdict]


def test_a_machine_with_two_states_says_so(own_home):
    learnt(ENOUGH, ENOUGH).save_pretrained(own_home / "runs" / "mill")
    page = machine_page()
    assert f"{ENOUGH} recordings sound deeper and {ENOUGH} brighter" in said(page)
    page = click(page, "states_mill_otherwise")
    assert "It was said to have one state" in said(page)
    assert Detector.from_pretrained(own_home / "runs" / "mill").ensemble.memory.states is None
    analyse = said(opened(detector="mill"))
    assert "It was said to have one state" in analyse
    assert "Said to have one state" in analyse
    page = click(page, "states_mill_otherwise")
    assert f"{ENOUGH} recordings sound deeper and {ENOUGH} brighter" in said(page)


def machine_page(**address: str) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120).run()
    page.query_params.update(address)
    return page.switch_page("machines/page.py").run()


def test_verdicts_are_entered_once_and_the_nearest_normal_one_is_heard(minute, loose, own_home):
    page = upload(taught(minute), ("later.wav", loose))
    page.run()
    [entry] = judged(own_home)
    assert (entry.file, entry.verdict.is_anomalous) == ("later.wav", True)
    assert entry.sentence in said(page).replace("\\", "")
    assert sounds(page) == ["This recording", "Nearest normal one"]
    assert page.query_params["result"] == entry.number


def test_a_link_to_a_machine_that_is_not_here_says_so(own_home, hum):
    assert "No machine is known here yet" in said(machine_page(machine="nothing"))
    heard = [(hum(seed=n), 16_000) for n in range(3)]
    Detector.learn("press", heard).save_pretrained(own_home / "runs" / "press")
    page = machine_page(machine="nothing")
    assert "## press" in said(page)
    [warning] = page.warning
    assert "leads to, nothing, is not here" in warning.value
    assert not machine_page(**page.query_params).warning


def test_a_reload_shows_the_same_result_and_a_false_link_says_so(minute, loose, own_home):
    page = upload(taught(minute), ("later.wav", loose))
    address = dict(page.query_params)
    again = opened(**address)
    assert "Unusual for press" in said(again)
    assert "later.wav" in "".join(caption.value for caption in again.caption).replace("\\", "")
    assert len(judged(own_home)) == 1

    gone = opened(**(address | {"result": "0" * 16}))
    assert "not kept here any more" in gone.warning[0].value
    hostile = opened(**(address | {"result": "../../config"}))
    assert "not kept here any more" in hostile.warning[0].value


def test_who_is_gone_while_it_is_explained_finds_the_same_result_again(
    minute, loose, own_home, monkeypatch
):
    page, at_once = taught(minute), []

    def gone(*of: object, **more: object) -> None:
        at_once.append((dict(st.query_params), judged(own_home)))
        st.stop()  # as where the connection breaks

    with monkeypatch.context() as patch:
        patch.setattr("mimimi.explain.explanation.explain", gone)
        page = upload(page, ("later.wav", loose))
    assert "Unusual for press" in said(page)  # the headline can be read
    [(address, [entry])] = at_once
    assert address == dict(page.query_params)
    assert address["result"] == entry.number
    assert not entry.sentence

    again = opened(**address)
    assert "Unusual for press" in said(again)
    [whole] = judged(own_home)
    assert whole == replace(entry, sentence=whole.sentence)
    assert whole.sentence in said(again).replace("\\", "")


def test_the_address_leads_to_no_earlier_result(minute, loose, own_home):
    page = upload(taught(minute), ("later.wav", loose))
    assert "result" in page.query_params
    page = upload(page, ("letter.wav", b"this is no sound"))
    assert "Could not be judged" in said(page)
    assert "result" not in page.query_params
    page = upload(page, ("later.wav", loose))
    assert "result" in page.query_params
    page.selectbox(key="detector").set_value("fan").run()
    assert "Which fan made this sound?" in said(page)
    assert "result" not in page.query_params


def test_what_was_said_of_it_is_there_again_with_the_verdict_as_it_was(minute, loose, own_home):
    page = upload(taught(minute), ("later.wav", loose))
    address = dict(page.query_params)
    click(page, "was_normal")
    again = opened(**address)
    assert "Unusual for press" in said(again)  # as it was, though it is learnt from now
    assert "Noted: this was normal" in said(again)
    assert "was normal" in said(machine_page(machine="press"))


def test_the_page_lists_all_with_a_trend_and_two_side_by_side(minute, loose, own_home):
    page = upload(taught(minute), ("first.wav", slider(90)))
    upload(page, ("later.wav", loose))
    page = machine_page(machine="press")
    assert "Last recording: unusual for press; of 2 so far 1 unusual" in said(page)
    listed = said(page).replace("\\", "")
    for name in ("first.wav", "later.wav", "well 0.wav"):
        assert name in listed
    assert {chart.key for chart in page.get("plotly_chart")} == {"trend", "beside"}
    [player] = [one for one in page.get("bidi_component") if one.key == "beside_player"]
    assert player.proto.json.count('"label"') == 2


def test_of_several_recordings_each_is_entered_once(minute, loose, own_home):
    three = [("first.wav", slider(90)), ("second.wav", slider(91)), ("later.wav", loose)]
    page = upload(taught(minute), *three)
    page.run()
    entries = judged(own_home)
    assert sorted(entry.file for entry in entries) == sorted(name for name, _ in three)
    assert sum(bool(entry.verdict.is_anomalous) for entry in entries) == 1
    assert said(machine_page()).count(" normal recordings") == 3  # on each, why


@pytest.mark.parametrize("together", [True, False])
def test_a_verdict_says_so_where_all_was_learnt_from_one_recording(minute, loose, together):
    takes = [simulate_clip("slider", "id_52", clip=take) for take in range(6)]
    page = taught([("minute.wav", wav(np.concatenate(takes)))] if together else minute)
    page = upload(page, ("later.wav", loose))
    below = " ".join(caption.value for caption in page.caption)
    assert "Unusual for press" in said(page)
    assert ("All of it is one recording: expect more false alarms" in below) == together


def test_one_that_is_removed_is_gone(minute, loose, own_home):
    upload(taught(minute), ("later.wav", loose))
    [entry] = judged(own_home)
    page = click(machine_page(machine="press"), f"remove_{entry.number}")
    assert "later.wav" not in said(page).replace("\\", "")
    assert book(own_home).sound(entry.sound) is None


def test_it_begins_with_the_machine_in_use(own_home):
    heard = [(simulate_clip("slider", "id_52", clip=take), 16_000) for take in range(3)]
    Detector.learn("alpha", heard).save_pretrained(own_home / "runs" / "alpha")
    page = opened().switch_page("machines/page.py").run()  # the only one, so nothing is chosen
    Detector.learn("press 4", heard).save_pretrained(own_home / "runs" / "press-4")
    page.switch_page("live/page.py").run()
    page.selectbox(key="detector").set_value("press-4").run()
    page.switch_page("machines/page.py").run()
    assert page.selectbox(key="machine_shown").value == "press-4"
    assert page.query_params["machine"] == "press-4"
    page = machine_page(detector="press-4")  # an address of Analyse's form
    assert page.selectbox(key="machine_shown").value == "press-4"


def test_without_a_machine_it_leads_to_teaching(own_home):
    page = machine_page()
    assert "Teach it yours" in said(page)


def test_on_a_shared_installation_nothing_outlives_the_visit(minute, loose, own_home, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = upload(taught(minute), ("later.wav", loose))
    assert "Unusual for press" in said(page)
    kept = list(own_home.rglob("*.sound"))
    assert kept
    assert all(path.is_relative_to(own_home / "visits") for path in kept)  # swept with the visit
    other = opened(**dict(page.query_params))  # the link, in another visit
    assert "Unusual for press" not in said(other)


def test_a_photo_is_made_small_and_loses_what_a_camera_writes_into_it(tmp_path):
    kept, picture = Logbook(tmp_path), io.BytesIO()
    noted = Image.Exif()
    noted[0x010E] = "where it was taken"
    Image.new("RGB", (3000, 1000)).save(picture, "JPEG", exif=noted)
    logbooks.keep_photo(kept, picture.getvalue())
    with Image.open(io.BytesIO(kept.photo)) as small:
        assert max(small.size) == 1024
        assert not small.getexif()


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path, content):
    from mimimi.errors import UserError

    with pytest.raises(UserError, match="not a picture"):
        logbooks.keep_photo(Logbook(tmp_path), content)
