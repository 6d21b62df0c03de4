"""Detectors of one's own on the Analyse page: finished runs in the menu and in the address."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from visit import click, opened, said, upload

from mimimi.config import MACHINE_TYPES
from state import examples

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def my_run(own_home) -> str:
    """A finished run, as far as the page can see: a detector below runs/."""
    shutil.copytree(ROOT / "checkpoints" / "fan", own_home / "runs" / "north-hall")
    return "north-hall"


def test_a_finished_run_stands_in_the_menu_and_in_the_address(my_run):
    page = opened()
    chooser = page.selectbox(key="detector")
    demos = [f"Demo machine: {name}" for name in MACHINE_TYPES]
    assert chooser.options == ["north-hall (my run, fan)", *demos]
    assert chooser.value == "fan"  # a machine of one's own would be chosen, a run is not
    chooser.set_value(my_run).run()
    page.selectbox(key="id").set_value("id_02").run()
    assert page.query_params == {"detector": my_run, "id": "id_02"}


def test_a_finished_run_judges(my_run):
    page = upload(
        opened(detector=my_run, id="id_00"),
        ("mine.wav", examples.simulate(examples.Example("fan"))),
    )
    assert "fan id_00" in said(page)
    assert any(f"run {my_run}" in caption.value for caption in page.caption)


def test_an_example_under_a_run_of_ones_own_asks_which_machine_it_is(my_run):
    page = click(opened(detector=my_run, id="id_00"), "example_unbalance")
    assert "Which fan made this sound?" in said(page)
    assert page.selectbox(key="detector").value == my_run


def test_a_run_that_is_gone_or_damaged_is_no_longer_offered(my_run, own_home):
    page = opened(detector=my_run)
    (own_home / "runs" / my_run / "config.json").write_text("{")
    assert page.run().selectbox(key="detector").value == "fan"
    shutil.rmtree(own_home / "runs" / my_run)
    assert opened(detector=my_run).selectbox(key="detector").value == "fan"


def test_a_machine_of_a_run_has_a_page_of_its_own_once_it_was_judged(my_run):
    assert "No machine is known here yet" in said(opened().switch_page("machines/page.py").run())
    sound = examples.simulate(examples.Example("fan"))
    page = upload(opened(detector=my_run, id="id_53"), ("mine.wav", sound))
    address = dict(page.query_params)
    headline = said(page)
    assert "fan id_53" in headline
    again = opened(**address)  # the link
    assert "fan id_53" in said(again)
    assert any("mine.wav" in caption.value for caption in again.caption)

    page = upload(opened(detector=my_run, id="id_50"), ("other.wav", sound))
    page = page.switch_page("machines/page.py").run()
    page.selectbox(key="machine_shown").set_value(f"{my_run}/id_53").run()
    listed = said(page).replace("\\", "")
    assert f"id_53 (training {my_run})" in listed
    assert "mine.wav" in listed
    assert "other.wav" not in listed


def test_what_was_inferred_is_in_no_logbook(my_run, own_home):
    sound = examples.simulate(examples.Example("fan"))
    page = upload(opened(detector=my_run, id="find"), ("mine.wav", sound))
    assert "result" not in page.query_params
    assert not list(own_home.rglob("*.sound"))


def test_on_a_shared_installation_a_run_has_no_logbook(my_run, own_home, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    sound = examples.simulate(examples.Example("fan"))
    upload(opened(detector=my_run, id="id_53"), ("mine.wav", sound))
    assert not list(own_home.rglob("*.sound"))
