"""What networks are trained on in torch is what they judge by in numpy."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mimimi.config import LINE_SPECTRUM, FrontEnd
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.tensors import (
    TensorSpectra,
    as_real,
    complex_spectrum,
    normalised,
    windows,
    windows_of_several,
)


@pytest.fixture
def segments(hum) -> np.ndarray:
    return np.stack([hum(hertz=hertz, seed=int(hertz)) for hertz in (120.0, 3_000.0)])


@pytest.mark.parametrize("front_end", [FrontEnd(), LINE_SPECTRUM], ids=["windows", "lines"])
@pytest.mark.parametrize("of", ["complex", "windows"])
def test_both_make_the_same_spectra(segments, front_end, of) -> None:
    here, there = ArraySpectra(segments), TensorSpectra(torch.from_numpy(segments))
    found, expected = getattr(here, of)(front_end), getattr(there, of)(front_end).numpy()
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def test_both_make_the_same_line_spectra(segments) -> None:
    found = ArraySpectra(segments).lines(LINE_SPECTRUM)
    expected = TensorSpectra(torch.from_numpy(segments)).lines(LINE_SPECTRUM).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_gradients_pass_through_to_the_samples(segments) -> None:
    samples = torch.from_numpy(segments).requires_grad_()
    TensorSpectra(samples).lines(LINE_SPECTRUM).square().sum().backward()
    assert samples.grad is not None
    assert samples.grad.abs().max() > 0


@pytest.mark.parametrize("front_end", [FrontEnd(), replace(FrontEnd(), centred=False)])
def test_segments_of_any_lengths_are_cut_at_once_as_one_by_one(front_end: FrontEnd) -> None:
    rng = np.random.default_rng(0)
    signals = [
        rng.integers(-30_000, 30_000, count).astype(np.int16)
        for count in (160_000, 140_001, 64 * 512 + 1024, 131_072)
    ]
    gains = [1.0, -1.0, 0.01, -1 / 32768]
    together = windows_of_several(signals, gains, front_end, torch.device("cpu"))
    for signal, gain, cut in zip(signals, gains, together, strict=True):
        spectrum = complex_spectrum(torch.from_numpy(signal).float() * gain, front_end)
        alone = windows(as_real(normalised(spectrum)), front_end.window_frames)[0]
        torch.testing.assert_close(cut, alone, rtol=1e-4, atol=1e-5)
