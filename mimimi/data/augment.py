"""How training windows are varied; every draw comes from the generator that is handed in."""

from __future__ import annotations

import math

import numpy as np
import torch
import torchaudio
from torch import Tensor
from torch.nn.functional import one_hot

from mimimi.config import Augmentation
from mimimi.features.tensors import sent


def shift_frequency(spectrum: Tensor, bins: Tensor) -> Tensor:
    """Shift each spectrum along frequency as if the sound had been modulated.

    A signal shifted by k bins has, with a hop of half the Fourier length, the factor (-1)^(k t)
    in frame t; bins that enter are zero. The modulation has phase zero where frame 0 begins.

    Args:
        spectrum: real `(batch, 2, frequency, time)`, frames half a Fourier length apart.
        bins: integers `(batch,)`, positive is up.

    Example:
        >>> x = torch.zeros(1, 2, 5, 2)
        >>> x[:, 0, 1] = 1.0
        >>> shift_frequency(x, torch.tensor([1]))[0, 0, 2]
        tensor([ 1., -1.])
    """
    n_frequencies, n_frames = spectrum.shape[-2:]
    device = spectrum.device
    source = torch.arange(n_frequencies, device=device) - bins[:, None]
    inside = (source >= 0) & (source < n_frequencies)
    index = source.clamp(0, n_frequencies - 1)[:, None, :, None].expand_as(spectrum)
    turns = 1.0 - 2.0 * ((bins[:, None] * torch.arange(n_frames, device=device)) % 2)
    return spectrum.gather(2, index) * inside[:, None, :, None] * turns[:, None, None, :]


def mask(spectrum: Tensor, axis: int, widest: int, rng: np.random.Generator) -> Tensor:
    """Set one stretch of each spectrum to zero, real and imaginary part alike.

    torchaudio's masking refuses complex spectra and would mask the parts apart.

    Args:
        spectrum: real `(batch, 2, frequency, time)`.
        axis: 2 masks a band, 3 a stretch of time.
        widest: largest width; each is drawn evenly from 0 to this.
        rng: source of chance.

    Source: Park et al. 2019, SpecAugment.
    """
    batch, length = spectrum.shape[0], spectrum.shape[axis]
    width = rng.integers(0, widest + 1, (batch, 1))
    first = rng.integers(0, length - width + 1)
    position = np.arange(length)
    hidden = (position >= first) & (position < first + width)
    shape = [batch, 1, 1, 1]
    shape[axis] = length
    return spectrum.masked_fill(sent(hidden.reshape(shape), spectrum.device), 0.0)


def add_noise(spectrum: Tensor, snr_db: tuple[float, float], rng: np.random.Generator) -> Tensor:
    """Add white noise at a ratio drawn evenly, in dB, from the range.

    Args:
        spectrum: real `(batch, 2, frequency, time)`.
        snr_db: lowest and highest ratio of signal to noise.
        rng: source of chance.
    """
    flat = spectrum.flatten(1)
    noise = white_noise(tuple(flat.shape), flat.device, rng)
    ratio = sent(rng.uniform(*snr_db, len(flat)), flat.device)
    noisy: Tensor = torchaudio.functional.add_noise(flat, noise, ratio.float())
    return noisy.reshape(spectrum.shape)


def white_noise(shape: tuple[int, ...], device: torch.device, rng: np.random.Generator) -> Tensor:
    """Normal numbers, drawn where they are needed.

    A GPU waits eight times as long for a processor to draw those of a batch of windows as it takes
    to learn from it, so it draws its own, from a seed that the processor gives it.

    Args:
        shape: of the tensor.
        device: where it shall lie.
        rng: source of chance.

    Example:
        >>> white_noise((2, 3), torch.device("cpu"), np.random.default_rng(0)).shape
        torch.Size([2, 3])
    """
    if device.type == "cpu":
        return torch.from_numpy(rng.standard_normal(shape, np.float32))
    generator = torch.Generator(device).manual_seed(int(rng.integers(2**63)))
    return torch.randn(shape, generator=generator, device=device)


def mixup(
    spectrum: Tensor, labels: Tensor, alpha: float, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Mix each spectrum with another of the batch, and their labels in the same proportion.

    The Fourier transform is linear: mixing complex spectra is mixing waveforms.

    Args:
        spectrum: `(batch, 2, frequency, time)`.
        labels: soft labels `(batch, ids)`.
        alpha: of the Beta distribution the proportion is drawn from.
        rng: source of chance.

    Source: Zhang et al. 2018, mixup.
    """
    share = sent(rng.beta(alpha, alpha, len(spectrum)), spectrum.device).float()
    other = sent(rng.permutation(len(spectrum)), spectrum.device)
    of_spectrum, of_labels = share[:, None, None, None], share[:, None]
    return (
        of_spectrum * spectrum + (1 - of_spectrum) * spectrum[other],
        of_labels * labels + (1 - of_labels) * labels[other],
    )


def augment(
    spectrum: Tensor,
    ids: Tensor,
    n_ids: int,
    config: Augmentation,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor]:
    """Vary a batch of training windows as the recipe says.

    Args:
        spectrum: `(batch, 2, frequency, time)`.
        ids: class of each window, `(batch,)`.
        n_ids: number of classes.
        config: what is varied how much.
        rng: source of chance; on the CPU, so that every device sees the same but for the noise.

    Returns:
        Windows of the same shape and soft labels `(batch, n_ids)`.
    """
    labels = one_hot(ids, n_ids).to(spectrum.dtype)
    if config.mixup_alpha:
        spectrum, labels = mixup(spectrum, labels, config.mixup_alpha, rng)
    if config.shift_bins:
        bins = rng.integers(-config.shift_bins, config.shift_bins + 1, len(spectrum))
        spectrum = shift_frequency(spectrum, sent(bins, spectrum.device))
    if config.noise_snr_db:
        spectrum = add_noise(spectrum, config.noise_snr_db, rng)
    if config.mask_frequencies:
        spectrum = mask(spectrum, 2, config.mask_frequencies, rng)
    if config.mask_frames:
        spectrum = mask(spectrum, 3, config.mask_frames, rng)
    return spectrum, labels


def augment_power(
    power: Tensor,
    ids: Tensor,
    n_ids: int,
    config: Augmentation,
    rng: np.random.Generator,
    frames: int,
) -> tuple[Tensor, Tensor]:
    """Vary a batch of mean power spectra; only mixup can be done to them.

    Args:
        power: `(batch, 1, frequency)`.
        ids: class of each, `(batch,)`.
        n_ids: number of classes.
        config: what is varied how much.
        rng: source of chance.
        frames: that each is the mean of.

    Returns:
        Spectra of the same shape and soft labels `(batch, n_ids)`.
    """
    labels = one_hot(ids, n_ids).to(power.dtype)
    if config.mask_frequencies or config.mask_frames or config.noise_snr_db or config.shift_bins:
        raise ValueError("Of all augmentation a mean power spectrum takes mixup alone.")
    if config.mixup_alpha:
        power, labels = mixup_power(power, labels, config.mixup_alpha, rng, frames)
    return power, labels


def mixup_power(
    power: Tensor, labels: Tensor, alpha: float, rng: np.random.Generator, frames: int
) -> tuple[Tensor, Tensor]:
    """As `mixup`, of sounds whose phases are not known any more.

    |a X + b Y|² = a² |X|² + b² |Y|² + 2 a b |X| |Y| cos(phase): of two sounds that know nothing of
    each other any phase is as likely, so the mean cosine of n frames is drawn from N(0, 1 / 2n).

    Args:
        power: `(batch, 1, frequency)`.
        labels: soft labels `(batch, ids)`.
        alpha: of the Beta distribution the proportion is drawn from.
        rng: source of chance.
        frames: that each is the mean of.
    """
    share = rng.beta(alpha, alpha, len(power)).astype(np.float32)
    other = rng.permutation(len(power))
    cosine = white_noise(tuple(power.shape), power.device, rng) / math.sqrt(2 * frames)
    a, partner = sent(share, power.device), sent(other, power.device)
    itself = sent(other == np.arange(len(other)), power.device)[:, None, None]
    cosine = cosine.clamp(-1.0, 1.0).masked_fill(itself, 1.0)  # mixed with itself it is itself
    of_power, of_labels = a[:, None, None], a[:, None]
    own, others = of_power * power.sqrt(), (1 - of_power) * power[partner].sqrt()
    together = cosine * (2 * own * others)
    mixed_labels = of_labels * labels + (1 - of_labels) * labels[partner]
    return own.square() + others.square() + together, mixed_labels
