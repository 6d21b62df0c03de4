"""The Train page as Streamlit's AppTest sees it."""

import io
import json
import subprocess
from pathlib import Path

import pytest
import soundfile
from streamlit.testing.v1 import AppTest

from mimimi import jobs
from mimimi.jobs import JobRequest

MAIN = Path(__file__).resolve().parents[2] / "app" / "pages.py"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path))
    for name in ("SPACE_ID", "MIMIMI_SHARED", "MIMIMI_TRAINING"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def never_started(monkeypatch) -> list[list[str]]:
    """Jobs stay without a process; gives the commands that would have been run."""
    commands: list[list[str]] = []

    def refuse(command, **options):
        commands.append(command)
        raise OSError("not in this test")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    return commands


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.run().switch_page("train/page.py")
    page.query_params.update(address)
    return page.run()


def ways(page: AppTest) -> list[str]:
    return next(group for group in page.get("segmented_control") if group.key == "way").options


def machine(page: AppTest, name: str, sound: bytes) -> AppTest:
    page.text_input(key="machine_name").set_value(name).run()
    [uploader] = page.file_uploader
    return uploader.set_value([(f"{name}.wav", sound, "audio/wav")]).run()


@pytest.fixture
def sound(hum):
    def make(hertz: float) -> bytes:
        file = io.BytesIO()
        soundfile.write(file, hum(45.0, hertz=hertz), 16_000, format="WAV")
        return file.getvalue()

    return make


def test_two_machines_of_ones_own_can_be_trained_and_the_button_starts_one_job(
    sound, home, never_started
):
    page = machine(opened(), "North", sound(200))
    assert not page.exception
    assert [error.value[:20] for error in page.error] == ["There is only north,"]
    assert page.button(key="start").disabled
    page = machine(page, "South", sound(300))
    assert not page.error
    table = page.dataframe[0].value.set_index("machine")
    assert list(table["recordings"]) == [3, 3]
    assert list(table["calibration set"]) == [1, 1]
    page.button(key="start").click().run()
    assert not page.exception
    [job] = jobs.listed()
    assert job.name == "fan-my-machines"
    assert job.arguments[:2] == ("train", str(home / "recordings" / "my-machines"))
    assert len(never_started) == 1


def test_a_machine_without_a_usable_recording_is_named_before_anything_starts(
    sound, hum, home, never_started
):
    short = io.BytesIO()
    soundfile.write(short, hum(1.5), 16_000, format="WAV")
    page = machine(machine(opened(), "North", sound(200)), "South", short.getvalue())
    assert [error.value[:42] for error in page.error] == [
        "south: none of the recordings can be train"
    ]
    assert page.button(key="start").disabled
    assert not never_started


def test_a_single_machine_gets_simulated_ones_beside_it_and_is_told_the_cost(
    sound, home, monkeypatch
):
    monkeypatch.setattr("mimimi.simulate.other_machines._CLIPS", 2)
    page = machine(opened(), "North", sound(200))
    box = page.checkbox(key="with_simulated")
    assert "It costs much" in box.label
    box.check().run()
    assert not page.error
    assert not page.button(key="start").disabled
    assert list(page.dataframe[0].value["machine"]) == ["id_50", "id_51", "id_52", "north"]


def test_what_is_no_sound_is_refused_where_it_was_uploaded():
    page = machine(opened(), "North", b"this is no sound")
    assert "not a sound file" in page.error[0].value


def test_a_shared_installation_reads_no_folders_of_the_server(monkeypatch):
    assert "A folder" in ways(opened())
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    assert ways(opened()) == ["My own machines", "Simulated"]


def test_training_can_be_switched_off_with_a_friendly_word(monkeypatch):
    monkeypatch.setenv("MIMIMI_TRAINING", "off")
    page = opened()
    assert "Install MIMIMI on a computer of your own" in page.info[0].value
    assert not page.button


def test_on_a_shared_installation_runs_of_others_cannot_be_deleted(
    monkeypatch, home, never_started
):
    jobs.submit(JobRequest("theirs", "train", [Path("nowhere")]))
    page = opened(job="theirs")
    assert any(button.label == "Yes, delete it" for button in page.button)
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = opened(job="theirs")
    assert not page.exception
    assert not any(button.label == "Yes, delete it" for button in page.button)


def test_a_run_is_deleted_after_a_second_question(home, never_started):
    jobs.submit(JobRequest("gone", "train", [Path("nowhere")]))
    page = opened(job="gone")
    next(button for button in page.button if button.label == "Yes, delete it").click().run()
    assert not page.exception
    assert jobs.listed() == []
    assert "Nothing has been trained" in page.info[0].value


def test_what_a_run_found_of_itself_is_shown(home, never_started):
    folder = jobs.submit(JobRequest("done", "train", [Path("nowhere")])).folder
    record = json.loads((folder / "run.json").read_text())
    del record["error"]
    (folder / "run.json").write_text(json.dumps(record | {"state": "finished"}))
    page = opened(job="done")
    assert any("nobody knows" in text.value for text in page.markdown)
    figures = {"machine": "fan a", "normal": 4, "anomalous": 3, "pauc": None}
    figures["auc"] = {"value": 0.75, "low": 0.5, "high": 1.0}
    summary = {"corpus": "mine", "machine_id_given": True, "machines": [figures]}
    (folder / "evaluation.json").write_text(json.dumps({"summaries": [summary]}))
    assert list(opened(job="done").dataframe[0].value["AUC"]) == [0.75]
