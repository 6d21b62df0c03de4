"""The first screen of Analyse and its examples, as Streamlit's AppTest sees them."""

import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from visit import MAIN, expert, opened, said, sounds, try_example, upload

from mimimi import Detector
from mimimi.config import MACHINE_TYPES
from state import examples

ROOT = Path(__file__).resolve().parents[2]


pytestmark = pytest.mark.usefixtures("own_home")


def test_the_first_page_waits_for_nothing_that_judges_or_draws_figures():
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"page = AppTest.from_file({str(MAIN)!r}, default_timeout=120).run()\n"
        "assert not page.exception and page.button, page\n"
        "slow = {'torch', 'pandas', 'scipy.fft', 'onnxruntime', 'sklearn', 'sqlalchemy'}\n"
        "sys.exit(f'imported: {found}' if (found := slow & set(sys.modules)) else 0)\n"
    )
    path = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(MAIN.parent)!r}]\n"
    done = subprocess.run([sys.executable, "-c", path + script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_first_screen_offers_examples_normal_and_faulty_of_every_type():
    page = opened()
    for machine_type in MACHINE_TYPES:
        page.button_group(key="try_type").set_value(machine_type).run()
        assert "try_player" in {player.key for player in page.get("bidi_component")}
        offered = {button.key for button in page.button}
        conditions = examples.conditions(machine_type)
        assert conditions[0] == "normal"
        assert len(conditions) >= 3
        assert {f"try_{machine_type}_{condition}" for condition in conditions} <= offered


def test_what_is_no_sound_is_refused_before_it_is_asked_which_machine_it_is(clip):
    page = upload(opened(), ("letter.wav", b"no sound at all"))
    (error,) = page.error
    assert error.value.startswith("letter.wav: this is not a sound file")
    assert not [button for button in page.button if button.key == "ask_find"]
    page = upload(opened(), ("letter.wav", b"no sound at all"), ("fan.wav", clip))
    (error,) = page.error
    assert "letter.wav" in error.value
    assert page.button(key="ask_find")


@pytest.fixture
def _no_clip_is_kept():
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.mark.usefixtures("_no_clip_is_kept")
@pytest.mark.parametrize("severity", [0.0, examples.SEVERITY])
def test_an_example_of_a_fault_that_is_not_heard_is_noted(monkeypatch, severity):
    monkeypatch.setattr(examples, "SEVERITY", severity)  # at 0 it is the normal clip
    page = try_example(opened(), "fan", examples.conditions("fan")[1])
    assert ("Unusual" in said(page)) == (severity > 0)
    noted = any("does not hear it" in info.value for info in page.info)
    assert noted == (severity == 0)


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_one_click_on_an_example_shows_everything(machine_type):
    page = try_example(expert(), machine_type, examples.conditions(machine_type)[1])
    assert f"{machine_type} {examples.MACHINE_IDS[machine_type]}" in said(page)
    assert sounds(page) == ["This recording", "Nearest normal one"]  # it is made again
    assert {metric.label for metric in page.metric} == {
        "Score",
        "Threshold",
        "p-value",
        "False alarms",
    }
    charts = {chart.key for chart in page.get("plotly_chart")}
    pictures = {"scale", "time", "neighbour", "with_phase", "attention", "probabilities"}
    assert charts - {"share"} == pictures
    assert page.selectbox(key="detector").value == machine_type
    assert page.selectbox(key="id").value == examples.MACHINE_IDS[machine_type]


def test_what_is_for_experts_is_drawn_when_it_is_asked_for():
    page = try_example(opened(), "fan", examples.CLEAR["fan"])
    assert not page.metric
    assert {chart.key for chart in page.get("plotly_chart")} == {"scale", "time", "neighbour"}


@pytest.mark.parametrize("machine_type", MACHINE_TYPES)
def test_every_example_gets_the_right_verdict(machine_type):
    detector = Detector.from_pretrained(machine_type)
    for condition in examples.conditions(machine_type):
        example = examples.Example(machine_type, condition)
        verdict = detector.analyse(examples.simulate(example), example.machine_id)
        assert verdict.is_anomalous == (condition != examples.NORMAL), condition
        assert verdict.recognised
