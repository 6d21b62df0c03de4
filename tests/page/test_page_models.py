"""Detectors of one's own on the Models page: taken along, taken in, renamed, deleted."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mimimi.detector.detector import Detector
from mimimi.detector.locate import trained
from mimimi.detector.one_file import pack
from mimimi.simulate import simulate_clip
from state.detectors import known

APP = Path(__file__).resolve().parents[2] / "app"


@pytest.fixture(scope="module")
def learnt() -> Detector:
    clips = [(simulate_clip("pump", "id_52", clip=number), 16_000) for number in range(3)]
    return Detector.learn("Pump 2", clips, "pump")


@pytest.fixture
def runs(own_home, learnt, saved_detector) -> Path:
    """A machine that was learnt, and what a training has made."""
    learnt.save_pretrained(own_home / "runs" / "pump-2")
    shutil.copytree(saved_detector, own_home / "runs" / "hall-b")
    return own_home / "runs"


def opened(kind: str = "pump") -> AppTest:
    page = AppTest.from_file(str(APP / "models" / "page.py"), default_timeout=120).run()
    next(one for one in page.get("button_group") if one.key == "models_type").set_value(kind)
    return page.run()


def said(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.markdown, page.error, page.success)
    text = "\n".join(element.value for kind in kinds for element in kind)
    return text.replace("\\", "")  # before signs that Markdown would act on


def give(page: AppTest, name: str, content: bytes) -> AppTest:
    [uploader] = page.file_uploader
    return uploader.set_value((name, content, "application/zip")).run()


def rename(page: AppTest, name: str, wanted: str) -> AppTest:
    page.text_input(key=f"new_name_{name}").set_value(wanted)
    return page.button(key=f"renamed_{name}").click().run()


def test_every_detector_can_be_taken_along_as_one_file(runs):
    keys = {button.key for button in opened().get("download_button")}
    assert keys == {"download_pump-2", "download_pump"}


def test_one_that_was_taken_along_is_taken_in_and_judges_alike(own_home, learnt):
    page = give(opened(), "Pump of hall B.zip", pack(learnt))
    assert "Taken in: Pump 2" in said(page)
    taken = Detector.from_pretrained(trained()["pump-2"])
    clip = (simulate_clip("pump", "id_52", clip=9), 16_000)
    assert taken.analyse(clip).score == pytest.approx(learnt.analyse(clip).score, abs=1e-6)


def test_a_second_one_of_the_same_name_gets_another_and_the_first_stays(runs, learnt):
    before = (runs / "pump-2" / "model.safetensors").read_bytes()
    for number in (2, 3):
        page = give(opened(), "pump-2.zip", pack(learnt))
        assert (
            f"There is a Pump 2 already, so the one that was taken in is called Pump 2 ({number})"
            in said(page)
        )
    labels = [one.label for one in known().values() if one.group == "mine"]
    assert sorted(labels) == ["Pump 2", "Pump 2 (2)", "Pump 2 (3)"]
    assert (runs / "pump-2" / "model.safetensors").read_bytes() == before
    page = rename(opened(), "pump-2", "Pump 2 (2)")  # names are taken as those that were taught
    assert "already" in said(page)


def test_a_second_training_of_the_same_name_gets_another(runs, saved_detector):
    give(opened(), "hall-b.zip", pack(Detector.from_pretrained(saved_detector)))
    assert set(trained()) == {"hall-b", "hall-b-2", "pump-2"}


def archive(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "/").replace("_json", ".json"), text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no archive", "no ZIP of a detector"),
        (archive(readme=b"x"), "holds no detector"),
        (archive(config_json=b"{}", **{"model.safetensors": b"x"}), "not a MIMIMI detector"),
    ],
)
def test_what_is_no_detector_is_refused_and_leaves_nothing(own_home, content, sentence):
    page = give(opened(), "evil.zip", content)
    assert sentence in said(page)
    assert "/tmp" not in said(page)
    assert trained() == {}


def test_a_card_from_a_file_is_written_anew(own_home, learnt):
    content = io.BytesIO(pack(learnt))
    with zipfile.ZipFile(content, "a") as packed:
        packed.writestr("elsewhere/README.md", "![](https://tracker.example/x.png)")
    page = give(opened(), "pump.zip", content.getvalue())
    assert "tracker" not in said(page)
    assert not (trained()["pump-2"] / "elsewhere").exists()


def test_ones_own_are_renamed_and_deleted_after_a_question(runs):
    page = rename(opened(), "pump-2", "Pump 2, hall B")
    assert "is called Pump 2, hall B now" in said(page)
    assert list(trained()) == ["hall-b", "pump-2-hall-b"]
    page = opened("fan")
    page = rename(page, "hall-b", "north")
    assert list(trained()) == ["north", "pump-2-hall-b"]
    page = opened("fan").button(key="delete_north").click().run()
    assert "Deleted: north" in said(page)
    assert list(trained()) == ["pump-2-hall-b"]


def test_a_name_that_is_taken_is_refused_in_words(runs):
    page = rename(opened(), "pump-2", "hall b")
    assert "already" in said(page)
    assert list(trained()) == ["hall-b", "pump-2"]


def test_bundled_ones_and_those_of_others_can_be_neither(runs, monkeypatch):
    keys = {button.key for button in opened().button}
    assert "delete_pump" not in keys
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    keys = {button.key for button in opened().button}
    assert not [key for key in keys if key and key.startswith("delete_")]


def test_on_a_shared_installation_a_file_stays_with_the_visit(own_home, learnt, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = give(opened(), "pump 7.zip", pack(learnt))
    assert "Taken in" in said(page)
    assert trained() == {}
    page = rename(page, "pump-2", "Pump 7")
    assert "Pump 7" in said(page)
    page = page.button(key="delete_pump-7").click().run()
    assert "Deleted" in said(page)
