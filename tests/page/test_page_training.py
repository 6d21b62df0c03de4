"""The Train page as Streamlit's AppTest sees it."""

import io
import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
import soundfile
import streamlit as st
from local_server import LocalServer
from streamlit.testing.v1 import AppTest
from visit import MAIN

from mimimi import extras, jobs
from mimimi.data import collection
from mimimi.jobs import JobRequest
from state import ownership


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
    """Upload first, name after."""
    [uploader] = page.file_uploader
    page = uploader.set_value([(f"{name}.wav", sound, "audio/wav")]).run()
    page.text_input(key="machine_name").set_value(name)
    return page.button(key="add_waiting").click().run()


def checked(page: AppTest) -> pd.DataFrame:
    """The table of checks; the others are of clips."""
    return next(table.value for table in page.dataframe if "machine" in table.value)


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
    assert not page.error
    assert page.warning[0].value.startswith("There is only north:")
    page = machine(page, "South", sound(300))
    assert not page.error
    table = checked(page).set_index("machine")
    assert list(table["recordings"]) == [3, 3]
    assert "simulated" not in str(table.index)
    assert list(table["calibration set"]) == [1, 1]
    page.button(key="start").click().run()
    assert not page.exception
    [job] = jobs.listed()
    assert job.name == "fan-my-machines"
    assert job.arguments[:2] == ("train", str(home / "recordings" / "my-machines"))
    assert len(never_started) == 1


def test_before_the_start_one_is_told_how_long_it_takes_and_what_comes_of_it(
    sound, never_started, monkeypatch
):
    monkeypatch.setattr("mimimi.training.pace.expected", lambda networks, device: [60.0] * 5)
    st.cache_data.clear()
    page = machine(machine(opened(), "North", sound(200)), "South", sound(300))
    [said] = [info.value for info in page.info if "on this computer" in info.value]
    assert "**About 5 min**" in said  # of all five networks
    assert "86 times in 100" in said
    assert "less than a minute of one machine" in said
    assert "rests on only 2 recordings" in said
    assert "as a trend" in said


def test_files_wait_until_they_have_a_name_and_can_be_of_a_faulty_machine(sound, home):
    [uploader] = (page := opened()).file_uploader
    page = uploader.set_value([("a.wav", sound(200), "audio/wav")]).run()
    page = page.button(key="add_waiting").click().run()
    assert "name of the machine" in page.error[0].value
    page = page.text_input(key="machine_name").set_value("North").run()
    assert "It will be called north." in [caption.value for caption in page.caption]
    how = next(one for one in page.get("button_group") if one.key == "how_it_ran")
    how.set_value("faulty")
    page = page.button(key="add_waiting").click().run()
    assert not page.exception
    [known] = collection.machines(home / "recordings" / "my-machines")
    assert (known.name, known.clips, known.faulty) == ("north", 0, 4)


def test_a_machine_is_removed_after_a_question_and_brought_back(sound, home):
    page = machine(opened(), "North", sound(200))
    page = page.button(key="remove_north").click().run()
    assert "Removed: north" in "".join(text.value for text in page.markdown)
    assert collection.machines(home / "recordings" / "my-machines") == []
    page = page.button(key="undo_removal").click().run()
    assert not page.exception
    [known] = collection.machines(home / "recordings" / "my-machines")
    assert known.clips == 4


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


def test_a_single_machine_can_be_trained_and_is_told_what_stands_beside_it(sound, home):
    page = machine(opened(), "North", sound(200))
    assert not page.error
    assert "CC BY-SA 4.0" in page.warning[0].value
    assert not page.button(key="start").disabled
    assert list(checked(page)["machine"]) == ["north"]  # the others are none of the visitor's


def test_what_is_no_sound_is_refused_where_it_was_uploaded():
    page = machine(opened(), "North", b"this is no sound")
    assert "not a sound file" in page.error[0].value


def test_a_shared_installation_reads_no_folders_of_the_server(monkeypatch):
    assert "A folder" in ways(opened())
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    assert ways(opened()) == ["My own machines", "Simulated"]


def test_without_pytorch_it_is_said_before_anything_is_recorded(monkeypatch):
    monkeypatch.setattr(extras, "installed", lambda module: module != "torch")
    page = opened()
    assert not page.exception
    assert "mimimi[train]" in page.warning[0].value
    assert "page Analyse" in page.info[0].value
    assert not page.file_uploader


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


def test_two_clicks_at_the_same_time_start_one_job(home, never_started, monkeypatch):
    both = threading.Barrier(2)
    monkeypatch.setattr(ownership, "refuse_too_many", lambda: both.wait(600))
    request = JobRequest("mine", "train", [Path("nowhere")])
    with ThreadPoolExecutor(2) as clicks:
        found = [clicks.submit(ownership.submit, request, lambda job: True) for _ in range(2)]
    assert [one.result().name for one in found] == ["mine", "mine"]
    assert [job.name for job in jobs.listed()] == ["mine"]
    assert len(never_started) == 1


def test_a_run_is_deleted_after_a_second_question(home, never_started):
    jobs.submit(JobRequest("gone", "train", [Path("nowhere")]))
    page = opened(job="gone")
    next(button for button in page.button if button.label == "Yes, delete it").click().run()
    assert not page.exception
    assert jobs.listed() == []
    assert "Nothing has been trained" in page.info[0].value


def test_how_large_a_public_set_is_is_said_before_it_is_fetched(home, never_started, monkeypatch):
    server = LocalServer()
    server.publish(3384388, {"-6_dB_fan.zip": b"x" * 5_000_000})
    monkeypatch.setenv("MIMIMI_ZENODO", server.url)
    page = opened()
    next(one for one in page.get("button_group") if one.key == "way").set_value("Public data sets")
    page = page.run().button(key="start_download").click().run()
    [said] = [text.value for text in page.markdown if "free" in text.value]
    assert "**5.0 MB** to fetch" in said
    assert "up to 13.5 MB" in said
    assert not jobs.listed()
    page.button(key="confirm_download").click().run()
    server.close()
    [job] = jobs.listed()
    assert job.name.startswith("public-mimii-fan-6")


def test_what_a_run_found_of_itself_is_shown(home, never_started):
    folder = jobs.submit(JobRequest("done", "train", [Path("nowhere")])).folder
    record = json.loads((folder / "run.json").read_text())
    del record["error"]
    (folder / "run.json").write_text(json.dumps(record | {"state": "finished"}))
    page = opened(job="done")
    assert any("nobody knows" in text.value for text in page.markdown)
    confusion = {"normal_passed": 1, "false_alarms": 0, "missed": 1, "detected": 2}
    figures = {"machine": "fan a", "normal": 5, "anomalous": 3, "pauc": None}
    figures["auc"] = {"value": 0.75, "low": 0.5, "high": 1.0}
    figures["at_threshold"] = {"confusion": confusion}
    summary = {"corpus": "mine", "machine_id_given": True, "machines": [figures]}

    def shown(**more: int):
        told = {"summaries": [summary | {"machines": [figures | more]}]}
        (folder / "evaluation.json").write_text(json.dumps(told))
        return opened(job="done").dataframe[0].value.iloc[0]

    assert shown()["faults found"] == "2 of 3"
    assert shown()["false alarms"] == "0 of 1"
    assert pd.isna(shown()["AUC"])  # of three faulty recordings nothing follows
    assert shown(anomalous=5)["AUC"] == 0.75
