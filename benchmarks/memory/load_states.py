"""A machine with two loads: one memory of both, one of each, or one with a threshold for each.

    python -m benchmarks.memory.load_states [--first 80] [--machines 4]

Fans and pumps at full speed and at 60 % of it, sliders at full and at half the strokes; a slower
one is quieter by the power that its physics gives. Of each load 20 normal recordings of 10 s are
learnt, and others are judged: 20 normal ones, and 4 of each fault, at the severities 1 and 3. All
with jackknife+ at 1 in 20; nobody says which recording is of which load, but to the last two.

    whole      one memory of both loads, one threshold
    stricter   the same at 1 in 41, the rarest that 40 recordings can promise
    within     a memory of each state that is found
    by level   the memory of both scores, and the threshold is that of the recordings of one state:
               that of the recording nearest in level
    built      the same, where the recording nearest in rhythm is of the same state; else as whole
    known      the same, and the true load is known
    told       a memory of the true load

Machines id_70 to id_75 are those on which `built` was chosen (`--first 70 --machines 6`).
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np

from mimimi.memory import MemoryBank, State
from mimimi.memory.bank import Heard
from mimimi.memory.states import STATES, States
from mimimi.memory.views import LEVEL, describe
from mimimi.simulate import FAULTS, clip
from mimimi.simulate.draw import Fault, generator
from mimimi.simulate.factory import background
from mimimi.simulate.sound import reverberate, rms

TYPES, SPEED, SNR = ("fan", "pump", "slider"), {"fan": 0.6, "pump": 0.6, "slider": 0.5}, 6.0
LOADS = ("full", "idle")
LEARNT, JUDGED, FAULTY, RATE = 20, 20, 4, 0.05
SEVERITIES = (1.0, 3.0)
SAMPLES = 160_000
ROWS = ("whole", "stricter", "within", "by level", "built", "known", "told")
Vectors = dict[str, Any]


def heard(kind: str, machine: str, load: str, take: int, fault: str | None, severity: float) -> Any:
    """What a memory hears of one clip; a machine as in `simulate_parts`, but for its speed."""
    room, key = clip._MACHINES[kind], (clip.VERSION, 1, kind, machine)
    built = room.draw_machine(generator(*key, "machine"))
    snr = SNR
    if load == "idle":
        slower = SPEED[kind]
        field = "stroke_hertz" if kind == "slider" else "rpm"
        built = replace(built, **{field: slower * getattr(built, field)})
        snr += 20 * (1.0 if kind == "slider" else 2.5) * np.log10(slower)
    own = (*key, load, take)
    wrong = Fault(fault, severity * room.FAULTS[fault] if fault else 0, generator(*own, "fault"))
    sound = room.make_sound(built, generator(*own, "take"), wrong, SAMPLES)
    sound = reverberate(sound, generator(*key, "room"), seconds=0.25, wet=0.2)
    factory = generator(*own, "factory")
    level = 10 ** ((clip.NOISE_DBFS + factory.normal()) / 20)
    noise = background(factory, SAMPLES) * np.float32(level)
    return describe(sound * np.float32(level * 10 ** (snr / 20) / rms(sound)) + noise)


def bank(vectors: list[Vectors]) -> MemoryBank:
    stacked = {name: np.stack([one[name] for one in vectors]) for name in vectors[0]}
    return MemoryBank(stacked, np.arange(len(vectors)))


class Machine:
    """Both loads of a machine, learnt in each way."""

    def __init__(self, kind: str, name: str) -> None:
        learnt = [heard(kind, name, load, n, None, 0) for load in LOADS for n in range(LEARNT)]
        self.whole = bank(learnt)
        self.loads = {load: bank(learnt[k * LEARNT :][:LEARNT]) for k, load in enumerate(LOADS)}
        self.states = states = self.whole.states
        self.parts = {
            state: bank([learnt[i] for i in np.flatnonzero(states.counts(state))])
            for state in STATES
            if states
        }
        truth = np.repeat([0, 1], LEARNT)
        alike = self.states.of_recordings == truth if self.states else np.zeros(2 * LEARNT)
        right = max(alike.mean(), 1 - alike.mean()) if self.states else 0.0
        self.is_found, self.is_right = self.states is not None, right == 1
        self.split = float(np.mean([one.states is not None for one in self.loads.values()]))
        self.is_clear = self.states is not None and self.states.are_clear
        print(f"{kind} {name}: {_found(self.states)}, {right:.0%} as loads; alone:", end=" ")
        print(*(_found(one.states) for one in self.loads.values()), sep=" and ")

    def p_values(self, load: str, vectors: Vectors) -> dict[str, float]:
        """Of one clip, by the row of the table."""
        one = self.whole.compare(vectors)
        margins = self.whole.margins(one)
        of_load = np.repeat(np.array(LOADS), LEARNT) == load
        found = {
            "whole": p_value(margins),
            "known": p_value(margins[of_load]),
            "told": p_value(_margins(self.loads[load], vectors)),
        }
        found |= dict.fromkeys(("stricter", "within", "by level", "built"), found["whole"])
        if self.states:
            nearest = STATES[self.states.of_segments[_by_level(one)]]
            found["within"] = p_value(_margins(self.parts[nearest], vectors))
            found["by level"] = p_value(self._of(nearest, margins))
            found["built"] = p_value(self._of(self.states.of(one.distances), margins))
        return found

    def _of(self, state: State | None, margins: Any) -> Any:
        return margins[self.states.counts(state)] if self.states and state else margins


def _found(states: States | None) -> str:
    if not states:
        return "one state"
    return "two states, clearly apart" if states.are_clear else "two states, not far apart"


def p_value(margins: Any) -> float:
    return (1 + int((margins >= -1e-9).sum())) / (1 + len(margins))


def _margins(of: MemoryBank, vectors: Vectors) -> Any:
    return of.margins(of.compare(vectors))


def _by_level(one: Heard) -> int:
    return int(one.distances[LEVEL.name].mean(axis=1).argmin())


def trial(kind: str, name: str) -> dict[str, list[float]]:
    machine = Machine(kind, name)
    found: dict[str, list[float]] = defaultdict(list)
    found["two states found"].append(machine.is_found)
    if machine.is_found:
        found["of these, clearly apart"].append(machine.is_clear)
    found["each recording in that of its load"].append(machine.is_right)
    found["one load split"].append(machine.split)

    def judge(what: str, load: str, take: int, fault: str | None, severity: float) -> None:
        vectors = heard(kind, name, load, take, fault, severity)
        for row, p in machine.p_values(load, vectors).items():
            rate = 1 / (2 * LEARNT + 1) + 1e-9 if row == "stricter" else RATE
            found[f"{what}, {load}: {row}"].append(p <= rate)

    for load in LOADS:
        for n in range(JUDGED):
            judge("false alarms", load, 1000 + n, None, 0)
        for severity in SEVERITIES:
            for fault in FAULTS[kind]:
                for n in range(FAULTY):
                    judge(f"severity {severity:g}", load, 2000 + n, fault, severity)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=80, help="number of the first machine")
    parser.add_argument("--machines", type=int, default=4, help="of each type")
    options = parser.parse_args()
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(options.first, options.first + options.machines):
        for kind in TYPES:
            for row, values in trial(kind, f"id_{number}").items():
                found[row] += values
    said = [row for row in found if ":" not in row]
    print(*(f"{row}: {np.mean(found[row]):.2f} of {len(found[row])}" for row in said), sep="\n")
    columns = list(dict.fromkeys(row.partition(":")[0] for row in found if ":" in row))
    print("\n| |", " | ".join(columns), "| detected, sum |")
    print("|---" * (len(columns) + 2) + "|")
    for row in ROWS:
        values = [float(np.mean(found[f"{column}: {row}"])) for column in columns]
        detected = sum(v for v, c in zip(values, columns, strict=True) if "severity" in c)
        print(f"| {row} |", " | ".join(f"{v:.3f}" for v in values), f"| {detected:.3f} |")
    print("of", ", ".join(f"{len(found[f'{column}: whole'])}" for column in columns))


if __name__ == "__main__":
    main()
