"""A second microphone explains the hall, and nothing of the machine."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.audio import without_hall
from mimimi.audio.reference_channel import WINDOW, coherence, sound, spectrum
from mimimi.simulate.room import Room
from mimimi.simulate.two_microphones import Hall

SAMPLES = 160_000


def decibels(of: np.ndarray, beside: np.ndarray) -> float:
    return float(10 * np.log10(max(np.mean(of**2), 1e-20) / np.mean(beside**2)))


def test_a_spectrum_leads_back_to_its_sound(rng):
    samples = rng.normal(size=50_001)
    back = sound(spectrum(samples, WINDOW), samples.size, WINDOW)
    np.testing.assert_allclose(back, samples, atol=1e-5)


def test_one_machine_of_the_hall_is_taken_away_by_ten_decibels(rng):
    machine, other = rng.normal(size=(2, SAMPLES)).astype(np.float32)
    hall = Hall.drawn(Room((12.0, 8.0, 5.0), 0.2), rng, standing=1)
    near, far = hall.record(machine, [other], ratio_db=-12.0, leak_db=60.0)
    alone = hall.alone(machine)[0]
    before, after = (decibels(left - alone, alone) for left in (near, without_hall(near, far)))
    assert before == pytest.approx(12, abs=0.2)
    assert after < before - 10


def test_phase_is_what_makes_it_possible(rng):
    """A far microphone with the same magnitudes, but phases of its own, takes nothing away."""
    machine, hall = rng.normal(size=(2, SAMPLES))
    far = spectrum(np.roll(hall, -40), WINDOW)
    strange = np.abs(far) * np.exp(2j * np.pi * rng.random(far.shape))
    with_phase, without = (
        without_hall(machine + 3 * hall, sound(of, SAMPLES, WINDOW)) for of in (far, strange)
    )
    assert decibels(with_phase - machine, machine) < -6
    assert decibels(without - machine, machine) > 8


@pytest.mark.parametrize("far", ["silent", "unrelated"])
def test_a_far_microphone_that_knows_nothing_changes_next_to_nothing(rng, far):
    machine, other = rng.normal(size=(2, SAMPLES)).astype(np.float32)
    left = without_hall(machine, 0 * other if far == "silent" else other)
    assert decibels(left - machine, machine) < -15


def test_levels_of_the_far_microphone_do_not_matter(rng):
    machine, hall = rng.normal(size=(2, SAMPLES)).astype(np.float32)
    near = machine + hall
    np.testing.assert_allclose(
        without_hall(near, hall), without_hall(near, 100 * hall), rtol=1e-3, atol=1e-4
    )


def test_coherence_is_a_share(rng):
    a, b = (spectrum(x, WINDOW) for x in rng.normal(size=(2, SAMPLES)))
    np.testing.assert_allclose(coherence(a, a), 1)
    assert coherence(a, b).mean() < 0.1


def test_both_must_be_equally_long():
    with pytest.raises(ValueError, match="10 samples beside 11"):
        without_hall(np.zeros(10), np.zeros(11))
