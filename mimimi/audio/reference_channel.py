"""A second microphone that hears the hall: what it explains of the near one is taken away.

What the hall sends to the far microphone arrives at the near one through another path. If both
hear mainly the hall at a frequency, that path is one complex number per frequency,

    H(f) = sum_t C(f, t) F*(f, t) / sum_t |F(f, t)|²,        Y = C - H F,

the least-squares prediction of the near spectrum C from the far one F; the machine, which the far
microphone does not hear, is not predicted and stays. Phase is what makes this possible: magnitudes
of two sounds do not add.
"""

from __future__ import annotations

import numpy as np
from numpy import fft
from numpy.typing import ArrayLike, NDArray

WINDOW = 16_384  # samples: 1 s; shorter ones leave reverberation, longer ones take machine
_OVERLAP = 4
_INDEPENDENT = 0.48  # of so many Hann windows that overlap by three quarters
_FLOOR = 1e-3  # of the far microphone's mean power: below, it says nothing of a frequency

Spectrum = NDArray[np.complex128]


def without_hall(near: ArrayLike, far: ArrayLike, window: int = WINDOW) -> NDArray[np.float32]:
    """The near microphone's sound less what the far one explains of it, `(time,)`.

    Everything is found from these samples alone, so that live sound is cleaned as it comes,
    segment by segment.

    Args:
        near: `(time,)`.
        far: `(time,)`, of the same clock.
        window: samples of the windows in which the path is one number per frequency.

    Raises:
        ValueError: they are not equally long.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> hall, machine = rng.normal(size=(2, 160_000))
        >>> left = without_hall(machine + hall, np.roll(hall, -40))
        >>> bool(np.mean((left - machine) ** 2) < 0.1)
        True
    """
    near, far = np.asarray(near, dtype=np.float64), np.asarray(far, dtype=np.float64)
    if near.shape != far.shape:
        raise ValueError(f"{near.size} samples beside {far.size}")
    heard, hall = spectrum(near, window), spectrum(far, window)
    return sound(heard - path(heard, hall) * hall, near.size, window)


def path(near: Spectrum, far: Spectrum) -> Spectrum:
    """H(f) as a column, `(frequency, 1)`, from spectra `(frequency, time)`.

    From few windows, two sounds that have nothing to do with each other seem to: of N independent
    ones the far microphone "explains" 1 / N of the near power, and what would be taken away is
    machine. So H is drawn towards 0 by as much as its own uncertainty asks for (a Wiener filter on
    H), and to 0 where the coherence is no more than chance.
    """
    power = np.sum(np.abs(far) ** 2, axis=1, keepdims=True)
    floor = _FLOOR * power.mean()
    across = np.sum(near * far.conj(), axis=1, keepdims=True)
    explained = coherence(near, far)[:, None]
    independent = near.shape[1] * _INDEPENDENT
    chance = (1 - explained) / (independent * np.maximum(explained, np.finfo(np.float64).tiny))
    certain = np.maximum(0, 1 - chance) / (power + floor + np.finfo(np.float64).tiny)
    return np.asarray(across * certain)


def coherence(near: Spectrum, far: Spectrum) -> NDArray[np.float64]:
    """Share of the near power that the far microphone explains, `(frequency,)`, 0 to 1."""
    both = np.abs(np.sum(near * far.conj(), axis=1)) ** 2
    apart = np.sum(np.abs(near) ** 2, axis=1) * np.sum(np.abs(far) ** 2, axis=1)
    return np.asarray(both / np.maximum(apart, np.finfo(np.float64).tiny))


def spectrum(samples: NDArray[np.float64], window: int) -> Spectrum:
    """Of overlapping Hann windows, `(frequency, time)`; both ends are in as many as the rest."""
    hop = window // _OVERLAP
    padded = np.pad(samples, (window - hop, window - hop + -samples.size % hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    found: Spectrum = fft.rfft(frames * _hann(window), axis=1).T
    return found


def sound(of: Spectrum, samples: int, window: int) -> NDArray[np.float32]:
    """Back from `spectrum`: `(time,)`."""
    hop = window // _OVERLAP
    frames = fft.irfft(of.T, window, axis=1) * _hann(window)
    total = np.zeros(hop * (len(frames) - 1) + window)
    for k, frame in enumerate(frames):
        total[k * hop : k * hop + window] += frame
    total /= np.sum(_hann(window) ** 2) / hop
    return np.asarray(total[window - hop :][:samples], dtype=np.float32)


def _hann(window: int) -> NDArray[np.float64]:
    """Periodic, so that the squares of overlapping windows sum to a constant."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
