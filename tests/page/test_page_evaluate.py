"""The Evaluate page without a browser: figures of a detector on clips it was not trained on."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import pandas
import pytest
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest
from visit import MAIN

from mimimi.detector.locate import bundled
from mimimi.evaluation.operating_point import thresholds
from mimimi.evaluation.several import Trial
from mimimi.simulate import write_corpus


@pytest.fixture
def page(monkeypatch, tmp_path) -> AppTest:
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("evaluate.recordings.CLIPS", 1)
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.session_state["experts"] = True  # unfolded, as somebody leaves it who wants the figures
    page = page.run().switch_page("evaluate/page.py").run()
    return page.selectbox(key="tried_detector").set_value("valve").run()


def figures(page: AppTest) -> pandas.DataFrame:
    """The table of AUCs, machine by machine."""
    [table] = [table.value for table in page.dataframe if "pAUC" in table.value]
    return table


def pressed(page: AppTest) -> AppTest:
    (button,) = (one for one in page.button if one.label == "Evaluate")
    return button.click().run()


def zipped(folder: Path, **more: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
        for name, text in more.items():
            archive.writestr(name, text)
    return content.getvalue()


def upload(page: AppTest, content: bytes, name: str = "plant.zip") -> AppTest:
    page.get("button_group")[0].set_value("A ZIP of recordings").run()
    page.file_uploader(key="tried_zip").set_value((name, content, "application/zip")).run()
    return pressed(page)


def said(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.value for element in [*page.markdown, *page.caption, *page.error])


@pytest.fixture(scope="module")
def valves(tmp_path_factory) -> Path:
    """Two normal and two faulty recordings of one simulated valve, and of one it does not know."""
    folder = tmp_path_factory.mktemp("valves")
    write_corpus(folder, types=["valve"], ids=1, clips=0, tests=2)
    return folder


def test_simulated_clips_give_figures_pictures_and_files(page):
    page = pressed(page)
    given = figures(page)
    assert list(given["machine"])[-1] == "valve mean"
    assert {"AUC", "AUC, id inferred", "pAUC", "found", "false alarms"} <= set(given.columns)
    labels = {metric.label for metric in page.metric}
    assert labels == {"Faults found (recall)", "Precision", "False alarms", "False alarms a day"}
    assert len(page.get("plotly_chart")) == 6
    files = {button.label for button in page.get("download_button")}
    assert files == {"Report (HTML)", "Pictures (PNG)", "CSV", "JSON"}


def test_first_there_is_a_plain_sentence_and_what_is_for_experts_is_folded(page, valves):
    page.session_state["experts"] = False
    page = upload(page, zipped(valves))
    [headline] = [text.value for text in page.markdown if text.value.startswith("## ")]
    assert headline == "## 2 of 2 faulty recordings found"
    assert "With 2 faulty to go by: 16 to 100 of 100 such faults" in said(page)
    assert "How many normal ones would be called unusual cannot be said" in said(page)
    assert len(page.get("plotly_chart")) == 1
    assert not page.metric
    assert not re.search("AUC|recall|ROC|precision", said(page))
    [clips] = [table.value for table in page.dataframe]
    assert set(clips["it was"]) == {"normal", "faulty"}


def test_the_published_figures_stand_beside_ones_own(page):
    table = figures(pressed(page))
    mean = table[table["machine"] == "valve mean"].iloc[0]
    assert mean["AUC, paper"] == "0.97"
    assert mean["AUC, baseline"] == "0.67"
    assert "not like with like" in said(page)


def test_a_higher_threshold_finds_no_more_and_alarms_no_more(page):
    page = pressed(page)
    (slider,) = page.select_slider
    stops = thresholds(page.session_state["tried"].evaluation.clips)
    page = slider.set_value(stops[-1]).run()
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Faults found (recall)"].startswith("0 ")
    assert shown["False alarms"].startswith("0 ") or shown["False alarms"] == "n/a"


def test_a_folder_without_recordings_is_one_sentence(page, tmp_path):
    page.get("button_group")[0].set_value("A folder").run()
    page.text_input(key="tried_folder").set_value(str(tmp_path / "nothing")).run()
    page = pressed(page)
    assert len(page.error) == 1
    assert not pressed(page).exception


def test_a_zip_is_judged_whatever_it_is_called(page, valves):
    page = upload(page, zipped(valves), "![x](http-x) $1$.zip")
    assert not page.error
    assert list(figures(page)["machine"]) == ["valve id_50", "valve mean"]
    clips = page.session_state["tried"].evaluation.clips
    assert len(clips) == 4
    assert all(clip.recording.path.is_file() for clip in clips)
    assert r"!\[x\](http-x) \$1\$" in said(page)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no archive", "no ZIP archive"),
        (zipped(Path("no/such"), **{"../valve.wav": "x"}), "leaves its folder"),
        (zipped(Path("no/such"), **{"readme.txt": "x"}), "No recordings found in plant:"),
        (zipped(Path("no/such"), **{"large.wav": 3_000_000 * "x"}), "and 2 MB are left"),
    ],
)
def test_what_is_wrong_with_a_zip_is_one_sentence(page, content, sentence, monkeypatch):
    monkeypatch.setenv("MIMIMI_MAX_MEGABYTES", "2")
    page = upload(page, content)
    (error,) = page.error
    assert sentence in error.value.replace("\\", "")
    assert "tried" not in page.session_state


def test_a_shared_installation_takes_a_zip_and_so_many_recordings(page, valves, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    monkeypatch.setenv("MIMIMI_MAX_CLIPS", "3")
    assert "A folder" not in page.run().get("button_group")[0].options
    (error,) = upload(page, zipped(valves)).error
    assert "4 recordings to judge" in error.value
    assert "3 at a time" in error.value


@pytest.mark.planted
def test_a_click_in_the_middle_loses_nothing_and_judges_nothing_twice(page, valves, monkeypatch):
    step, judged = Trial.step, []

    def interrupted(trial: Trial):
        if len(judged) == 2 and not broken:
            broken.append(True)
            raise RuntimeError("here the page is left")
        judged.append(trial.waiting[0][1].path.name)
        return step(trial)

    broken: list[bool] = []
    monkeypatch.setattr(Trial, "step", interrupted)
    page = upload(page, zipped(valves))
    assert broken
    assert "tried" not in page.session_state
    page = page.run()  # whatever is clicked
    assert not page.exception
    assert sorted(judged) == sorted({clip.name for clip in valves.rglob("*.wav")})
    assert len(page.session_state["tried"].evaluation.clips) == 4


def test_three_normal_clips_of_a_machine_are_three_and_say_no_more_than_that(page, tmp_path):
    """As they lay in a folder without splits, of which one in three used to count."""
    write_corpus(tmp_path / "made", types=["valve"], ids=1, clips=0, tests=3, seed=7)
    for path in (tmp_path / "made").rglob("*.wav"):
        label = "abnormal" if path.name.startswith("anomaly") else "normal"
        (place := tmp_path / "plant" / "valve" / "id_50" / label).mkdir(parents=True, exist_ok=True)
        path.rename(place / path.name)
    page = upload(page, zipped(tmp_path / "plant"))
    row = figures(page).iloc[0]
    assert (row["normal"], row["anomalous"]) == (3, 3)
    assert row["AUC"] == "too few"
    assert " of 3" in row["found"]
    assert " of 3" in row["false alarms"]


def test_two_detectors_are_tried_on_the_same_clips_side_by_side(page, tmp_path, valves):
    shutil.copytree(bundled()["valve"], tmp_path / "home" / "runs" / "mine")
    page.run()
    page.selectbox(key="tried_beside_valve").set_value("mine").run()
    page = upload(page, zipped(valves))
    [table] = [t.value for t in page.dataframe if "difference" in t.value]
    [row] = table.to_dict("records")
    assert row["found, valve"] == row["found, mine (my run, valve)"]
    assert row["AUC, valve"] == "too few"


def test_all_types_are_tried_each_by_its_own_detector(page):
    page.selectbox(key="tried_detector").set_value("all").run()
    page = pressed(page)
    machines = list(figures(page)["machine"])
    assert machines[-5:] == ["fan mean", "pump mean", "slider mean", "valve mean", "mean"]
    page.get("button_group")[1].set_value("pump").run()
    assert not page.exception
    [clips] = [table.value for table in page.dataframe if "called" in table.value]
    assert all(name.startswith("pump") for name in clips["machine"])


def test_what_was_chosen_is_still_there_after_a_visit_to_another_page(page, tmp_path, monkeypatch):
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    page.get("button_group")[0].set_value("A folder").run()
    page.text_input(key="tried_folder").set_value(str(tmp_path)).run()
    page.switch_page("models/page.py").run()
    page.switch_page("evaluate/page.py").run()
    assert page.selectbox(key="tried_detector").value == "valve"
    assert page.text_input(key="tried_folder").value == str(tmp_path)
    page.switch_page("models/page.py").run()
    page.session_state["tried_detector"] = "a run that was deleted"
    page.switch_page("evaluate/page.py").run()
    assert page.selectbox(key="tried_detector").value == "fan"
    assert not page.exception
    assert not policies._shown_default_value_warning  # in the log: two say what a widget holds
