"""Real recordings on the Analyse page: from a server of this machine that stands in for Zenodo."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
import soundfile
from local_server import Answer, LocalServer
from streamlit.testing.v1 import AppTest
from visit import MAIN

from analyse import real_recordings
from mimimi import Detector
from state import examples

ARCHIVE = "-6_dB_fan.zip"
PATH = f"/api/records/3384388/files/{ARCHIVE}/content"


@pytest.fixture(scope="module")
def clip() -> bytes:
    """Of eight channels; what the first one holds is judged."""
    first, rate = soundfile.read(io.BytesIO(examples.simulate(examples.Example("fan"))))
    channels = np.random.default_rng(0).uniform(-0.5, 0.5, (len(first), 8))
    channels[:, 0] = first
    file = io.BytesIO()
    soundfile.write(file, channels, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture
def server(clip, tmp_path, monkeypatch):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("fan/id_02/normal/00000000.wav", clip)
    server = LocalServer()
    server.publish(3384388, {ARCHIVE: file.getvalue()})
    monkeypatch.setenv("MIMIMI_ZENODO", server.url)
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path))
    real_recordings._archive.clear()
    yield server
    server.close()


def opened() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.query_params.update(type="fan", id="id_50")
    page.session_state["experts"] = True
    page.run()
    page.selectbox(key="real_id").set_value("id_02").run()
    return page


def pressed(page: AppTest, condition: str) -> AppTest:
    page.button(key=f"real_{condition}").click().run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown)


def test_a_real_clip_is_judged_by_its_first_channel_as_its_machine(server, clip):
    page = opened()
    assert not server.requests  # nobody asked for anything yet
    assert any("CC BY-SA 4.0" in caption.value for caption in page.caption)
    page = pressed(page, "normal")
    right = Detector.from_pretrained("fan").analyse(clip, "id_02")
    assert "fan id_02" in said(page)
    score = next(metric for metric in page.metric if metric.label == "Score")
    assert float(score.value) == pytest.approx(right.score, rel=0.01)
    assert page.query_params["id"] == "id_02"

    server.close()  # it is kept: no network is needed for it any more
    real_recordings._archive.clear()
    assert "fan id_02" in said(pressed(opened(), "normal"))


@pytest.mark.parametrize(
    ("condition", "answer", "sentence"),
    [
        ("abnormal", None, "MIMII has 0 abnormal recordings"),
        ("normal", Answer(status=503), "could not be read from Zenodo"),
        ("normal", Answer(bytes(30_000_000), ranges=False), "only as a whole"),
    ],
)
def test_what_cannot_be_had_is_a_sentence_and_the_simulated_ones_remain(
    server, condition, answer, sentence
):
    if answer:
        server.answers[PATH] = [answer]
    page = pressed(opened(), condition)
    assert sentence in page.error[0].value
    page.button(key="example_unbalance").click().run()
    assert not page.error
    assert f"fan {examples.MACHINE_IDS['fan']}" in said(page)
