from __future__ import annotations

import numpy as np
import pytest
import torch

from mimimi.config import Augmentation, FrontEnd
from mimimi.data.augment import (
    add_noise,
    augment,
    augment_power,
    mask,
    mixup,
    mixup_power,
    shift_frequency,
)
from mimimi.features.tensors import as_real, complex_spectrum, mean_power

OFF = Augmentation(0.0, 0, 0, None, 0)


def noise(batch: int = 4, n_frequencies: int = 513, n_frames: int = 64) -> torch.Tensor:
    return torch.randn(
        batch, 2, n_frequencies, n_frames, generator=torch.Generator().manual_seed(0)
    )


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("k", [-3, -2, -1, 0, 1, 2, 5])
def test_shifting_bins_is_modulating_the_sound(k, rng):
    front_end = FrontEnd()
    samples = rng.standard_normal(32_000)
    shifted = shift_frequency(as_real(complex_spectrum(samples, front_end)), torch.tensor([k]))
    # Frame 0 begins half a Fourier length before the sound does.
    time = np.arange(len(samples)) + front_end.n_fft // 2
    modulated = samples * np.exp(2j * np.pi * k * time / front_end.n_fft)
    window = torch.hann_window(front_end.n_fft, dtype=torch.float64)
    expected = torch.stft(
        torch.from_numpy(modulated),
        front_end.n_fft,
        front_end.hop_length,
        window=window / window.square().sum().sqrt(),
        onesided=False,
        return_complex=True,
    )
    found = torch.complex(*shifted[0].double())
    inside = (slice(8, 505), slice(1, -1))  # the edges enter or are padded
    torch.testing.assert_close(found[inside], expected[inside], atol=1e-4, rtol=0)


def test_each_spectrum_is_shifted_by_its_own_bins_and_what_enters_is_zero():
    x = noise(3)
    shifted = shift_frequency(x, torch.tensor([0, 2, -1]))
    assert torch.equal(shifted[0], x[0])
    assert (shifted[1, :, :2] == 0).all()
    assert torch.equal(shifted[1, :, 2:], x[1, :, :-2])
    assert (shifted[2, :, -1] == 0).all()
    assert torch.equal(shifted[2, :, :-1, 0::2], x[2, :, 1:, 0::2])
    assert torch.equal(shifted[2, :, :-1, 1::2], -x[2, :, 1:, 1::2])


@pytest.mark.parametrize(("axis", "widest"), [(2, 32), (3, 8)])
def test_a_mask_hides_one_stretch_of_both_parts_alike(axis, widest, rng):
    x = noise(64, 80, 40)
    masked = mask(x, axis, widest, rng)
    hidden = masked == 0
    assert torch.equal(hidden[:, 0], hidden[:, 1])
    line = hidden.amin(dim=(1, 5 - axis))  # the axis that is not masked is hidden all along
    assert torch.equal(line, hidden.amax(dim=(1, 5 - axis)))
    widths = line.sum(dim=1)
    assert widths.max() <= widest
    assert len(widths.unique()) > 4
    steps = line.int().diff(dim=1)
    assert ((steps == 1).sum(dim=1) <= 1).all()
    assert ((steps == -1).sum(dim=1) <= 1).all()
    assert torch.equal(masked[~hidden], x[~hidden])


def ratio_db(clean: torch.Tensor, noisy: torch.Tensor) -> torch.Tensor:
    power = clean.square().sum(dim=(1, 2, 3)) / (noisy - clean).square().sum(dim=(1, 2, 3))
    return 10 * power.log10()


@pytest.mark.parametrize("snr_db", [-6.0, 0.0, 15.0, 40.0])
def test_noise_reaches_the_ratio_asked_for(snr_db, rng):
    x = 7 * noise()
    torch.testing.assert_close(
        ratio_db(x, add_noise(x, (snr_db, snr_db), rng)),
        torch.full((4,), snr_db),
        atol=0.01,
        rtol=0,
    )


def test_each_spectrum_draws_its_own_ratio_from_the_range(rng):
    x = noise(32)
    ratios = ratio_db(x, add_noise(x, (5.0, 20.0), rng))
    assert 4.99 < ratios.min() < 9
    assert 16 < ratios.max() < 20.01


@pytest.mark.parametrize("alpha", [0.2, 1.0])
def test_mixup_mixes_spectra_as_it_mixes_labels(alpha, rng):
    x = noise(16, 9, 4)
    mixed, labels = mixup(x, torch.eye(16), alpha, rng)  # every spectrum a class of its own
    torch.testing.assert_close(labels.sum(dim=1), torch.ones(16))
    assert (labels >= 0).all()
    assert ((labels > 0.01) & (labels < 0.99)).any()
    torch.testing.assert_close(mixed, torch.einsum("ij,jcft->icft", labels, x))


def test_the_same_seed_makes_the_same_windows_and_another_makes_others():
    ids = torch.tensor([0, 1, 2, 0])
    x, labels = augment(noise(), ids, 3, Augmentation(), generator(5))
    again, labels_again = augment(noise(), ids, 3, Augmentation(), generator(5))
    other, _ = augment(noise(), ids, 3, Augmentation(), generator(6))
    assert x.shape == noise().shape
    assert torch.equal(x, again)
    assert torch.equal(labels, labels_again)
    assert not torch.equal(x, other)
    torch.testing.assert_close(labels.sum(dim=1), torch.ones(4))


def test_without_any_variation_windows_stay_as_they_are():
    x, labels = augment(noise(), torch.tensor([0, 1, 2, 0]), 3, OFF, generator())
    assert torch.equal(x, noise())
    assert labels.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_augmenting_leaves_its_input_alone():
    x = noise()
    augment(x, torch.tensor([0, 1, 2, 0]), 3, Augmentation(), generator())
    assert torch.equal(x, noise())


def test_powers_are_mixed_as_sounds_that_know_nothing_of_each_other_are():
    """Mean and deviation of each bin against those of mixed spectra, level for level."""
    frames = 19
    x = torch.randn(64, 2, 4000, frames, generator=torch.Generator().manual_seed(1))
    x[::2] *= 3.0
    labels = torch.eye(64)
    exact, labels_exact = mixup(x, labels, 0.5, generator())
    found, labels_found = mixup_power(mean_power(x), labels, 0.5, generator(), frames)
    torch.testing.assert_close(labels_found, labels_exact)
    exact = mean_power(exact)
    assert (found > 0).all()
    torch.testing.assert_close(found.mean(dim=-1), exact.mean(dim=-1), rtol=0.03, atol=0)
    torch.testing.assert_close(found.std(dim=-1), exact.std(dim=-1), rtol=0.1, atol=0)


def test_a_power_that_is_mixed_with_itself_stays_what_it_is():
    power = mean_power(noise(1))
    mixed, _ = mixup_power(power, torch.ones(1, 1), 0.5, generator(), 64)
    torch.testing.assert_close(mixed, power)


def test_what_cannot_be_done_to_powers_is_refused():
    with pytest.raises(ValueError, match="mixup alone"):
        augment_power(mean_power(noise(2)), torch.tensor([0, 1]), 2, Augmentation(), generator(), 9)
