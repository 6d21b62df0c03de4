"""The same machines in other noise: each group of SHIFT by a bank of its machine's clips in DATA.

python -m benchmarks.memory.elsewhere DATA SHIFT
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.memory.banks import bank_of, heard_by, threshold_of
from benchmarks.memory.corpus import Machine, shifted
from benchmarks.memory.trial import wins
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line a group."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("shift", type=Path)
    options = parser.parse_args(arguments)
    for machine in shifted(options.data, options.shift, HELD):
        other_noise(machine)


if __name__ == "__main__":
    main()
