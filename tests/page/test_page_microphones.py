"""A second microphone on the page: taught and judged with it, shown and heard with and without."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
import soundfile
from hall import beside_and_away
from streamlit.testing.v1 import AppTest
from visit import opened, said, upload

from mimimi import Detector, audio
from mimimi.monitor.alarm import Rule
from mimimi.simulate import simulate_clip
from recorder.live import Block


@pytest.fixture(autouse=True)
def home(own_home, monkeypatch) -> Path:
    for name in ("SPACE_ID", "MIMIMI_SHARED"):
        monkeypatch.delenv(name, raising=False)
    return own_home


def heard(take: int, fault: str | None = None) -> np.ndarray:
    machine = simulate_clip("slider", "id_52", clip=take, fault=fault, severity=3.0)
    return 0.3 * beside_and_away(machine, take, loud=2.0)


def wav(sound: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, 16_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture(scope="module")
def learnt(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("learnt") / "press-4"
    clips = [(heard(take), 16_000) for take in range(5)]
    Detector.learn("press 4", clips, channel=audio.Pair(near=0, far=1)).save_pretrained(folder)
    return folder


@pytest.fixture
def mine(learnt, home) -> AppTest:
    """The page of whoever has taught it such a machine."""
    shutil.copytree(learnt, home / "runs" / "press-4")
    return opened()


@pytest.fixture(scope="module")
def normal() -> np.ndarray:
    return heard(90)


@pytest.fixture(scope="module")
def loose() -> np.ndarray:
    return heard(100, "loose belt")


def teach(far: int | None) -> AppTest:
    page = opened()
    [field] = [one for one in page.text_input if one.key.startswith("teach_name")]
    page = field.set_value("press 4").run()
    page = page.selectbox(key="hall").set_value(far).run()
    [uploader] = [one for one in page.file_uploader if one.key.startswith("teach_uploads")]
    files = [(f"monday {take}.wav", wav(heard(take)), "audio/wav") for take in range(2)]
    return uploader.set_value(files).run()


def players(page: AppTest) -> dict[str, list[str]]:
    """Labels of what can be heard, by player."""
    return {
        one.key: [sound["label"] for sound in json.loads(one.proto.json)["sounds"]]
        for one in page.get("bidi_component")
        if "player" in one.key
    }


@pytest.mark.parametrize(
    ("far", "channels"),
    [(None, None), (1, {"near": 0, "far": 1}), (0, {"near": 1, "far": 0})],
)
def test_a_machine_is_taught_with_what_was_chosen(home, far, channels):
    page = teach(far)
    assert "press 4 is learnt from 20 s" in page.success[0].value
    config = json.loads((home / "runs" / "press-4" / "config.json").read_text())
    assert config["channels"] == channels
    which = [box.key for box in page.selectbox if box.key.startswith("hall_of")]
    assert not which  # as long as there is no recording


def test_a_recording_is_judged_shown_and_heard_with_the_hall_and_without(mine, normal, loose):
    page = upload(mine, ("next.wav", wav(normal)))
    assert "Sounds normal for press 4" in said(page)
    assert " dB of hall taken out " in said(page)
    assert players(page)["hall_player"] == ["As heard", "Without the hall"]
    page = upload(page, ("later.wav", wav(loose)))
    assert "Unusual for press 4" in said(page)
    again = opened(detector="press-4", result=page.query_params["result"])
    assert "Unusual for press 4" in said(again)
    assert "hall_player" in players(again)


def test_the_other_channel_can_be_the_halls(mine, normal):
    page = upload(mine, ("swapped.wav", wav(normal[:, ::-1])))
    assert "Unusual for press 4" in said(page)
    choice = page.selectbox(key="hall_of_press-4_2")
    assert (choice.label, choice.options) == (
        "Second microphone hears the hall",
        ["left channel", "right channel"],
    )
    page = choice.set_value(0).run()
    assert "Sounds normal for press 4" in said(page)
    assert "The right channel is at the machine." in [one.value for one in page.caption]


def test_a_recording_of_one_channel_is_refused_in_a_sentence(mine, normal):
    page = upload(mine, ("mono.wav", wav(normal[:, 0])))
    assert "has one channel, and the second microphone, which hears the hall" in said(page)
    assert any("press 4 was learnt with a second" in one.value for one in page.caption)


def test_the_same_file_is_heard_anew_by_a_machine_that_knows_one_microphone(mine, home, normal):
    clips = [(heard(take), 16_000) for take in range(2)]
    Detector.learn("press 5", clips).save_pretrained(home / "runs" / "press-5")
    page = upload(mine, ("next.wav", wav(normal)))
    assert "hall_player" in players(page)
    page = page.selectbox(key="detector").set_value("press-5").run()
    assert "press 5" in said(page)
    assert "hall_player" not in players(page)


def test_a_long_recording_is_heard_without_the_hall_and_its_alarm_can_be_opened(mine, loose):
    day = np.concatenate([heard(take) for take in range(7)] + 7 * [loose])
    page = upload(mine, ("day.wav", wav(day)))
    assert "is learnt" not in said(page)
    assert "Its most unusual segment" in said(page)
    assert "Unusual for press 4" in said(page)
    assert "hall_player" in players(page)


def test_a_listener_that_takes_over_hears_the_same_two(mine, monkeypatch):
    from mimimi.service import background

    monkeypatch.setattr(background, "_start", lambda: None)
    page = mine.switch_page("live/page.py").run()
    page = page.selectbox(key="hall_of_press-4_2").set_value(0).run()
    page.text_input(key="hand_over_source").set_value("rtsp://camera.local/audio")
    [button] = [button for button in page.button if button.label == "Start listening"]
    button.click().run()
    (machine,) = background.machines()
    assert (machine.channel, machine.reference_channel) == (1, 0)


@pytest.mark.parametrize("far", [1, 0])
def test_an_alarm_on_live_says_why_and_is_judged_on_analyse_with_both(mine, normal, loose, far):
    page = mine.switch_page("live/page.py").run()
    page = page.selectbox(key="hall_of_press-4_2").set_value(far).run()
    page.session_state["alarm"] = Rule(1, 1)
    sound = np.concatenate([normal, loose, loose])[:, :: 1 if far else -1]
    for first in range(0, len(sound), 80_000):
        page.session_state["live_block"] = Block("a", first, 16_000, sound[first : first + 80_000])
        page.run()
    [worst] = page.session_state["live_listening"].worst.values()
    assert worst.reason
    assert worst.reason in said(page)
    link = next(link for link in page.get("page_link") if link.proto.label == "Judge it on Analyse")

    page.query_params.update(parse_qsl(link.proto.query_string))
    page.switch_page("analyse/page.py").run()
    assert not page.exception
    assert "Unusual for press 4" in said(page)
    assert worst.reason in said(page)  # no other one
    assert "hall_player" in players(page)
