"""How the filter's windows were chosen, on machines that exist nowhere.

    python -m benchmarks.accuracy.reference.filter

Simulated machines with faults of severity 3, in simulated rooms beside simulated machines of other
types; a memory of each. No real recording takes part, so that what is reported on them was not
chosen on them. AUC, with 95 % intervals over recordings and rooms.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.accuracy.reference.conditions import DEFAULT, Condition
from benchmarks.accuracy.reference.judges import memory
from benchmarks.accuracy.reference.table import interval, tables
from benchmarks.accuracy.reference.trial import NO_HALL, Machine, Wins, measure
from benchmarks.accuracy.reference.ways import Way
from mimimi.audio import without_hall
from mimimi.simulate import FAULTS, MACHINE_TYPES, simulate_clip

WINDOWS = (1_024, 2_048, 4_096, 8_192, 16_384, 32_768)
CONDITIONS: dict[str, Condition] = {
    "1 standing, 0.2 s, -14 dB": replace(DEFAULT, reverberation=0.2),
    "1 standing, 0.4 s, -14 dB": DEFAULT,
    "1 standing, 0.8 s, -14 dB": replace(DEFAULT, reverberation=0.8),
    "1 standing, 0.4 s, -2 dB": replace(DEFAULT, ratio_db=-2.0),
    "1 standing, 0.4 s, +6 dB": replace(DEFAULT, ratio_db=6.0),
    "3 standing, 0.4 s, -8 dB": replace(DEFAULT, standing=3, ratio_db=-8.0),
    "1 moving, 0.4 s, -8 dB": replace(DEFAULT, standing=0, moving=1, ratio_db=-8.0),
}


def simulated(machine_type: str, machine_id: str) -> Machine:
    """Six clips to learn from, six normal and six faulty ones to judge."""
    takes = [simulate_clip(machine_type, machine_id, clip=k) for k in range(12)]
    faults = FAULTS[machine_type]
    faulty = [
        simulate_clip(machine_type, machine_id, clip=k, fault=faults[k % len(faults)], severity=3)
        for k in range(12, 18)
    ]
    return Machine(f"{machine_type} {machine_id}", takes[:6], takes[6:], faulty)


def _way(window: int) -> Way:
    return lambda near, far, hall: without_hall(near, far, window)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a condition as it is found, and the mean."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rooms", type=int, default=2)
    rooms = parser.parse_args(arguments).rooms
    here = [simulated(of, name) for of in MACHINE_TYPES for name in ("id_50", "id_51")]
    ways: dict[str, Way] = {"near alone": lambda near, far, hall: near}
    ways |= {f"{window}": _way(window) for window in WINDOWS}
    print(f"| hall | {' | '.join((*ways, NO_HALL))} |")
    print("|---" * (len(ways) + 2) + "|")
    means: dict[str, list[float]] = {}
    for title, condition in CONDITIONS.items():
        by_room = [measure(condition, here, here, k, ways, memory) for k in range(rooms)]
        print(
            f"| {title} | {' | '.join(_cell(by_room, way, means) for way in by_room[0])} |",
            flush=True,
        )
    print(f"| mean | {' | '.join(f'{np.mean(of):.3f}' for of in means.values())} |")


def _cell(by_room: Sequence[Wins], way: str, means: dict[str, list[float]]) -> str:
    auc = interval(tables(by_room, way))
    means.setdefault(way, []).append(auc.value)
    return f"{auc.value:.3f} [{auc.low:.2f}, {auc.high:.2f}]"


if __name__ == "__main__":
    main()
