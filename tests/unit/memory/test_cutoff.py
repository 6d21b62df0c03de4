"""Sound that a filter has cut off is compared by what is left of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from mimimi.memory import MemoryBank
from mimimi.memory.cutoff import cutoff
from mimimi.memory.views import LEVEL, describe
from mimimi.simulate import simulate_clip


def take(clip: int, fault: str | None = None) -> np.ndarray:
    return simulate_clip("pump", "id_52", clip=900 + clip, fault=fault, severity=10.0)


def low_pass(samples: np.ndarray, hertz: float) -> np.ndarray:
    frequency = np.fft.rfftfreq(len(samples), 1 / 16_000)
    passed = np.clip((hertz + 200 - frequency) / 200, 0, 1)  # within 200 Hz, without a beginning
    return np.fft.irfft(np.fft.rfft(samples) * passed, len(samples)).astype(np.float32)


@pytest.fixture(scope="module")
def bank() -> MemoryBank:
    return MemoryBank.learn([take(clip) for clip in range(6)])


@pytest.mark.parametrize("hertz", [3_000, 5_000, 7_200])
def test_the_edge_of_a_filter_is_found(hertz):
    found = cutoff(describe(low_pass(take(7), hertz))[LEVEL.name])
    assert found == pytest.approx(hertz, abs=0.06 * hertz)


@pytest.mark.parametrize("slope", [0.0, -1.5, -3.0])
def test_a_spectrum_that_falls_gently_has_no_edge(slope):
    noise = np.random.default_rng(0).standard_normal(160_000)
    power = np.fft.rfftfreq(160_000, 1 / 16_000)
    spectrum = np.fft.rfft(noise) * np.maximum(power, 50.0) ** slope
    assert cutoff(describe(np.fft.irfft(spectrum))[LEVEL.name]) == np.inf


@pytest.mark.parametrize("hertz", [1_240, 3_240, 7_000])
def test_a_tone_makes_no_edge(hertz):
    tone = 0.3 * np.sin(2 * np.pi * hertz * np.arange(160_000) / 16_000)
    assert cutoff(describe(take(7) + tone)[LEVEL.name]) == np.inf


@pytest.mark.parametrize("hertz", [5_000, 7_200])
def test_a_filter_makes_no_normal_sound_unusual(bank, hertz):
    as_it_is, filtered = bank.scores([take(7), low_pass(take(7), hertz)])
    assert filtered < as_it_is + 1.0


def test_a_journey_through_48_kilohertz_changes_little(bank):
    there = resample_poly(take(7), 3, 1)
    as_it_is, back = bank.scores([take(7), resample_poly(there, 1, 3)])
    assert back < as_it_is + 1.0


def test_a_fault_below_the_edge_is_heard_as_before(bank):
    normal, faulty = low_pass(take(7), 5_000), low_pass(take(7, "contamination"), 5_000)
    assert bank.hear(faulty).score > bank.hear(normal).score + 1.0


def test_more_than_the_memory_has_ever_heard_is_unusual():
    """Cut off is what is heard, not what is known: a new whistle above is none the less."""
    bank = MemoryBank.learn([low_pass(take(clip), 5_000) for clip in range(6)])
    dull, bright = bank.scores([low_pass(take(7), 5_000), take(7)])
    assert bright > dull + 1.0
