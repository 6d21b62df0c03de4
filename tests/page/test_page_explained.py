"""Where a recording is unusual, on the Analyse page."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import soundfile
from visit import opened, said, upload

from mimimi.config import SAMPLE_RATE
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.usefixtures("own_home")


def test_where_a_recording_is_unusual_is_said():
    seconds = np.arange(160_000) / SAMPLE_RATE
    beep = 0.1 * np.sin(2 * np.pi * 3_200 * seconds) * (seconds > 4) * (seconds < 6)
    file = io.BytesIO()
    clip = simulate_clip("pump", "id_51", clip=900) + beep
    soundfile.write(file, clip, SAMPLE_RATE, format="WAV")
    page = upload(opened(type="pump", id="id_51"), ("pump.wav", file.getvalue()))
    found = re.search(r"Louder than usual around ([\d.]+) kHz from ([\d.]+) s to", said(page))
    assert found
    assert float(found[1]) == pytest.approx(3.2, abs=0.3)
    assert float(found[2]) == pytest.approx(4.0, abs=0.6)
    assert "mostly magnitude" in said(page)
