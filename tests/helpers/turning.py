"""A machine that turns faulty in the middle, as a microphone would hear it."""

from __future__ import annotations

from functools import cache

import numpy as np

from mimimi.config import SAMPLE_RATE
from mimimi.simulate import simulate_clip
from state import examples

# Heard best of all by the bundled detectors, whatever the take.
MACHINE_TYPE, FAULT = "slider", "loose belt"
MACHINE_ID = examples.MACHINE_IDS[MACHINE_TYPE]
LONGEST = 95.0  # s that tests ask for


def turning_faulty(change: float, seconds: float, until: float | None = None) -> np.ndarray:
    """Float32 `(time,)` at 16 kHz; the same machine, the same take, all the way through.

    Args:
        change: when the fault sets in, in s.
        seconds: of the whole.
        until: when the machine is well again; never by default.
    """
    samples = round(seconds * SAMPLE_RATE)
    well, faulty = (take[:samples] for take in _takes(max(seconds, LONGEST)))
    first, last = round(change * SAMPLE_RATE), round((until or seconds) * SAMPLE_RATE)
    return np.concatenate((well[:first], faulty[first:last], well[last:]))


@cache
def _takes(seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Well and faulty, simulated once for all tests."""
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
    return well, faulty
