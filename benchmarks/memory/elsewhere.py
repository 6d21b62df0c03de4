"""The same machines in other noise, and other things altogether.

    python -m benchmarks.memory.elsewhere DATA SHIFT

First the AUC of each group of SHIFT by a bank of the machine's training clips in DATA. Then what
the view *level* tells apart: by the limit that 19 of 20 left-out training clips of a type keep,
how many clips are taken for another thing, nearest of the type's four banks.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.memory.banks import Mask, bank_of, heard_by, threshold_of
from benchmarks.memory.corpus import Machine, real, shifted
from benchmarks.memory.trial import wins
from mimimi.config import MACHINE_TYPES
from mimimi.detector.threshold import conformal
from mimimi.memory import MemoryBank
from mimimi.memory.views import HELD, LEVEL, VIEWS

NAMES = (*[view.name for view in VIEWS], LEVEL.name)


def other_noise(machine: Machine) -> None:
    """AUC of the memory and of each view, and how many are called unusual or another thing."""
    bank = bank_of(machine, machine.where(split="train"))
    test = machine.where(split="shift")
    normal = heard_by(bank, machine, test & machine.normal)
    faulty = heard_by(bank, machine, test & ~machine.normal)
    above = [sum(h.score > threshold_of(bank, h).value for h in of) for of in (normal, faulty)]
    print(f"{machine.name}: {len(normal)} normal, {len(faulty)} anomalous; ", end="")
    print(f"above the threshold {above[0]} and {above[1]}", end="")
    if normal:
        scores = [np.array([h.score for h in of]) for of in (normal, faulty)]
        print(f"; AUC {wins(*scores).mean():.2f}", end="")
        for name in NAMES:
            of = [np.array([h.deviation[name] for h in heard]) for heard in (normal, faulty)]
            print(f", {name} {wins(*of).mean():.2f}", end="")
    print()


def nearest(banks: Sequence[MemoryBank], machine: Machine, which: Mask) -> NDArray[np.float64]:
    """Deviation in level from the nearest bank, `(segment,)`."""
    found = [[h.deviation[LEVEL.name] for h in heard_by(b, machine, which)] for b in banks]
    least: NDArray[np.float64] = np.min(found, axis=0)
    return least


def limit_of(machines: Sequence[Machine]) -> float:
    """What 19 of 20 training clips keep, each left out of its own machine's bank."""
    found = []
    for machine in machines:
        train = machine.where(split="train")
        for number in np.unique(machine.recordings[train]):
            own = machine.recordings == number
            banks = [bank_of(machine, train & ~own)]
            banks += [bank_of(m, m.where(split="train")) for m in machines if m is not machine]
            found += nearest(banks, machine, own).tolist()
    return conformal(found).value


def others(machine_type: str, everything: Sequence[Machine], elsewhere: Sequence[Machine]) -> None:
    """Clips of a type and of all others beside the type's banks."""
    own = [m for m in everything if m.type == machine_type]
    banks = [bank_of(m, m.where(split="train")) for m in own]
    limit = limit_of(own)
    groups = {
        "own normal": [(m, m.where(split="dev", label="normal")) for m in own],
        "own anomalous": [(m, m.where(label="anomaly")) for m in own],
        "own normal in other noise": [
            (m, m.where(split="shift", label="normal")) for m in elsewhere if m.type == machine_type
        ],
        "other types": [(m, m.normal) for m in everything if m.type != machine_type],
    }
    print(f"{machine_type}: refused", end="")
    for title, members in groups.items():
        found = [x for m, which in members if which.any() for x in nearest(banks, m, which)]
        print(f"; {title} {sum(x > limit for x in found)} of {len(found)}", end="")
    print(flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("shift", type=Path)
    options = parser.parse_args(arguments)
    elsewhere = shifted(options.data, options.shift, HELD)
    for machine in elsewhere:
        other_noise(machine)
    everything = real(options.data, HELD, types=(*MACHINE_TYPES, "car"))
    for machine_type in MACHINE_TYPES:
        others(machine_type, everything, elsewhere)


if __name__ == "__main__":
    main()
