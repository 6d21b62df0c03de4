"""Times of what is unusual are those of the recording, also where something was left out of it."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.audio import from_array
from mimimi.explain.explanation import explain
from mimimi.simulate import simulate_clip


@pytest.fixture
def beeping() -> np.ndarray:
    """A fan that beeps from 24 to 26 s, and of which 5 to 12 s are lost."""
    sound = simulate_clip("fan", "id_50", clip=900, seconds=30.0).astype(np.float64)
    time = np.arange(len(sound)) / 16_000
    sound += 0.1 * np.sin(2 * np.pi * 3_200 * time) * (time > 24) * (time < 26)
    sound[5 * 16_000 : 12 * 16_000] = 0
    return sound


def test_windows_stand_where_they_were_heard(beeping, small_detector):
    waveform = from_array(beeping, 16_000)
    measured = small_detector.measure(waveform)
    starts = [window.start for window in small_detector.judge(measured, "id_00").windows]
    assert starts == sorted(starts)
    assert not [start for start in starts if 5.0 < start < 12.0]
    assert starts[-1] + 2.05 == pytest.approx(30.0, abs=0.1)
    whole = small_detector.measure(from_array(beeping[: 5 * 16_000], 16_000))
    short = small_detector.judge(whole, "id_00").windows
    assert [window.start for window in short] == pytest.approx([0.0, 2.048], abs=0.01)


@pytest.mark.slow
def test_an_explanation_says_when_it_was(beeping):
    from mimimi import Detector

    found = explain(Detector.from_pretrained("fan"), (beeping, 16_000), "id_50")
    assert found.region.stretch == pytest.approx((24.0, 26.0), abs=0.4)
    assert found.times[-1] == pytest.approx(30.0, abs=0.4)
    lost = (found.times > 5.3) & (found.times < 11.7)
    assert not found.magnitude[:, lost].any()
    assert found.magnitude.any()
