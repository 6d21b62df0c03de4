"""A machine that turns faulty in the middle, as a microphone would hear it."""

from __future__ import annotations

import numpy as np

import examples
from mimimi.config import SAMPLE_RATE
from mimimi.corpus.simulate import simulate_clip

# The fault that the fan's bundled detector hears best.
MACHINE_TYPE, FAULT = "fan", "clogging"
MACHINE_ID = examples.MACHINE_IDS[MACHINE_TYPE]


def turning_faulty(change: float, seconds: float) -> np.ndarray:
    """Float32 `(time,)` at 16 kHz; the same machine, the same take, all the way through.

    Args:
        change: when the fault sets in, in s.
        seconds: of the whole.
    """
    well, faulty = (
        simulate_clip(
            MACHINE_TYPE,
            MACHINE_ID,
            clip=examples.TAKE,
            fault=fault,
            severity=examples.SEVERITY,
            seconds=seconds,
        )
        for fault in (None, FAULT)
    )
    first = round(change * SAMPLE_RATE)
    return np.concatenate((well[:first], faulty[first:]))
