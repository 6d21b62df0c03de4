"""From segments to the windows of a complex spectrum that the network reads, in numpy.

A complex spectrum is held as a real array `(batch, 2, frequency, time)`, real part first: real
arithmetic is the faster one, and it exports. `mimimi.features.tensors` has the same for training.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mimimi.config import FrontEnd

Real = NDArray[np.float32]
Complex = NDArray[np.complex64]


def complex_spectrum(samples: ArrayLike, front_end: FrontEnd) -> Complex:
    """Short-time Fourier transform with a Hann window, scaled by 1 / sqrt(sum of the window²).

    Args:
        samples: `(time,)` or `(batch, time)` of floats.
        front_end: Fourier length and hop.

    Returns:
        complex64 `(batch, frequency, time)`; bin k lies at k * sample_rate / n_fft Hz, frame t is
        centred on t * hop_length / sample_rate s, or begins there if the front end is not centred.

    Example:
        >>> noise = np.random.default_rng(0).standard_normal((2, 16_000))
        >>> complex_spectrum(noise, FrontEnd()).shape
        (2, 513, 32)
    """
    signal = np.atleast_2d(np.asarray(samples, np.float32))
    if front_end.centred:
        side = front_end.n_fft // 2
        signal = np.pad(signal, ((0, 0), (side, side)), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(signal, front_end.n_fft, axis=-1)
    windowed = frames[:, :: front_end.hop_length] * _window(front_end.n_fft)
    # Single precision since numpy 2.0; before, it was rounded afterwards.
    spectrum = np.fft.rfft(windowed, axis=-1).astype(np.complex64, copy=False)
    turned: Complex = spectrum.swapaxes(1, 2)
    return turned


def normalised(spectrum: Complex) -> Complex:
    """Divide each spectrum by ONE number, its root mean square, so that phase survives.

    Args:
        spectrum: complex `(batch, frequency, time)`, one segment each.

    Returns:
        The same shape, with a mean squared magnitude of one.

    Example:
        >>> z = normalised(complex_spectrum(np.random.default_rng(0).random(160_000), FrontEnd()))
        >>> bool(np.allclose(np.square(np.abs(z)).mean((1, 2)), 1))
        True
    """
    rms = np.sqrt(power(spectrum).mean(axis=(-2, -1), keepdims=True))
    # Complex numbers are divided in three times the time.
    scaled: Complex = spectrum * (1 / np.maximum(rms, np.finfo(np.float32).tiny))
    return scaled


def power(spectrum: Complex) -> Real:
    """Squared magnitude, in the same shape."""
    squared: Real = np.square(spectrum.real) + np.square(spectrum.imag)
    return squared


def as_real(spectrum: Complex) -> Real:
    """Complex `(batch, frequency, time)` to real `(batch, 2, frequency, time)`, real part first."""
    return np.stack((spectrum.real, spectrum.imag), axis=1)


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


def windows(spectrum: NDArray[Any], window_frames: int) -> NDArray[Any]:
    """Cut spectra into windows.

    Args:
        spectrum: `(batch, ..., time)`, at least one window long.
        window_frames: frames in a window.

    Returns:
        `(batch, window, ..., window_frames)`, where `window_starts` says.

    Example:
        >>> windows(np.zeros((3, 2, 513, 313)), 64).shape
        (3, 5, 2, 513, 64)
    """
    starts = window_starts(spectrum.shape[-1], window_frames)
    return np.stack([spectrum[..., t : t + window_frames] for t in starts], axis=1)


@lru_cache
def _window(n_fft: int) -> Real:
    hann = np.hanning(n_fft + 1)[:-1]
    scaled: Real = (hann / np.sqrt(np.square(hann).sum())).astype(np.float32)
    return scaled
