"""A slider: a carriage on a rail, driven back and forth by a belt, stopping at both ends."""

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
    unit,
)

# What severity 1 means, set so that log-mel statistics find it at -6 dB with AUC 0.55 to 0.80
# (benchmarks/claims/simulated_faults.py).
FAULTS = {"rail damage": 0.43, "loose belt": 0.82, "no grease": 1.1}


@dataclass(frozen=True)
class Slider:
    """What makes one slider differ from the next of its kind."""

    stroke_hertz: float  # movements from one end to the other in a second
    moving: float  # share of the time in which the carriage moves
    acceleration: float  # share of a movement spent speeding up, and again slowing down
    belt_teeth: float  # teeth that pass in one movement
    drive_share: float  # RMS of the belt's tone against that of the friction
    drive_amplitudes: Array
    drive_phases: Array
    octave_levels: dict[float, float]  # of the friction, dB
    rail_peaks: tuple[tuple[float, float, float], ...]
    return_gain: float  # loudness of the way back against the way there
    rail_texture: Array  # how rough the rail is along its length, shape (place,)
    ends: tuple[NDArray[np.float64], NDArray[np.float64]]  # modes of the two stops
    knock: tuple[float, float]  # strength of the two stops


def draw_machine(rng: np.random.Generator) -> Slider:
    """One slider of the kind."""
    count = 6
    return Slider(
        stroke_hertz=rng.uniform(0.7, 1.3),
        moving=rng.uniform(0.4, 0.7),
        acceleration=rng.uniform(0.12, 0.3),
        belt_teeth=rng.uniform(120, 400),
        drive_share=rng.uniform(0.2, 0.5),
        drive_amplitudes=(rng.uniform(0.4, 1.0, count) / np.arange(1, count + 1)).astype("f4"),
        drive_phases=rng.uniform(0, 2 * np.pi, count).astype("f4"),
        octave_levels={
            60: -25,
            500: -16 + rng.normal(),
            1500: -13 + rng.normal(),
            4000: -3 + 1.5 * rng.normal(),
            7000: 0,
        },
        rail_peaks=tuple(
            (rng.uniform(*band), rng.uniform(150, 500), rng.uniform(3, 8))
            for band in ((600, 1800), (1800, 4000), (4000, 7500))
        ),
        return_gain=rng.uniform(0.6, 1.0),
        rail_texture=(1 + 0.25 * rng.standard_normal(24)).clip(0.3).astype("f4"),
        ends=(
            random_modes(rng, 6, (200, 6500), (0.004, 0.015)),
            random_modes(rng, 6, (200, 6500), (0.004, 0.015)),
        ),
        knock=(rng.uniform(0.4, 1.6), rng.uniform(0.4, 1.6)),
    )


@dataclass(frozen=True)
class Motion:
    """Where the carriage is and how fast it goes, `(time,)`, and when it starts and stops."""

    speed: Array  # 1 is full speed
    place: NDArray[np.float64]  # 0 and 1 are the two ends of the rail
    travelled: NDArray[np.float64]  # lengths of the rail
    starts: NDArray[np.float64]  # seconds
    stops: NDArray[np.float64]
    first_end: int  # the end of the rail reached first


def _move(slider: Slider, take: np.random.Generator, fault: Fault, samples: int) -> Motion:
    """The carriage's movement; a loose belt starts it late, irregularly, and lets it swing."""
    loose = fault.amount("loose belt")
    period = 1 / slider.stroke_hertz / (1 + 0.004 * take.normal())
    duration = slider.moving * period
    ramp = slider.acceleration * duration
    # The carriage is followed from before the recording on, so that its place is known.
    lead = round(1.1 * period * RATE)
    time = np.arange(-lead, samples) / RATE
    count = int(samples / RATE / period) + 3
    starts = (np.arange(count) - take.random()) * period + 0.001 * take.standard_normal(count)
    slack = loose * np.abs(fault.rng.standard_normal(count))
    starts += 0.04 * slack
    speed = np.zeros(time.size)
    for start, swing in zip(starts, slack, strict=True):
        stroke = slice(*np.searchsorted(time, (start, start + duration)))  # it stands before, after
        since = time[stroke] - start
        speed[stroke] += np.clip(np.minimum(since, duration - since) / ramp, 0, 1)
        if swing:
            after = np.clip(time - start - duration, 0, 0.3)
            speed += 0.3 * swing * np.exp(-after / 0.05) * np.sin(2 * np.pi * 14 * after)
    speed = np.abs(speed)
    travelled = np.cumsum(speed) / RATE / (duration - ramp)
    first_end = int(take.integers(2))
    place = np.abs((travelled + first_end) % 2 - 1)
    heard = slice(lead, None)
    return Motion(
        speed[heard].astype(np.float32),
        place[heard],
        travelled[heard],
        starts,
        starts + duration,
        first_end,
    )


def _knocks(slider: Slider, motion: Motion, take: np.random.Generator, fault: Fault) -> Array:
    """The carriage meets its stops; a loose belt also jerks when its slack is taken up."""
    sound = np.zeros(motion.speed.size, dtype=np.float32)
    events = [unit(ring(modes, 0.08)) for modes in slider.ends]
    jerk = fault.amount("loose belt")
    for number, (start, stop) in enumerate(zip(motion.starts, motion.stops, strict=True)):
        end = (motion.first_end + number) % 2
        strength = slider.knock[end] * np.exp(0.1 * take.normal())
        add_at(sound, stop, np.float32(strength) * events[end])
        late = start + 0.02 * fault.rng.random()
        add_at(sound, late, np.float32(jerk * strength) * events[1 - end])
    return sound


def _damage(slider: Slider, motion: Motion, fault: Fault) -> Array:
    """A dent in the rail: a double knock (both rows of balls) each time the carriage passes it."""
    sound = np.zeros(motion.speed.size, dtype=np.float32)
    event = unit(ring(random_modes(fault.rng, 5, (700, 7000), (0.003, 0.01)), 0.05))
    dent = fault.rng.uniform(0.2, 0.8)
    for place in (dent, dent + 0.04):
        passes = np.flatnonzero(np.diff(motion.place > place))
        for sample in passes:
            strength = fault.amount("rail damage") * np.exp(0.3 * fault.rng.normal())
            add_at(sound, sample / RATE, np.float32(strength) * event)
    return sound


def make_sound(slider: Slider, take: np.random.Generator, fault: Fault, samples: int) -> Array:
    """One recording of the slider alone, shape `(time,)`, of any level.

    Rail damage: a double knock at one place of the rail, in both directions.
    Loose belt: late and irregular starts, a swing after the stop, a jerk at the start.
    No grease: the carriage sticks and slips, most of all when slow, and the friction brightens.
    """
    motion = _move(slider, take, fault, samples)
    white, hits = (np.random.default_rng(take.integers(2**63)) for _ in range(2))
    dry = fault.amount("no grease")
    levels = {
        hertz: level + 0.4 * take.normal() + 1.5 * dry * np.log2(hertz / 2000)
        for hertz, level in slider.octave_levels.items()
    }
    texture = np.interp(
        motion.place * (slider.rail_texture.size - 1),
        np.arange(slider.rail_texture.size),
        slider.rail_texture,
    )
    slips = 2 * np.pi * fault.rng.uniform(12, 25) * motion.travelled
    stick_slip = 1 + dry * (1 - 0.6 * motion.speed) * np.cos(slips + drift(fault.rng, samples, 4.0))
    back = (motion.first_end + np.floor(motion.travelled)) % 2
    direction = 1 + (slider.return_gain - 1) * back
    roughness = coloured_noise(white, samples, levels, slider.rail_peaks)
    friction = roughness * motion.speed * texture * stick_slip * direction
    drive = harmonics(
        2 * np.pi * slider.belt_teeth * motion.travelled,
        slider.drive_amplitudes,
        slider.drive_phases,
    )
    sound = friction + slider.drive_share * unit(drive) * motion.speed
    sound = sound + _knocks(slider, motion, hits, fault)
    if fault.amount("rail damage"):
        sound = sound + _damage(slider, motion, fault)
    return sound.astype(np.float32)
