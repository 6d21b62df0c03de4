"""From segments to the windows of a complex spectrum that the network reads; batched, any device.

A complex spectrum is held as a real tensor `(batch, 2, frequency, time)`, real part first: real
arithmetic is the faster one, on a CPU and a GPU, and it exports.
"""

from __future__ import annotations

from typing import Any

import torch
import torchaudio
from torch import Tensor

from mimimi.config import FrontEnd


def complex_spectrum(samples: Any, front_end: FrontEnd) -> Tensor:
    """Short-time Fourier transform with a Hann window, scaled by 1 / sqrt(sum of the window²).

    Args:
        samples: `(time,)` or `(batch, time)`, array or tensor of floats.
        front_end: Fourier length and hop.

    Returns:
        complex64 `(batch, frequency, time)`; bin k lies at k * sample_rate / n_fft Hz, frame t is
        centred on t * hop_length / sample_rate s, or begins there if the front end is not centred.

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
    """Divide each spectrum by ONE number, its root mean square, so that phase survives.

    Args:
        spectrum: complex `(batch, frequency, time)`, one segment each.

    Returns:
        The same shape, with a mean squared magnitude of one.

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


def window_starts(n_frames: int, window_frames: int) -> list[int]:
    """First frames of the windows: side by side, and a last one that ends where the sound ends.

    Example:
        >>> window_starts(313, 64)
        [0, 64, 128, 192, 249]
        >>> window_starts(128, 64)
        [0, 64]
    """
    starts = list(range(0, n_frames - window_frames + 1, window_frames))
    if n_frames % window_frames:
        starts.append(n_frames - window_frames)
    return starts


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
