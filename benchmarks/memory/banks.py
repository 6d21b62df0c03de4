"""Banks of some segments of a machine, and what they say of the others: the memory as it ships."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.memory.corpus import Machine
from mimimi.detector.threshold import DEFAULT_FALSE_ALARM_RATE, Threshold, conformal
from mimimi.memory import MemoryBank
from mimimi.memory.bank import Heard

Mask = NDArray[np.bool_]


def bank_of(machine: Machine, references: Mask) -> MemoryBank:
    """As `MemoryBank.learn` makes it of these segments."""
    vectors = {name: of[references] for name, of in machine.vectors.items()}
    return MemoryBank(vectors, machine.recordings[references])


def heard_by(bank: MemoryBank, machine: Machine, which: Mask) -> list[Heard]:
    """Segments of a machine beside a bank."""
    return [
        bank.compare({name: of[k] for name, of in machine.vectors.items()})
        for k in np.flatnonzero(which)
    ]


def scores_by(bank: MemoryBank, machine: Machine, which: Mask) -> NDArray[np.float64]:
    """Their anomaly scores."""
    return np.array([heard.score for heard in heard_by(bank, machine, which)])


def threshold_of(
    bank: MemoryBank, heard: Heard, rate: float = DEFAULT_FALSE_ALARM_RATE
) -> Threshold:
    """What the score of a segment is to be compared with: jackknife+."""
    return conformal((heard.score + bank.margins(heard)).tolist(), rate)
