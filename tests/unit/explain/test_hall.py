"""What a second microphone took out, in decibels and words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from mimimi.explain.hall import TakenOut


def band(rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    """Noise between two frequencies in Hz, beside next to none elsewhere."""
    sections = signal.butter(20, (low, high), "bandpass", fs=16_000, output="sos")
    noise = signal.sosfilt(sections, rng.standard_normal(160_000))
    return (noise / noise.std()).astype(np.float32)


@pytest.mark.parametrize(
    ("low", "high", "where"),
    [
        (60, 1_000, "below 1 kHz"),
        (2_000, 7_900, "above 2 kHz"),
        (700, 2_000, "between 0.7 and 2 kHz"),
    ],
)
def test_it_says_where_and_by_how_much(rng, low, high, where):
    machine = 0.5 * rng.standard_normal(160_000).astype(np.float32)
    hall = band(rng, low, high)
    found = TakenOut.of(machine + hall, machine + hall / 4)
    decibels, _, told = found.sentence.partition(" dB of hall taken out ")
    assert told == where
    assert int(decibels) == pytest.approx(10, abs=3)
    assert found.as_heard.shape == found.without.shape == (64,)


def test_next_to_nothing_is_called_so(rng):
    machine = rng.standard_normal(160_000).astype(np.float32)
    assert TakenOut.of(machine, machine).sentence == "next to nothing taken out"
    assert TakenOut.of(machine, 0.98 * machine).sentence == "next to nothing taken out"


def test_a_recording_of_less_than_one_frame_and_a_silent_one_have_spectra(rng):
    short = rng.standard_normal(500).astype(np.float32)
    assert np.isfinite(TakenOut.of(short, 0.5 * short).as_heard).all()
    assert TakenOut.of(0 * short, 0 * short).sentence == "next to nothing taken out"
