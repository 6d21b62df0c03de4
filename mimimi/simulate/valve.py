"""A solenoid valve: clicks at the times of a switching pattern, a puff of air after opening."""

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
    random_modes,
    ring,
    unit,
)

# What severity 1 means, set so that log-mel statistics find it at -6 dB with AUC 0.55 to 0.80
# (benchmarks/claims/simulated_faults.py).
FAULTS = {"contamination": 2.3, "sticky contamination": 0.46}


@dataclass(frozen=True)
class Valve:
    """What makes one valve differ from the next of its kind."""

    period: float  # seconds from one opening to the next
    open_share: float  # of the period
    opening: NDArray[np.float64]  # modes struck when the plunger opens, shape (mode, 4)
    closing: NDArray[np.float64]
    closing_strength: float  # against the opening
    bounce_delay: float  # seconds after the impact
    bounce: float  # against the first impact
    octave_levels: dict[float, float]  # of the puff of air, dB
    puff: float  # strength of the puff
    puff_seconds: float


def draw_machine(rng: np.random.Generator) -> Valve:
    """One valve of the kind."""
    return Valve(
        period=rng.uniform(0.55, 1.3),
        open_share=rng.uniform(0.3, 0.7),
        opening=random_modes(rng, 7, (2800, 7900), (0.0006, 0.003)),
        closing=random_modes(rng, 7, (2400, 7800), (0.0006, 0.003)),
        closing_strength=rng.uniform(0.3, 0.9),
        bounce_delay=rng.uniform(0.006, 0.022),
        bounce=rng.uniform(0.1, 0.3),
        octave_levels={250: -20, 1000: -9, 3500: -2 + rng.normal(), 7000: 0},
        puff=rng.uniform(0.02, 0.07),
        puff_seconds=rng.uniform(0.02, 0.07),
    )


def _impact(modes: NDArray[np.float64], softness: float, turn: NDArray[np.float64]) -> Array:
    """A click; a film between the metal parts lowers and damps its modes and turns their phase."""
    changed = modes.copy()
    changed[:, 0] *= 1 - 0.02 * softness
    changed[:, 1] /= 1 + softness
    changed[:, 3] += softness * turn
    return ring(changed, 0.05)


def make_sound(valve: Valve, take: np.random.Generator, fault: Fault, samples: int) -> Array:
    """One recording of the valve alone, shape `(time,)`, of any level.

    Contamination: grit keeps the plunger from its seat; the closing click splits into two.
    Sticky contamination: a film holds the plunger; it opens late and irregularly and lands softly.
    """
    sound = np.zeros(samples, dtype=np.float32)
    period = valve.period * (1 + 0.003 * take.normal())
    first = -take.random() * period
    loudness = 1 / max(np.abs(ring(valve.opening, 0.05)).max(), 1e-9)
    puffs = coloured_noise(
        np.random.default_rng(take.integers(2**63)), samples, valve.octave_levels
    )
    decay = np.exp(-np.arange(int(0.25 * RATE)) / RATE / valve.puff_seconds).astype(np.float32)
    grit, film = fault.amount("contamination"), fault.amount("sticky contamination")

    for cycle in range(int(samples / RATE / period) + 2):
        opens = first + cycle * period + 0.0005 * take.normal()
        closes = opens + valve.open_share * period + 0.0005 * take.normal()
        strengths = np.exp(0.08 * take.standard_normal(2)) * (1.0, valve.closing_strength)
        delay, hold, gap, turn = fault.rng.random(), *fault.rng.random(2), fault.rng.normal(size=7)
        opens += film * 0.02 * delay
        closes += film * 0.01 * hold
        split = min(1.0, grit * (0.2 + hold))
        click = loudness * strengths[0] * _impact(valve.opening, film, turn)
        seat = loudness * strengths[1] * _impact(valve.closing, film + 0.4 * grit, turn)
        add_at(sound, opens, click)
        add_at(sound, opens + valve.bounce_delay, np.float32(valve.bounce) * click)
        add_at(sound, closes, np.float32(1 - 0.5 * split) * seat)
        add_at(sound, closes + valve.bounce_delay, np.float32(valve.bounce) * seat)
        add_at(sound, closes + 0.004 + 0.03 * gap, np.float32(0.7 * split) * seat)
        begin = round(opens * RATE)
        cut = slice(max(begin, 0), min(begin + decay.size, samples))
        if cut.start < cut.stop:
            puff = puffs[cut] * decay[cut.start - begin : cut.stop - begin]
            sound[cut] += np.float32(valve.puff * strengths[0]) * puff
    return unit(sound)
