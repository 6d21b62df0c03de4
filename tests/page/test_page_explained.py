"""Where a recording is unusual, on the Analyse page; and how often it is heard for all that."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import soundfile
import streamlit as st
from visit import expert, said, upload

from mimimi.audio import Waveform
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.detector.measurement import Measurement
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture(scope="module")
def beeping() -> bytes:
    """A pump of 9.7 s that beeps from second 4 to 6."""
    seconds = np.arange(round(9.7 * SAMPLE_RATE)) / SAMPLE_RATE
    beep = 0.1 * np.sin(2 * np.pi * 3_200 * seconds) * (seconds > 4) * (seconds < 6)
    file = io.BytesIO()
    clip = simulate_clip("pump", "id_51", clip=900)[: len(beep)] + beep
    soundfile.write(file, clip, SAMPLE_RATE, format="WAV")
    return file.getvalue()


@pytest.fixture
def measured(monkeypatch) -> list[str]:
    """The name of each recording that was measured, as often as it was."""
    names: list[str] = []
    measure = Detector.measure

    def count(self, waveform: Waveform) -> Measurement:
        names.append(waveform.name)
        return measure(self, waveform)

    monkeypatch.setattr(Detector, "measure", count)
    return names


@pytest.fixture
def decoded(monkeypatch) -> dict[int, soundfile.SoundFile]:
    """Every sound file that samples were taken from, as often as it was opened for that."""
    files: dict[int, soundfile.SoundFile] = {}
    read = soundfile.SoundFile.read

    def count(self, *arguments, **options):
        files[id(self)] = self
        return read(self, *arguments, **options)

    monkeypatch.setattr(soundfile.SoundFile, "read", count)
    return files


def test_where_a_recording_is_unusual_is_said(beeping):
    page = upload(expert(type="pump", id="id_51"), ("pump.wav", beeping))
    words = said(page).replace("\\", "")
    found = re.search(r"Louder than usual around ([\d.]+) kHz from ([\d.]+) s to", words)
    assert found
    assert float(found[1]) == pytest.approx(3.2, abs=0.3)
    assert float(found[2]) == pytest.approx(4.0, abs=0.6)
    assert "mostly magnitude" in words


def test_verdict_pictures_explanation_and_nearest_recording_hear_it_once(
    beeping, decoded, measured
):
    st.cache_data.clear()
    st.cache_resource.clear()
    page = upload(expert(type="pump", id="id_51"), ("pump.wav", beeping))
    charts = {chart.key for chart in page.get("plotly_chart")}
    assert {"scale", "time", "neighbour"} <= charts
    page.selectbox(key="id").set_value("id_50").run()
    assert not page.exception
    own = [file for file in decoded.values() if file.frames == round(9.7 * SAMPLE_RATE)]
    assert len(own) == 1
    assert measured == ["pump.wav"]
