"""The page as Streamlit's AppTest sees it: its words, its state, its work, without a browser."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import streamlit as st
from visit import MAIN, click, expert, opened, said, sounds, try_example, upload

from mimimi import Detector
from mimimi.config import MACHINE_TYPES
from mimimi.detector.verdict import Verdict, as_csv, as_json
from recorder import Recording
from state import examples

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture(scope="module")
def clip() -> bytes:
    return examples.simulate(examples.Example("fan"))


@pytest.fixture
def judged(monkeypatch) -> Counter:
    """How often each file was judged."""
    counts: Counter = Counter()
    judge = Detector.judge

    def count(self, measured, machine_id=None, *options) -> Verdict:
        counts[measured.name, machine_id] += 1
        return judge(self, measured, machine_id, *options)

    monkeypatch.setattr(Detector, "judge", count)
    return counts


# --- the first screen


def test_the_first_page_does_not_wait_for_torch():
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"page = AppTest.from_file({str(MAIN)!r}, default_timeout=60).run()\n"
        "assert not page.exception and page.button, page\n"
        "sys.exit('torch was imported' if 'torch' in sys.modules else 0)\n"
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


# --- the machine, in the address


def test_the_address_names_the_machine():
    page = opened(type="valve", id="id_02")
    assert (page.selectbox(key="detector").value, page.selectbox(key="id").value) == (
        "valve",
        "id_02",
    )


def test_an_address_that_comes_later_names_the_machine_too():
    page = opened(type="valve", id="id_02")
    page.selectbox(key="detector").set_value("slider").run()
    page.query_params.update(type="pump", id="id_04")  # as a link of another page
    page.run()
    assert (page.selectbox(key="detector").value, page.selectbox(key="id").value) == (
        "pump",
        "id_04",
    )
    page.selectbox(key="id").set_value("id_06").run()
    assert page.query_params == {"type": "pump", "id": "id_06"}


def test_the_choice_is_written_to_the_address():
    page = opened()
    page.selectbox(key="detector").set_value("slider").run()
    page.selectbox(key="id").set_value("id_04").run()
    assert page.query_params == {"type": "slider", "id": "id_04"}


def test_the_accepted_false_alarms_are_in_the_address_and_move_the_threshold(clip, judged):
    page = upload(expert(type="fan", id="id_50", rate="0.3"), ("mine.wav", clip))
    slider = page.select_slider(key="rate")
    assert 0.1 < slider.value <= 0.3
    shown = {metric.label: metric.value for metric in page.metric}
    calibration = Detector.from_pretrained("fan").calibration
    n = len(calibration.normal_scores("given", "id_50")) + 1
    assert f"stops at 1 in {n}" in "".join(caption.value for caption in page.caption)

    page = slider.set_value(n // 2 / n).run()  # the last stop
    assert n // 2 <= float(page.query_params["rate"]) * n < n // 2 + 0.01
    moved = {metric.label: metric.value for metric in page.metric}
    assert float(moved["Threshold"]) <= float(shown["Threshold"])
    assert moved["Score"] == shown["Score"]
    assert sum(judged.values()) == 1


@pytest.mark.parametrize(
    "address",
    [
        {"type": "<script>alert(1)</script>", "id": "../../etc/passwd"},
        {"type": "fan", "id": "id_99"},
        {"type": "", "id": ""},
        {"id": "\x00" * 10_000},
        {"type": "fan", "rate": "nan"},
        {"type": "fan", "rate": "-1e999"},
    ],
)
def test_hostile_addresses_are_ignored(address):
    page = opened(**address)
    assert not page.exception
    assert page.selectbox(key="detector").value in MACHINE_TYPES
    assert page.selectbox(key="id").value is None
    assert "id" not in page.query_params


def test_another_type_asks_for_the_id_anew():
    page = opened(type="fan", id="id_02")
    page.selectbox(key="detector").set_value("pump").run()
    assert page.selectbox(key="id").value is None
    assert page.query_params == {"type": "pump"}


def test_to_infer_the_id_stays_chosen_with_another_type():
    page = opened(type="fan", id="find")
    page.selectbox(key="detector").set_value("pump").run()
    assert page.query_params == {"type": "pump", "id": "find"}


def test_an_example_follows_the_type():
    page = try_example(opened(), "fan", "unbalance")
    page.selectbox(key="detector").set_value("valve").run()
    assert "valve id_50" in said(page)


# --- recordings of one's own


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
    page.run()
    page.selectbox(key="id").set_value("id_02").run()
    page.selectbox(key="id").set_value("id_00").run()
    assert judged == {("mine.wav", "id_00"): 1, ("mine.wav", "id_02"): 1}


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


def test_a_short_recording_says_that_it_was_repeated(clip):
    page = upload(opened(type="fan", id="id_50"), ("three.wav", clip[: 44 + 3 * 32_000]))
    assert any("repeated" in warning.value for warning in page.warning)


def test_the_same_sound_under_two_names_keeps_both(clip, judged):
    page = upload(opened(type="fan", id="id_50"), ("one.wav", clip), ("two.wav", clip))
    assert list(page.dataframe[0].value["file"]) == ["one.wav", "two.wav"]
    assert sum(judged.values()) == 1


def test_an_example_in_between_leaves_a_way_back_to_ones_own_machine(clip):
    page = upload(opened(type="fan", id="id_02"), ("mine.wav", clip))
    page = click(page, "example_unbalance")
    assert f"fan {examples.MACHINE_IDS['fan']}" in said(page)
    assert "fan id_02" in said(click(page, "back_upload"))


def test_an_upload_after_an_example_is_not_judged_as_the_examples_machine(clip):
    page = try_example(opened(), "pump", "leakage")
    page = upload(page, ("mine.wav", clip))
    assert "Which pump made this sound?" in said(page)


# --- taking away, recording


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
