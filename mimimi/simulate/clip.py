"""One simulated recording: a machine in its room, a fault or none, and the factory around it."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from mimimi.errors import UserError
from mimimi.simulate import fan, pump, slider, valve
from mimimi.simulate.draw import Fault, generator
from mimimi.simulate.factory import background
from mimimi.simulate.sound import RATE, Array, reverberate, rms

VERSION = 1  # of the sound; frozen: whoever changes the sound raises it and runs the tables again

_MACHINES: dict[str, ModuleType] = {"fan": fan, "pump": pump, "slider": slider, "valve": valve}
MACHINE_TYPES = tuple(_MACHINES)
FAULTS: dict[str, tuple[str, ...]] = {
    machine_type: tuple(machine.FAULTS) for machine_type, machine in _MACHINES.items()
}

NOISE_DBFS = -41.0  # RMS of the factory noise: that of MIMII's clips at -6 dB


def simulate_parts(
    machine_type: str,
    machine_id: str = "id_50",
    *,
    clip: int = 0,
    fault: str | None = None,
    severity: float = 1.0,
    snr_db: float = -6.0,
    seed: int = 0,
    seconds: float = 10.0,
) -> tuple[Array, Array]:
    """The machine and the factory noise of a clip, apart: two arrays of shape `(time,)`.

    `simulate_clip` returns their sum; see there for the arguments.
    """
    if machine_type not in _MACHINES:
        raise UserError(
            f"There is no simulated machine type '{machine_type}': choose from"
            f" {', '.join(MACHINE_TYPES)}."
        )
    if fault is not None and fault not in FAULTS[machine_type]:
        raise UserError(
            f"A simulated {machine_type} has no fault '{fault}': choose from"
            f" {', '.join(FAULTS[machine_type])}."
        )
    machine = _MACHINES[machine_type]
    unit_key = (VERSION, seed, machine_type, machine_id)
    take_key = (*unit_key, clip)
    samples = round(seconds * RATE)

    amount = severity * machine.FAULTS[fault] if fault else 0.0
    wrong = Fault(fault, amount, generator(*take_key, "fault", fault))
    built = machine.draw_machine(generator(*unit_key, "machine"))
    sound = machine.make_sound(built, generator(*take_key, "take"), wrong, samples)
    sound = reverberate(sound, generator(*unit_key, "room"), seconds=0.25, wet=0.2)

    take = generator(*take_key, "factory")
    noise_level = 10 ** ((NOISE_DBFS + take.normal()) / 20)
    noise = background(take, samples) * np.float32(noise_level)
    sound *= np.float32(noise_level * 10 ** (snr_db / 20) / rms(sound))

    peak = float(np.abs(sound + noise).max())
    scale = np.float32(min(1.0, 0.99 / peak))
    return sound * scale, noise * scale


def simulate_clip(
    machine_type: str,
    machine_id: str = "id_50",
    *,
    clip: int = 0,
    fault: str | None = None,
    severity: float = 1.0,
    snr_db: float = -6.0,
    seed: int = 0,
    seconds: float = 10.0,
) -> Array:
    """A recording of a machine in a factory: float32 of shape `(time,)`, 16 kHz, within [-1, 1].

    The same (seed, machine type, machine id) is the same machine in every clip; clips differ as
    takes do: speed, load, place in the cycle, background. A faulty clip at severity 0 is the
    normal clip of the same number, sample by sample.

    Args:
        machine_type: one of `MACHINE_TYPES`.
        machine_id: any text; simulated machines are called `id_50`, `id_51`, ...
        clip: number of the take.
        fault: one of `FAULTS[machine_type]`, or `None` for a normal clip.
        severity: 1 is a fault that log-mel statistics find with an AUC of 0.55 to 0.80 at -6 dB.
        snr_db: RMS of the machine against that of the factory noise, in dB, both over the whole
            clip, for every type. (A valve is silent most of the time; its clicks are then loud,
            as in MIMII, where clips at -6 dB have a kurtosis of 13 to 41.)
        seed: another seed is another set of machines.
        seconds: length.

    Raises:
        UserError: unknown machine type, or unknown fault.

    Example:
        >>> simulate_clip("fan", fault="unbalance").shape
        (160000,)
    """
    machine, noise = simulate_parts(
        machine_type,
        machine_id,
        clip=clip,
        fault=fault,
        severity=severity,
        snr_db=snr_db,
        seed=seed,
        seconds=seconds,
    )
    return machine + noise
