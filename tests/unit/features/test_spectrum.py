from __future__ import annotations

import numpy as np
import pytest
import torch

from mimimi.config import FrontEnd
from mimimi.features.spectrum import as_real, complex_spectrum, normalised, window_starts, windows

FRONT_END = FrontEnd()
BIN = 15.625  # Hz


@pytest.mark.parametrize("k", [1, 32, 200, 511])
def test_a_tone_peaks_in_its_bin(k):
    time = np.arange(32_000) / 16_000
    spectrum = complex_spectrum(np.sin(2 * np.pi * k * BIN * time), FRONT_END)
    assert spectrum.shape == (1, 513, 63)
    assert spectrum.dtype == torch.complex64
    assert (spectrum[0, :, 2:-2].abs().argmax(dim=0) == k).all()


@pytest.mark.parametrize("frame", [3, 20, 40])
def test_a_click_peaks_in_the_frame_centred_on_it(frame):
    samples = np.zeros(32_000)
    samples[frame * 512] = 1.0
    power = complex_spectrum(samples, FRONT_END)[0].abs().square().sum(dim=0)
    assert int(power.argmax()) == frame


def test_mixing_waveforms_is_mixing_spectra(rng):
    a, b = rng.standard_normal((2, 16_000))
    mixed = complex_spectrum(0.3 * a + 0.7 * b, FRONT_END)
    parts = 0.3 * complex_spectrum(a, FRONT_END) + 0.7 * complex_spectrum(b, FRONT_END)
    torch.testing.assert_close(mixed, parts, atol=1e-5, rtol=1e-4)


def test_white_noise_of_unit_variance_has_unit_power(rng):
    power = complex_spectrum(rng.standard_normal(160_000), FRONT_END).abs().square()
    assert float(power.mean()) == pytest.approx(1.0, abs=0.02)


def test_a_batch_is_its_recordings_side_by_side(rng):
    samples = rng.standard_normal((3, 16_000))
    alone = torch.cat([complex_spectrum(one, FRONT_END) for one in samples])
    torch.testing.assert_close(complex_spectrum(samples, FRONT_END), alone)


def test_one_scale_for_both_parts_keeps_phase_and_forgets_gain(rng):
    spectrum = complex_spectrum(rng.standard_normal((2, 16_000)), FRONT_END)
    spectrum = torch.complex(3 * spectrum.real, spectrum.imag)
    scaled = normalised(spectrum)
    torch.testing.assert_close(scaled.abs().square().mean(dim=(1, 2)), torch.ones(2))
    ratio = scaled / spectrum
    torch.testing.assert_close(ratio.imag, torch.zeros_like(ratio.imag), atol=1e-6, rtol=0)
    torch.testing.assert_close(ratio.real, ratio.real[:, :1, :1].expand_as(ratio.real))
    gains = torch.tensor([1e-4, 50.0])[:, None, None]
    torch.testing.assert_close(normalised(gains * spectrum), scaled)


def test_nothing_stays_nothing():
    assert (normalised(torch.zeros(1, 513, 64, dtype=torch.complex64)) == 0).all()


def test_the_real_part_comes_first():
    spectrum = torch.randn(2, 5, 7, dtype=torch.complex64)
    pair = as_real(spectrum)
    assert torch.equal(pair[:, 0], spectrum.real)
    assert torch.equal(pair[:, 1], spectrum.imag)


@pytest.mark.parametrize("n_frames", [64, 65, 127, 128, 313])
def test_windows_cover_every_frame_and_end_with_the_sound(n_frames):
    starts = window_starts(n_frames, 64)
    covered = sorted({t for start in starts for t in range(start, start + 64)})
    assert covered == list(range(n_frames))
    assert len(starts) == -(-n_frames // 64)
    spectrum = torch.randn(2, 2, 5, n_frames)
    cut = windows(spectrum, 64)
    assert cut.shape == (2, len(starts), 2, 5, 64)
    assert torch.equal(cut[:, -1], spectrum[..., -64:])
