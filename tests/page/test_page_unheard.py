"""Recordings of a machine that nobody here has heard: no score, whatever their number or length."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from visit import click, opened, said, upload

pytestmark = pytest.mark.usefixtures("own_home")
NEVER = "This machine has never been heard here"


def noise(seconds: int, loudness: float) -> bytes:
    samples = np.random.default_rng(seconds).normal(0, loudness, 16_000 * seconds)
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.mark.parametrize("lengths", [[10], [10, 11], [150]])
def test_they_get_no_verdict_but_a_way_to_teach_it(lengths, judged):
    files = [(f"mine {seconds}.wav", noise(seconds, 0.1)) for seconds in lengths]
    page = click(upload(opened(type="fan"), *files), "ask_find")
    assert f"## :grey[:material/help: {NEVER}]" in said(page)
    assert not page.dataframe
    assert not page.get("plotly_chart")
    assert not page.metric
    assert page.button(key="teach_it")
    assert not judged


def test_what_is_no_sound_is_still_said(judged):
    page = upload(opened(type="fan", id="find"), ("letter.wav", b"no sound at all"))
    [error] = page.error
    assert error.value.startswith("letter.wav: this is not a sound file")
    assert NEVER not in said(page)


def test_a_microphone_listens_to_no_machine_that_was_never_heard():
    page = opened(type="fan", id="find").switch_page("live/page.py").run()
    assert NEVER in said(page)
    assert "Press Listen" not in said(page)
    assert "Press Listen" in said(click(page, "ask_id_00"))
