"""A fan: blades that chop the air, turbulence that breathes with them, and a humming motor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mimimi.simulate.draw import Fault
from mimimi.simulate.sound import (
    RATE,
    Array,
    coloured_noise,
    drift,
    harmonics,
    rotation,
    unit,
)

# What severity 1 means, set so that log-mel statistics find it at -6 dB with AUC 0.55 to 0.80
# (benchmarks/claims/simulated_faults.py).
FAULTS = {"unbalance": 0.9, "voltage change": 0.115, "clogging": 0.54}


@dataclass(frozen=True)
class Fan:
    """What makes one fan differ from the next of its kind."""

    rpm: float
    blades: int
    tone_share: float  # RMS of the blade tones against that of the turbulence
    tone_amplitudes: Array
    tone_phases: Array
    octave_levels: dict[float, float]  # of the turbulence, dB
    duct_peaks: tuple[tuple[float, float, float], ...]
    blade_depth: float  # how much the turbulence breathes with the passing blades
    shaft_depth: float  # how much it breathes once a revolution: no rotor is quite balanced
    shaft_mark: float  # where on the rotor its heavy spot is, radians
    hum: float  # RMS of the motor against the turbulence

    @property
    def blade_pass_hertz(self) -> float:
        """Blades passing a fixed point in a second."""
        return self.rpm * self.blades / 60


def draw_machine(rng: np.random.Generator) -> Fan:
    """One fan of the kind."""
    count = 14
    centre = rng.uniform(400, 1400)
    return Fan(
        rpm=rng.uniform(1000, 2400),
        blades=int(rng.integers(4, 10)),
        tone_share=rng.uniform(0.35, 0.8),
        tone_amplitudes=(rng.uniform(0.4, 1.0, count) / np.arange(1, count + 1) ** 0.8).astype(
            "f4"
        ),
        tone_phases=rng.uniform(0, 2 * np.pi, count).astype("f4"),
        octave_levels={
            30: -14,
            120: -5,
            centre: 0,
            4000: -8 + rng.normal(),
            8000: -13 + rng.normal(),
        },
        duct_peaks=tuple(
            (rng.uniform(*band), rng.uniform(40, 150), rng.uniform(3, 8))
            for band in ((150, 500), (500, 1500), (1500, 4500))
        ),
        blade_depth=rng.uniform(0.15, 0.4),
        shaft_depth=rng.uniform(0.03, 0.15),
        shaft_mark=rng.uniform(0, 2 * np.pi),
        hum=rng.uniform(0.1, 0.3),
    )


def make_sound(fan: Fan, take: np.random.Generator, fault: Fault, samples: int) -> Array:
    """One recording of the fan alone, shape `(time,)`, of any level.

    Unbalance: tones and turbulence swell once a revolution, the blades come early and late, and
    the frame shakes at the shaft's speed and its multiples.
    Voltage change: the supply sags and wobbles; the speed follows.
    Clogging: the flow stalls; a stall cell turns at under half the shaft's speed, the air surges,
    the turbulence grows darker.
    """
    time = np.arange(samples) / RATE
    load = take.normal()
    speed = fan.rpm / 60 * (1 + 0.006 * load + 0.002 * drift(take, samples, 0.4))
    start = take.uniform(0, 2 * np.pi)
    white = np.random.default_rng(take.integers(2**63))

    wobble_hertz, wobble_start, angle, stall_ratio = fault.rng.uniform(
        [1.0, 0, 0, 0.35], [4.0, 2 * np.pi, 2 * np.pi, 0.48]
    )
    voltage = fault.amount("voltage change")
    supply = np.exp(-voltage * (0.5 + np.sin(2 * np.pi * wobble_hertz * time + wobble_start)))
    # Sound power goes with the fifth power of a fan's speed.
    loudness = supply**2.5
    shaft = rotation(speed * supply, start)

    unbalance = fault.amount("unbalance")
    heavy_spot = unbalance * np.cos(shaft + angle)
    once_a_turn = fan.shaft_depth * np.cos(shaft + fan.shaft_mark) + heavy_spot
    blade = fan.blades * shaft + heavy_spot

    clogging = fault.amount("clogging")
    surge = clogging * (np.cos(stall_ratio * shaft) + 0.5 * drift(fault.rng, samples, 6.0))
    levels = {
        hertz: level + 0.4 * take.normal() - 1.5 * clogging * np.log2(hertz / 500)
        for hertz, level in fan.octave_levels.items()
    }

    tones = unit(harmonics(blade, fan.tone_amplitudes, fan.tone_phases)) * (1 + once_a_turn)
    breath = (
        1 + 0.06 * drift(take, samples, 2.0) + fan.blade_depth * np.cos(blade) + once_a_turn + surge
    )
    turbulence = coloured_noise(white, samples, levels, fan.duct_peaks) * breath
    mains = harmonics(
        rotation(np.full(samples, 100.0), start), np.array([1, 0.5, 0.3], "f4"), fan.tone_phases[:3]
    )
    share = fan.tone_share * (1 + 0.05 * load)
    frame = harmonics(shaft, np.array([1, 0.8, 0.6, 0.4, 0.3], "f4"), fan.tone_phases[:5])
    sound = loudness * (turbulence + share * tones) + fan.hum * unit(mains)
    sound = sound + 0.6 * unbalance * unit(frame)
    return np.asarray(sound, dtype=np.float32)
