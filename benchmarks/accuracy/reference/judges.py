"""Who judges: a memory that learnt in the same room, or the bundled ensemble, which never was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi import Detector
from mimimi.audio import read
from mimimi.memory import MemoryBank
from mimimi.simulate.sound import RATE

Sounds = Sequence[NDArray[np.float32]]
Scores = NDArray[np.floating[Any]]
Learn = Callable[[], Sounds]  # asked for by those who learn
Judge = Callable[[str, Learn], Callable[[Sounds], Scores]]  # with a machine's name


def memory(name: str, learn: Learn) -> Callable[[Sounds], Scores]:
    """Of this machine alone, from clips made in the same way as those that it judges."""
    return MemoryBank.learn(learn()).scores


def ensemble(name: str, learn: Learn) -> Callable[[Sounds], Scores]:
    """As it is shipped; it knows the machine from clips without any room but its own."""
    machine_type, machine_id = name.split()
    detector = _bundled(machine_type)
    own = detector.ids.index(machine_id)
    return lambda clips: np.array([detector.measure(read((c, RATE))).ids[own] for c in clips])


@cache
def _bundled(machine_type: str) -> Detector:
    return Detector.from_pretrained(machine_type)


JUDGES: dict[str, Judge] = {"memory": memory, "ensemble": ensemble}
