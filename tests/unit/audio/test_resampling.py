from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from mimimi.audio.resampling import Resampler


def in_blocks(samples: np.ndarray, rate: int, length: int) -> np.ndarray:
    resampler = Resampler(rate)
    cut = np.split(samples, range(length, len(samples), length))
    return np.concatenate([*map(resampler.push, cut), resampler.finish()])


@pytest.mark.parametrize(
    ("rate", "up", "down"),
    [(8_000, 2, 1), (11_025, 640, 441), (44_100, 160, 441), (48_000, 1, 3), (192_000, 1, 12)],
)
@pytest.mark.parametrize(("seconds", "length"), [(0.01, 4096), (3.3, 4096), (3.3, 99_991)])
def test_blocks_give_what_the_whole_gives(rate, up, down, seconds, length, rng):
    samples = rng.standard_normal(round(seconds * rate)).astype(np.float32)
    whole = resample_poly(samples, up, down)
    resampled = in_blocks(samples, rate, length)
    assert resampled.dtype == np.float32
    assert resampled.shape == whole.shape
    assert np.abs(resampled - whole).max() < 1e-6


@pytest.mark.parametrize("rate", [4_001, 44_101, 383_953, 399_999])
def test_an_odd_rate_costs_no_precision_that_could_be_heard(rate):
    tone = np.sin(2 * np.pi * 1_000 * np.arange(2 * rate) / rate).astype(np.float32)
    resampled = in_blocks(tone, rate, 4096)
    assert len(resampled) == pytest.approx(32_000, rel=3e-5, abs=1)
    spectrum = np.abs(np.fft.rfft(resampled * np.hanning(len(resampled))))
    assert spectrum.argmax() / len(resampled) * 16_000 == pytest.approx(1_000, abs=0.5)
    assert np.sqrt(np.mean(np.square(resampled))) == pytest.approx(np.sqrt(0.5), rel=0.02)
