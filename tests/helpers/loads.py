"""A machine that idles and works: slower and deeper, faster and with a hiss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from mimimi.detector.detector import Detector

RATE = 16_000
Load = Literal["idle", "full"]


def sound(load: Load, seed: int, seconds: float = 10.0, rattle: float = 0.0) -> np.ndarray:
    """Float32 `(time,)`; each seed is another take.

    Args:
        load: which.
        seed: of noise and speed.
        seconds: length.
        rattle: depth of a fault, by which its noise swells 23 times a second.
    """
    rng = np.random.default_rng((load == "full", seed))
    time = np.arange(round(seconds * RATE)) / RATE
    hertz = (220.0 if load == "idle" else 440.0) * (1 + 0.01 * rng.standard_normal())
    tones = sum(np.sin(2 * np.pi * k * hertz * time + rng.uniform(0, 6.3)) / k for k in (1, 2, 3))
    noise = rng.standard_normal(len(time) + 1)
    rush = noise[1:] + noise[:-1] if load == "idle" else noise[1:] - 0.7 * noise[:-1]
    rush *= 1 + rattle * np.sin(2 * np.pi * 23 * time)
    strength = (0.02 if load == "idle" else 0.05) * 10 ** (0.05 * rng.standard_normal())
    return (0.05 * tones + strength * rush).astype(np.float32)


def louder(load: Load, seed: int, seconds: float = 10.0) -> np.ndarray:
    """A machine whose load makes all of it louder, above all the hiss, and leaves its tones."""
    rng = np.random.default_rng((7, load == "full", seed))
    time = np.arange(round(seconds * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * 220 * k * time + rng.uniform(0, 6.3)) for k in range(1, 9))
    noise = rng.standard_normal(len(time) + 1)
    rush = noise[1:] + (-0.7 if load == "full" else 1.0) * noise[:-1]
    strength = 10 ** (0.02 * rng.standard_normal()) * (4.0 if load == "full" else 1.0)
    return (strength * (0.004 * tones + 0.01 * rush)).astype(np.float32)


def learnt(idle: int, full: int) -> Detector:
    """A detector of a machine, from so many recordings of each load."""
    return learnt_from(sound, idle, full)


def learnt_from(make: Callable[[Load, int], np.ndarray], idle: int, full: int) -> Detector:
    """As `learnt`, of any machine."""
    clips = [make("idle", n) for n in range(idle)] + [make("full", n) for n in range(full)]
    return Detector.learn("mill", [(clip, RATE) for clip in clips])
