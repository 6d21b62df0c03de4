"""What tells of phase within a microphone, and what one channel explains of another."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy.array import OCTAVES, left
from benchmarks.accuracy.phase import coherence, magnitude, persistence


@pytest.fixture
def noise(rng) -> np.ndarray:
    """`(frequency, time)`: every frame by itself."""
    return rng.normal(size=(3, 400)) + 1j * rng.normal(size=(3, 400))


def test_a_steady_tone_is_coherent_and_noise_is_not(noise):
    steady = np.exp(2j * np.pi * np.outer([0.1, 0.23, 0.4], np.arange(400)))
    np.testing.assert_allclose(coherence(steady), 1)
    assert coherence(noise).max() < 0.2


def test_magnitudes_know_no_phase_and_coherence_knows_nothing_else(noise, rng):
    turned = np.abs(noise) * np.exp(2j * np.pi * rng.random(noise.shape))
    for view in (magnitude, persistence):
        np.testing.assert_allclose(view(turned), view(noise))
    swelling = np.exp(2j * np.pi * 0.1 * np.arange(400)) * np.linspace(1, 5, 400)
    np.testing.assert_allclose(coherence(swelling[None]), 1)


def test_what_swells_persists(noise):
    swelling = noise * (2 + np.sin(np.arange(400) / 20))
    assert (persistence(swelling) > persistence(noise) + 0.1).all()


def test_a_delayed_channel_is_explained_and_an_unrelated_one_is_not(rng):
    near, other = rng.normal(size=(2, 160_000))
    for of_all in left(near, np.roll(near, 3)):
        assert of_all.shape == (len(OCTAVES),)
        assert (of_all < 0.01).all()
    assert (left(near, other)[0] > 0.9).all()
