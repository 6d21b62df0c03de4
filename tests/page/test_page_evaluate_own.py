"""The Evaluate page for a machine that was taught: recordings said to be normal or faulty."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest
from visit import MAIN

from evaluate import export
from mimimi import Detector
from mimimi.evaluation.files import as_csv
from mimimi.simulate import simulate_clip

NAME = "Presse 'Süd' #3"
FOLDER = "presse-süd"


def slider(take: int, fault: str | None = None) -> np.ndarray:
    return simulate_clip("slider", "id_52", clip=take, fault=fault, severity=10.0)


def files(*takes: int, fault: str | None = None) -> list[tuple[str, bytes, str]]:
    made = []
    for take in takes:
        file = io.BytesIO()
        soundfile.write(file, slider(take, fault), 16_000, format="WAV")
        made.append((f"take {take}.wav", file.getvalue(), "audio/wav"))
    return made


@pytest.fixture
def page(own_home) -> AppTest:
    heard = [(slider(take), 16_000) for take in range(6)]
    Detector.learn(NAME, heard).save_pretrained(own_home / "runs" / FOLDER)
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.session_state["experts"] = True
    page = page.run().switch_page("evaluate/page.py").run()
    return page.selectbox(key="tried_detector").set_value(FOLDER).run()


def test_it_begins_with_the_machine_in_use_and_follows_it(own_home):
    heard = [(slider(take), 16_000) for take in range(3)]
    for name in ("alpha", "press-4"):
        Detector.learn(name, heard).save_pretrained(own_home / "runs" / name)
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params["detector"] = "press-4"
    page = page.run().switch_page("evaluate/page.py").run()
    assert page.selectbox(key="tried_detector").value == "press-4"
    page.selectbox(key="tried_detector").set_value("fan").run()  # another is chosen here alone
    page.switch_page("models/page.py").run()
    page.switch_page("evaluate/page.py").run()
    assert page.selectbox(key="tried_detector").value == "fan"
    page.switch_page("live/page.py").run()
    page.selectbox(key="detector").set_value("alpha").run()
    page.switch_page("evaluate/page.py").run()
    assert page.selectbox(key="tried_detector").value == "alpha"


def given(page: AppTest, label: str, made: list[tuple[str, bytes, str]]) -> AppTest:
    return page.file_uploader(key=f"tried_clips_{FOLDER}_{label}").set_value(made).run()


def pressed(page: AppTest) -> AppTest:
    [button] = [one for one in page.button if one.label == "Evaluate"]
    return button.click().run()


def test_both_kinds_are_dropped_and_counted_without_what_it_was_taught_with(page):
    assert next(one for one in page.button if one.label == "Evaluate").disabled
    page = given(page, "normal", files(90, 91, 0))
    page = pressed(given(page, "anomaly", files(100, 101, fault="loose belt")))
    assert not page.exception
    assert not page.error
    [table] = [table.value for table in page.dataframe if "AUC" in table.value]
    [row] = table.to_dict("records")
    assert row["machine"] == NAME
    assert (row["normal"], row["anomalous"]) == (2, 2)  # one of the three was learnt from
    assert row["found"] == "2 of 2"
    assert row["AUC"] == "too few"
    [headline] = [text.value for text in page.markdown if text.value.startswith("## ")]
    assert headline == "## 2 of 2 faulty recordings found, none of 2 normal ones called unusual"
    assert "AUC, id inferred" not in row  # it could be taken for no other
    assert any("left out of all figures" in caption.value for caption in page.caption)
    clips = page.session_state["tried"].evaluation.clips
    assert all(clip.recording.path.is_file() for clip in clips)  # to be heard
    tried = page.session_state["tried"]
    csv = export.as_given(tried, as_csv(tried.evaluation))
    assert {line.split(b",")[0] for line in csv.splitlines()[1:]} >= {b"anomaly/0/take 100.wav"}
    [listed] = [table.value for table in page.dataframe if "called" in table.value]
    assert list(listed) == ["it was", "called", "clip", "score"]  # of one machine, no fault named
    assert set(listed["clip"]) == {f"take {n}.wav" for n in (90, 91, 100, 101)}
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["False alarms a day"] == "too few"


def test_what_has_come_when_it_is_pressed_is_judged_whatever_was_drawn_before(page):
    page = given(page, "normal", files(90, 91))
    assert any(text.value == "2 recordings here: 2 normal, 0 faulty." for text in page.caption)
    late = files(100, fault="loose belt")
    page.file_uploader(key=f"tried_clips_{FOLDER}_anomaly").set_value(late)  # and no rerun yet
    page = pressed(page)
    assert len(page.session_state["tried"].evaluation.clips) == 3


def test_what_came_of_it_is_said_on_the_page_models_too(page):
    page = pressed(given(page, "anomaly", files(100, fault="loose belt")))
    page = page.switch_page("models/page.py").run()
    next(one for one in page.get("button_group") if one.key == "models_type").set_value("machine")
    page = page.run()
    assert not page.exception
    tried = [text.value for text in page.markdown if "Tried in this visit" in text.value]
    assert tried == [
        ":material/fact_check: Tried in this visit on 1 recording: 1 of 1 faulty recordings found."
    ]


def test_what_is_no_sound_is_left_out_in_words(page):
    page = given(page, "normal", files(90, 91))
    page = pressed(given(page, "anomaly", [("letter.wav", b"no sound", "audio/wav")]))
    assert not page.exception
    said = " ".join(caption.value for caption in page.caption)
    assert "Clips that could not be judged: 1; left out of all figures." in said


def words_above(page: AppTest) -> str:
    assert not page.exception
    return " ".join(element.value for element in page.info).replace("\\", "")


def test_a_result_of_other_files_than_those_chosen_now_says_so(page):
    page = pressed(given(page, "anomaly", files(100, fault="loose belt")))
    assert words_above(page) == ""
    page = given(page, "normal", files(90, 91))
    assert "changed since the result below: press **Evaluate** to judge 3" in words_above(page)
    page = pressed(page)
    assert words_above(page) == ""
    assert len(page.session_state["tried"].evaluation.clips) == 3
    page = page.selectbox(key="tried_detector").set_value("fan").run()
    assert "to judge simulated clips" in words_above(page)


def test_a_bundled_detector_is_given_loose_recordings_of_one_of_its_machines(page):
    page = page.selectbox(key="tried_detector").set_value("slider").run()
    page = page.get("button_group")[0].set_value("My recordings").run()
    for label, made in (
        ("normal", files(90)),
        ("anomaly", files(100, 101, fault="loose belt")),
    ):
        page = page.file_uploader(key=f"tried_clips_slider_{label}").set_value(made).run()
    assert "Say which machine was recorded" in words_above(page)
    assert next(one for one in page.button if one.label == "Evaluate").disabled
    page = pressed(page.selectbox(key="tried_id_slider").set_value("id_52").run())
    [table] = [table.value for table in page.dataframe if "AUC" in table.value]
    [row] = table.to_dict("records")[:1]
    assert row["machine"] == "slider id_52"
    assert (row["normal"], row["anomalous"]) == (1, 2)
    page = page.selectbox(key="tried_detector").set_value("all").run()
    assert "My recordings" not in page.get("button_group")[0].options
    assert page.get("button_group")[0].value == "Simulated clips"
