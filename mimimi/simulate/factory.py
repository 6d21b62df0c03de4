"""The factory around the machine: a noise floor, other machines, clanks, and a large room."""

from __future__ import annotations

import numpy as np

from mimimi.simulate.sound import (
    RATE,
    Array,
    add_at,
    coloured_noise,
    drift,
    harmonics,
    random_modes,
    reverberate,
    ring,
    rotation,
    unit,
)

# Octave-band levels in dB as in MIMII's fan clips at -6 dB (mean of the real ones, to 1 dB).
OCTAVE_LEVELS: dict[float, float] = {
    31: -8,
    63: -3,
    100: -2,
    160: 0,
    250: 0,
    500: -1,
    1000: -1,
    2000: -4,
    4000: -8,
    8000: -13,
}


def _neighbour(rng: np.random.Generator, samples: int) -> Array:
    """Another machine, some way off: a stack of harmonics whose speed wanders a little."""
    count = 16
    speed = rng.uniform(15, 90) * (1 + 0.004 * drift(rng, samples, 0.5))
    amplitudes = rng.exponential(size=count) / np.arange(1, count + 1) ** 0.7
    phases = rng.uniform(0, 2 * np.pi, count)
    tones = harmonics(
        rotation(speed, rng.uniform(0, 2 * np.pi)), amplitudes.astype("f4"), phases.astype("f4")
    )
    return unit(tones) * (1 + 0.15 * drift(rng, samples, 1.0))


def _strokes(rng: np.random.Generator, samples: int) -> Array:
    """A machine that works in strokes: bands of noise that come and go."""
    low = rng.uniform(500, 1300)
    noise = coloured_noise(rng, samples, {low / 4: -24, low: 0, 1.5 * low: 0, 8000: -24})
    turn = rotation(np.full(samples, rng.uniform(0.3, 3.0)), rng.uniform(0, 2 * np.pi))
    return noise * np.exp(1.5 * np.cos(turn) - 1.5).astype(np.float32)


def background(rng: np.random.Generator, samples: int) -> Array:
    """Factory noise of unit RMS, another one for every generator state, shape `(time,)`."""
    tilt = 0.5 * rng.normal()
    levels = {
        hertz: level + 0.8 * rng.normal() + tilt * np.log2(hertz / 500)
        for hertz, level in OCTAVE_LEVELS.items()
    }
    sound = coloured_noise(rng, samples, levels)
    sound = sound * (1 + 0.08 * drift(rng, samples, 1.5) + 0.05 * drift(rng, samples, 12.0))
    for _ in range(rng.integers(1, 4)):
        sound = sound + np.float32(rng.uniform(0.1, 0.35)) * _neighbour(rng, samples)
    sound = sound + np.float32(rng.uniform(0.1, 0.45)) * _strokes(rng, samples)
    for second in rng.uniform(0, samples / RATE, rng.poisson(0.4 * samples / RATE)):
        clank = ring(random_modes(rng, 6, (300, 5000), (0.01, 0.08)), 0.3)
        add_at(sound, second, np.float32(0.4 * rng.exponential()) * clank)
    return unit(reverberate(sound.astype(np.float32), rng, seconds=0.8, wet=1.0))
