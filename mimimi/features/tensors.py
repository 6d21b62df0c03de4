"""The spectra of `mimimi.features` in torch: on any device and with gradients, for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torchaudio
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool1d, interpolate

from mimimi.config import FrontEnd
from mimimi.features.line_spectrum import FLOOR, SMOOTH
from mimimi.features.segment_spectra import SegmentSpectra, Transforms
from mimimi.features.spectrum import window_starts


def complex_spectrum(samples: Any, front_end: FrontEnd) -> Tensor:
    """As `mimimi.features.spectrum.complex_spectrum`.

    Args:
        samples: `(time,)` or `(batch, time)`, array or tensor of floats.
        front_end: Fourier length and hop.

    Returns:
        complex64 `(batch, frequency, time)`, on the device of the samples.

    Example:
        >>> complex_spectrum(torch.randn(2, 16_000), FrontEnd()).shape
        torch.Size([2, 513, 32])
    """
    signal = torch.as_tensor(samples, dtype=torch.float32)
    window = torch.hann_window(front_end.n_fft, device=signal.device)
    spectrum: Tensor = torchaudio.functional.spectrogram(
        signal.reshape(-1, signal.shape[-1]),
        pad=0,
        window=window,
        n_fft=front_end.n_fft,
        hop_length=front_end.hop_length,
        win_length=front_end.n_fft,
        power=None,
        normalized="window",
        center=front_end.centred,
    )
    return spectrum


def normalised(spectrum: Tensor) -> Tensor:
    """Complex `(batch, frequency, time)`, each with a mean squared magnitude of one.

    Example:
        >>> z = normalised(torch.randn(2, 513, 313, dtype=torch.complex64))
        >>> torch.allclose(z.abs().square().mean((1, 2)), torch.ones(2))
        True
    """
    power = spectrum.abs().square().mean(dim=(-2, -1), keepdim=True)
    return spectrum / power.sqrt().clamp_min(torch.finfo(torch.float32).tiny)


def as_real(spectrum: Tensor) -> Tensor:
    """Complex `(batch, frequency, time)` to real `(batch, 2, frequency, time)`, real part first."""
    return torch.stack((spectrum.real, spectrum.imag), dim=1)


def windows(spectrum: Tensor, window_frames: int) -> Tensor:
    """Cut spectra into windows.

    Args:
        spectrum: `(batch, ..., time)`, at least one window long.
        window_frames: frames in a window.

    Returns:
        `(batch, window, ..., window_frames)`, where `window_starts` says.

    Example:
        >>> windows(torch.randn(3, 2, 513, 313), 64).shape
        torch.Size([3, 5, 2, 513, 64])
    """
    starts = window_starts(spectrum.shape[-1], window_frames)
    return torch.stack([spectrum[..., t : t + window_frames] for t in starts], dim=1)


def sent(values: Any, device: torch.device) -> Tensor:
    """Values as a tensor on a device, without waiting until the device has done all before.

    Example:
        >>> sent([1, 2], torch.device("cpu"))
        tensor([1, 2])
    """
    return torch.as_tensor(values).to(device, non_blocking=True)


def windows_of_several(
    signals: Sequence[NDArray[np.int16]],
    gains: Sequence[float],
    front_end: FrontEnd,
    device: torch.device,
) -> tuple[Tensor, ...]:
    """Cut segments of any lengths into windows of their normalised spectra, all at once.

    The same as one by one, to rounding, in a tenth of the time where each step has to be launched
    on a GPU.

    Args:
        signals: `(time,)` each, at least one window long.
        gains: that each is multiplied by.
        front_end: Fourier length, hop, and length of a window.
        device: where they are transformed.

    Returns:
        Of each segment `(window, 2, frequency, window_frames)`.

    Example:
        >>> sounds = [np.ones(160_000, np.int16), np.ones(150_000, np.int16)]
        >>> cut = windows_of_several(sounds, [1.0, 1.0], FrontEnd(), torch.device("cpu"))
        >>> [len(windows) for windows in cut]
        [5, 5]
    """
    side = front_end.n_fft // 2 if front_end.centred else 0
    lengths = [len(signal) + 2 * side for signal in signals]
    padded = np.zeros((len(signals), max(lengths)), np.int16)
    for row, length, signal in zip(padded, lengths, signals, strict=True):
        row[:length] = np.pad(signal, side, mode="reflect")
    scale = sent(np.asarray(gains, np.float32), device)[:, None]
    of_all = replace(front_end, centred=False)  # as each is by its own reflections
    spectrum = complex_spectrum(sent(padded, device) * scale, of_all)
    frames = [(length - front_end.n_fft) // front_end.hop_length + 1 for length in lengths]
    within = np.arange(spectrum.shape[-1]) < np.array(frames)[:, None]
    # The mean is over frames that are none of the padding, for which the sum is corrected.
    share = sent(within.mean(axis=1, dtype=np.float32), device)[:, None, None]
    real = as_real(normalised(spectrum * sent(within, device)[:, None]) * share.sqrt())
    starts = [window_starts(count, front_end.window_frames) for count in frames]
    which = sent([k for k, of in enumerate(starts) for _ in of], device)
    start = sent([first for of in starts for first in of], device)
    cut = real.unfold(-1, front_end.window_frames, 1)[which, :, :, start]
    return cut.split([len(of) for of in starts])  # type: ignore[no-any-return,no-untyped-call]


def mean_power(spectrum: Tensor) -> Tensor:
    """Mean over frames of the power of each bin.

    Args:
        spectrum: real `(batch, 2, frequency, time)`, real part first.

    Returns:
        `(batch, 1, frequency)`.
    """
    real, imaginary = spectrum.unbind(dim=1)
    return (real.square() + imaginary.square()).mean(dim=-1, keepdim=True).transpose(1, 2)


def lines_of(power: Tensor) -> Tensor:
    """How strong each bin is against those around it.

    Args:
        power: of each bin, `(batch, 1, frequency)`; its scale does not matter.

    Returns:
        The same shape, in nats of power.
    """
    level = (power / power.mean(dim=-1, keepdim=True) + FLOOR).log()
    envelope = interpolate(avg_pool1d(level, SMOOTH), level.shape[-1], mode="linear")
    return level - envelope


def power(spectrum: Tensor) -> Tensor:
    """Squared magnitude, in the same shape."""
    return spectrum.real.square() + spectrum.imag.square()


def line_spectrum(power: Tensor) -> Tensor:
    """As `mimimi.features.line_spectrum.line_spectrum`.

    Args:
        power: `(batch, frequency, time)`; its scale does not matter.

    Returns:
        `(batch, 1, frequency)`, in nats of power.
    """
    return lines_of(power.mean(dim=-1)[:, None])


class TensorSpectra(SegmentSpectra[Tensor]):
    """`SegmentSpectra` of tensors `(segment, time)`; gradients pass through.

    Example:
        >>> spectra = TensorSpectra(torch.randn(2, 160_000))
        >>> spectra.windows(FrontEnd()).shape
        torch.Size([2, 5, 2, 513, 64])
    """

    transforms = Transforms(complex_spectrum, power, normalised, as_real, windows, line_spectrum)
