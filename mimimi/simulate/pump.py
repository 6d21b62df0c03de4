"""A pump: an impeller, water that rushes and now and then cavitates, and a casing that rings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mimimi.simulate.draw import Fault
from mimimi.simulate.sound import (
    RATE,
    Array,
    add_at,
    coloured_noise,
    drift,
    harmonics,
    random_modes,
    ring,
    rotation,
    unit,
)

# What severity 1 means, set so that log-mel statistics find it at -6 dB with AUC 0.55 to 0.80
# (benchmarks/claims/simulated_faults.py).
FAULTS = {"leakage": 0.28, "contamination": 0.09, "clogging": 0.44}


@dataclass(frozen=True)
class Pump:
    """What makes one pump differ from the next of its kind."""

    rpm: float
    vanes: int
    vane_share: float  # RMS of the vane-pass tones against that of the flow noise
    vane_amplitudes: Array
    vane_phases: Array
    whine_order: int  # rotor slots: the motor whines at this multiple of the shaft's speed
    whine: float
    octave_levels: dict[float, float]  # of the flow noise, dB
    pipe_peaks: tuple[tuple[float, float, float], ...]
    vane_depth: float  # how much the flow noise pulses with the vanes
    casing: NDArray[np.float64]  # modes, shape (mode, 4)
    bubbles_per_second: float
    bubble_strength: float


def draw_machine(rng: np.random.Generator) -> Pump:
    """One pump of the kind."""
    count = 12
    return Pump(
        rpm=rng.uniform(1400, 3000),
        vanes=int(rng.integers(4, 8)),
        vane_share=rng.uniform(0.4, 0.9),
        vane_amplitudes=(rng.uniform(0.3, 1.0, count) / np.arange(1, count + 1) ** 0.6).astype(
            "f4"
        ),
        vane_phases=rng.uniform(0, 2 * np.pi, count).astype("f4"),
        whine_order=int(rng.integers(22, 42)),
        whine=rng.uniform(0.1, 0.35),
        octave_levels={
            30: -18,
            250: -6 + rng.normal(),
            rng.uniform(700, 2500): 0,
            4500: -3 + rng.normal(),
            8000: -5 + rng.normal(),
        },
        pipe_peaks=tuple(
            (rng.uniform(*band), rng.uniform(60, 250), rng.uniform(3, 9))
            for band in ((300, 900), (900, 2200), (2200, 5500))
        ),
        vane_depth=rng.uniform(0.15, 0.35),
        casing=random_modes(rng, 6, (900, 6500), (0.002, 0.006)),
        bubbles_per_second=rng.uniform(4, 12),
        bubble_strength=rng.uniform(0.3, 0.7),
    )


def _cavitation(
    pump: Pump, rng: np.random.Generator, samples: int, strength: float, rate: float
) -> Array:
    """Bubbles that collapse at random times, each a knock on the casing."""
    sound = np.zeros(samples, dtype=np.float32)
    knock = unit(ring(pump.casing, 0.03))
    for second in rng.uniform(0, samples / RATE, rng.poisson(rate * samples / RATE)):
        add_at(sound, second, np.float32(strength * rng.exponential()) * knock)
    return sound


def _grit(pump: Pump, fault: Fault, shaft: NDArray[np.float64], strength: float) -> Array:
    """A particle carried round by the impeller: it hits the casing at one angle of the shaft."""
    sound = np.zeros(shaft.size, dtype=np.float32)
    knock = unit(ring(pump.casing, 0.03))
    angle = fault.rng.uniform(0, 2 * np.pi)
    turns = np.arange(np.ceil((shaft[0] - angle) / (2 * np.pi)), (shaft[-1] - angle) / (2 * np.pi))
    hits = np.searchsorted(shaft, turns * 2 * np.pi + angle) / RATE
    loudness = fault.rng.exponential(size=hits.size) * (fault.rng.random(hits.size) < 0.4)
    for second, loud in zip(hits, loudness, strict=True):
        add_at(sound, second, np.float32(strength * loud) * knock)
    return sound


def make_sound(pump: Pump, take: np.random.Generator, fault: Fault, samples: int) -> Array:
    """One recording of the pump alone, shape `(time,)`, of any level.

    Leakage: the pressure gurgles; the vane tones swell and slip in phase, and air hisses.
    Contamination: a particle strikes the casing, locked to the angle of the shaft.
    Clogging: less flow, more cavitation, and another shape of the pressure pulse of a vane.
    """
    load = take.normal()
    speed = pump.rpm / 60 * (1 + 0.005 * load + 0.0015 * drift(take, samples, 0.5))
    shaft = rotation(speed, take.uniform(0, 2 * np.pi))
    bubbles, white = (np.random.default_rng(take.integers(2**63)) for _ in range(2))

    leakage = fault.amount("leakage")
    gurgle = leakage * drift(fault.rng, samples, fault.rng.uniform(6, 12))
    clogging = fault.amount("clogging")
    contamination = fault.amount("contamination")
    vane = pump.vanes * shaft + 1.5 * gurgle
    turn = fault.rng.normal(size=pump.vane_phases.size)
    phases = np.asarray(pump.vane_phases + clogging * turn.astype("f4"), dtype=np.float32)
    amplitudes = pump.vane_amplitudes.copy()
    amplitudes[1::2] *= 1 + clogging

    levels = {
        hertz: level + 0.4 * take.normal() + 1.5 * (leakage - clogging) * np.log2(hertz / 1000)
        for hertz, level in pump.octave_levels.items()
    }
    flow = coloured_noise(white, samples, levels, pump.pipe_peaks)
    flow = flow * (
        1 + 0.06 * drift(take, samples, 2.0) + pump.vane_depth * np.cos(vane) + 0.5 * gurgle
    )
    tones = unit(harmonics(vane, amplitudes, phases)) * (1 + gurgle)
    whine = harmonics(pump.whine_order * shaft, np.array([1, 0.4], "f4"), pump.vane_phases[:2])
    rate = pump.bubbles_per_second * np.exp(0.3 * take.normal())
    sound = flow + pump.vane_share * tones + pump.whine * whine
    sound = sound + _cavitation(pump, bubbles, samples, pump.bubble_strength, rate)
    sound = sound + _cavitation(pump, fault.rng, samples, clogging * pump.bubble_strength, 3 * rate)
    if contamination:
        sound = sound + _grit(pump, fault, shaft, 4 * contamination)
    return sound.astype(np.float32)
