"""A machine in a hall, as two microphones hear it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import fftconvolve

RATE = 16_000


def beside_and_away(
    machine: np.ndarray, seed: int = 0, loud: float = 1.0, rate: int = RATE
) -> np.ndarray:
    """`(time, 2)`: the machine and another one's noise, which alone the second microphone hears.

    Paths are short and die away, so that what the two hear of the hall differs in phase and level
    from frequency to frequency.

    Args:
        machine: `(time,)`.
        seed: of the noise, which is never that of the machine; the paths are always the same.
        loud: rms of the noise at the machine, against that of the machine.
        rate: in Hz.
    """
    paths = np.random.default_rng(3)
    decay = np.exp(-np.arange(rate // 20) / (rate // 200))
    noise = np.random.default_rng((7, seed)).standard_normal(len(machine) + len(decay))
    near, far = (
        fftconvolve(noise, decay * paths.standard_normal(len(decay)), "same")[: len(machine)]
        for _ in range(2)
    )
    level = loud * machine.std()
    both = machine + level * near / near.std(), level * far / far.std()
    return np.stack(both, axis=1).astype(np.float32)


def write(path: Path, machine: np.ndarray, seed: int = 0, loud: float = 1.0) -> Path:
    """As a WAV file of two channels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * beside_and_away(machine, seed, loud), RATE)
    return path
