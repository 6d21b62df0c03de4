"""The Evaluate page without a browser: figures of a detector on clips it has not learnt from."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import charts
from mimimi.corpus.simulate import write_corpus
from mimimi.evaluation.operating_point import thresholds

MAIN = Path(__file__).resolve().parents[1] / "app" / "main.py"


@pytest.fixture
def page(monkeypatch, tmp_path) -> AppTest:
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    page = AppTest.from_file(str(MAIN), default_timeout=120).run()
    return page.switch_page("views/evaluate.py").run()


def pressed(page: AppTest) -> AppTest:
    (button,) = (one for one in page.button if one.label == "Evaluate")
    return button.click().run()


def test_simulated_clips_give_figures_pictures_and_files(page, monkeypatch):
    monkeypatch.setattr("panels.evaluation.run.CLIPS", 4)
    page.selectbox(key="tried_detector").set_value("valve").run()
    page = pressed(page)
    assert not page.exception
    given = page.dataframe[0].value
    assert list(given["machine"])[-1] == "valve mean"
    assert {"AUC", "pAUC", "found", "false alarms"} <= set(given.columns)
    labels = {metric.label for metric in page.metric}
    assert labels == {"Faults found", "Precision", "False alarms", "False alarms a day"}
    files = {button.label for button in page.get("download_button")}
    assert {"CSV", "JSON", "Report (HTML)"} <= files


def test_a_higher_threshold_finds_no_more_and_alarms_no_more(page, monkeypatch):
    monkeypatch.setattr("panels.evaluation.run.CLIPS", 4)
    page.selectbox(key="tried_detector").set_value("valve").run()
    page = pressed(page)
    (slider,) = page.select_slider
    stops = thresholds(page.session_state["tried"].evaluation.clips)
    page = slider.set_value(stops[-1]).run()
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Faults found"].startswith("0 %")
    assert shown["False alarms"].startswith("0 %") or shown["False alarms"] == "n/a"


def test_a_folder_without_recordings_is_one_sentence(page, tmp_path):
    page.get("button_group")[0].set_value("A folder").run()
    page.text_input(key="tried_folder").set_value(str(tmp_path / "nothing")).run()
    page = pressed(page)
    assert len(page.error) == 1


def test_a_folder_of_ones_own_is_judged(page, tmp_path):
    write_corpus(tmp_path / "data", types=["fan"], ids=1, clips=1)
    page.get("button_group")[0].set_value("A folder").run()
    page.text_input(key="tried_folder").set_value(str(tmp_path / "data")).run()
    page = pressed(page)
    assert not page.exception
    assert not page.error
    assert "fan id_50" in list(page.dataframe[0].value["machine"])


def test_the_strips_show_every_clip_and_the_threshold():
    figure = charts.score_strips([0.1, 0.2], [0.9], threshold=0.5)
    assert sum(len(trace.x) for trace in figure.data) == 3
    assert figure.layout.shapes[0].x0 == 0.5
