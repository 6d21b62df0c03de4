"""Simulated machines as they are heard at home and elsewhere: microphone, room and noise changed.

*microphone*: another response, N(0, 6 dB) at eight frequencies; *room*: 0.6 s of reverberation,
half as strong as the sound; *neighbour*: another machine beside it, as loud as the factory;
*all*: the three.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import signal

from benchmarks.memory.corpus import Machine, Row, described
from mimimi.memory.spectra import Array
from mimimi.memory.views import View
from mimimi.simulate import FAULTS, MACHINE_TYPES
from mimimi.simulate.clip import simulate_parts
from mimimi.simulate.draw import generator
from mimimi.simulate.sound import RATE, reverberate, rms

HOME = "home"
PLACES = ("microphone", "room", "neighbour", "all")
NORMAL, FAULTY, SEVERITY = 24, 6, 3


def heard_at(
    place: str, machine_type: str, machine_id: str, clip: int, fault: str | None = None
) -> Array:
    """A clip of 10 s of a machine at a place."""
    sound, noise = simulate_parts(
        machine_type, machine_id, clip=clip, fault=fault, severity=SEVERITY
    )
    if place in ("room", "all"):
        wet = reverberate(sound, generator("benchmark", "room", machine_id), seconds=0.6, wet=0.5)
        sound = wet * np.float32(rms(sound) / rms(wet))
    if place in ("neighbour", "all"):
        types = MACHINE_TYPES[MACHINE_TYPES.index(machine_type) - 1]
        other, _ = simulate_parts(types, "id_60", clip=clip)
        noise = noise + other * np.float32(rms(noise) / rms(other))
    heard = sound + noise
    if place in ("microphone", "all"):
        heard = signal.fftconvolve(heard, _response(machine_id), mode="same")
    return heard.astype(np.float32)


def machines(views: Sequence[View], ids: Sequence[int], places: Sequence[str]) -> Iterator[Machine]:
    """Each machine with its clips at home and elsewhere; a row's split is the place."""
    for machine_type in MACHINE_TYPES:
        for number in ids:
            takes: list[tuple[int, str, str | None]] = []
            for p, place in enumerate((HOME, *places)):
                takes += [(1_000 * p + k, place, None) for k in range(NORMAL)]
                for f, fault in enumerate(FAULTS[machine_type]):
                    first = 20_000 + 1_000 * (10 * p + f)
                    takes += [(first + k, place, fault) for k in range(FAULTY)]
            name = f"id_{number}"
            made = (
                (
                    Row(k, 0, place, fault or "normal", SEVERITY if fault else 0.0),
                    heard_at(place, machine_type, name, clip, fault),
                )
                for k, (clip, place, fault) in enumerate(takes)
            )
            yield described(f"{machine_type} {name}", made, views)


def _response(machine_id: str) -> Array:
    """Of another microphone: a filter of 1,023 samples."""
    hertz = np.geomspace(60, RATE / 2, 8)
    decibels = generator("benchmark", "microphone", machine_id).normal(0, 6, len(hertz))
    gains = 10 ** (np.array([decibels[0], *decibels]) / 20)
    response: Array = signal.firwin2(1_023, [0.0, *hertz], gains, fs=RATE).astype(np.float32)
    return response
