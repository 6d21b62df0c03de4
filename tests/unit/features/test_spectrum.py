from __future__ import annotations

import numpy as np
import pytest

from mimimi.config import FrontEnd
from mimimi.features.spectrum import (
    as_real,
    complex_spectrum,
    normalised,
    power,
    window_starts,
    windows,
)

FRONT_END = FrontEnd()
BIN = 15.625  # Hz


@pytest.mark.parametrize("k", [1, 32, 200, 511])
def test_a_tone_peaks_in_its_bin(k):
    time = np.arange(32_000) / 16_000
    spectrum = complex_spectrum(np.sin(2 * np.pi * k * BIN * time), FRONT_END)
    assert spectrum.shape == (1, 513, 63)
    assert spectrum.dtype == np.complex64
    assert (np.abs(spectrum[0, :, 2:-2]).argmax(axis=0) == k).all()


@pytest.mark.parametrize("frame", [3, 20, 40])
def test_a_click_peaks_in_the_frame_centred_on_it(frame):
    samples = np.zeros(32_000)
    samples[frame * 512] = 1.0
    loudness = power(complex_spectrum(samples, FRONT_END)[0]).sum(axis=0)
    assert int(loudness.argmax()) == frame


def test_mixing_waveforms_is_mixing_spectra(rng):
    a, b = rng.standard_normal((2, 16_000))
    mixed = complex_spectrum(0.3 * a + 0.7 * b, FRONT_END)
    parts = 0.3 * complex_spectrum(a, FRONT_END) + 0.7 * complex_spectrum(b, FRONT_END)
    np.testing.assert_allclose(mixed, parts, atol=1e-5, rtol=1e-4)


def test_white_noise_of_unit_variance_has_unit_power(rng):
    found = power(complex_spectrum(rng.standard_normal(160_000), FRONT_END))
    assert float(found.mean()) == pytest.approx(1.0, abs=0.02)


def test_a_batch_is_its_recordings_side_by_side(rng):
    samples = rng.standard_normal((3, 16_000))
    alone = np.concatenate([complex_spectrum(one, FRONT_END) for one in samples])
    np.testing.assert_array_equal(complex_spectrum(samples, FRONT_END), alone)


def test_one_scale_for_both_parts_keeps_phase_and_forgets_gain(rng):
    spectrum = complex_spectrum(rng.standard_normal((2, 16_000)), FRONT_END)
    spectrum = (3 * spectrum.real + 1j * spectrum.imag).astype(np.complex64)
    scaled = normalised(spectrum)
    np.testing.assert_allclose(power(scaled).mean(axis=(1, 2)), 1, rtol=1e-5)
    ratio = scaled / spectrum
    np.testing.assert_allclose(ratio.imag, 0, atol=1e-6)
    np.testing.assert_allclose(ratio.real, ratio.real[:, :1, :1] + 0 * ratio.real, rtol=1e-5)
    gains = np.array([1e-4, 50.0], np.float32)[:, None, None]
    np.testing.assert_allclose(normalised(gains * spectrum), scaled, rtol=1e-5)


def test_nothing_stays_nothing():
    assert (normalised(np.zeros((1, 513, 64), np.complex64)) == 0).all()


def test_the_real_part_comes_first(rng):
    spectrum = rng.random((2, 5, 7)) + 1j * rng.random((2, 5, 7))
    pair = as_real(spectrum)
    assert np.array_equal(pair[:, 0], spectrum.real)
    assert np.array_equal(pair[:, 1], spectrum.imag)


@pytest.mark.parametrize("n_frames", [64, 65, 127, 128, 313])
def test_windows_cover_every_frame_and_end_with_the_sound(n_frames, rng):
    starts = window_starts(n_frames, 64)
    covered = sorted({t for start in starts for t in range(start, start + 64)})
    assert covered == list(range(n_frames))
    assert len(starts) == -(-n_frames // 64)
    spectrum = rng.random((2, 2, 5, n_frames))
    cut = windows(spectrum, 64)
    assert cut.shape == (2, len(starts), 2, 5, 64)
    assert np.array_equal(cut[:, -1], spectrum[..., -64:])
