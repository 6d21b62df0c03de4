"""What it is worth to go on learning: adapting to another place, and verdicts put right.

    python -m benchmarks.memory.going_on DATA SHIFT [--reshuffles 10]

Simulated machines id_52 and id_53 of each type at home and at four other places, see `places`. Six
clips are learnt at home. *adapted*: then six normal clips from there; *beside home*: those of home
stay, as references that do not count.
*told n*: instead, n normal clips from there that were called unusual, as feedback after a verdict.
Then SHIFT, machines of DATA in other noise: each normal clip judged by what is adapted to the
others. At last faults: which clips are said to be like one that was heard before.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.memory.banks import heard_by, threshold_of
from benchmarks.memory.corpus import Machine
from benchmarks.memory.places import HOME, PLACES, machines
from benchmarks.memory.trial import wins
from mimimi.detector.detector import Detector
from mimimi.memory import Memory, MemoryBank, Occasion
from mimimi.memory.views import HELD

LEARNT = 6
TOLD = (1, 3)
Rows = NDArray[np.intp]


def remembering(machine: Machine, counted: Rows, aside: Sequence[int] = ()) -> MemoryBank:
    """A bank of these segments, of which the second do not count for the promise."""
    rows = np.array([*counted, *aside], np.intp)
    recordings = machine.recordings[rows]
    vectors = {name: of[rows] for name, of in machine.vectors.items()}
    return MemoryBank(vectors, recordings, frozenset(machine.recordings[list(aside)].tolist()))


def alarms(bank: MemoryBank, machine: Machine, rows: Rows) -> tuple[list[bool], list[float]]:
    """Which clips are called unusual, and their scores."""
    heard = heard_by(bank, machine, np.isin(np.arange(len(machine.rows)), rows))
    return [h.score > threshold_of(bank, h).value for h in heard], [h.score for h in heard]


class Tally:
    """Verdicts on normal and faulty clips of one condition."""

    def __init__(self) -> None:
        self.normal: list[bool] = []
        self.faulty: list[bool] = []
        self.aucs: list[float] = []

    def add(self, bank: MemoryBank, machine: Machine, normal: Rows, faulty: Rows) -> None:
        """Judge these clips."""
        (above, scores), (found, unusual) = (alarms(bank, machine, r) for r in (normal, faulty))
        self.count([*above, *found], len(above))
        if scores and unusual:
            self.aucs.append(float(wins(np.array(scores), np.array(unusual)).mean()))

    def count(self, unusual: Sequence[bool], normal: int) -> None:
        """Of so many normal clips and then faulty ones, whether each was called unusual."""
        self.normal += unusual[:normal]
        self.faulty += unusual[normal:]

    def __str__(self) -> str:
        auc = f", AUC {np.mean(self.aucs):.2f}" if self.aucs else ""
        found = f", faults found {np.mean(self.faulty):.2f}" if self.faulty else ""
        return f"false alarms {np.mean(self.normal):.3f} of {len(self.normal)}{found}{auc}"


def elsewhere(found: Sequence[Machine], reshuffles: int, seed: int = 0) -> None:
    """At each place: as learnt at home, adapted, learnt anew, and told of false alarms."""
    rng = np.random.default_rng(seed)
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for machine in found:
        at_home = np.flatnonzero(machine.where(split=HOME, label="normal"))
        for _ in range(reshuffles):
            learnt = rng.choice(at_home, LEARNT, replace=False)
            rest = rng.permutation(np.setdiff1d(at_home, learnt))
            pool, rest = rest[: len(rest) // 2], rest[len(rest) // 2 :]
            home = remembering(machine, learnt)
            broken = np.flatnonzero(machine.where(split=HOME) & ~machine.normal)
            tallies[HOME, "learnt"].add(home, machine, rest, broken)
            own = np.sort(pool)[alarms(home, machine, pool)[0]]  # false alarms, said to be normal
            told = remembering(machine, learnt, own[: TOLD[-1]].tolist())
            tallies[HOME, "told of up to 3"].add(told, machine, rest, broken)
            for place in PLACES:
                there = rng.permutation(np.flatnonzero(machine.where(split=place, label="normal")))
                more, judged = there[:LEARNT], there[LEARNT:]
                faulty = np.flatnonzero(machine.where(split=place) & ~machine.normal)
                flagged = np.sort(more)[alarms(home, machine, more)[0]]
                banks = {
                    "learnt at home": home,
                    "adapted": remembering(machine, more),
                    "adapted, beside home": remembering(machine, more, learnt.tolist()),
                }
                for count in TOLD:
                    banks[f"told {count}"] = remembering(machine, learnt, flagged[:count].tolist())
                for title, bank in banks.items():
                    tallies[place, title].add(bank, machine, judged, faulty)
                after = remembering(machine, learnt, flagged[: TOLD[-1]].tolist())
                tallies[place, "told 3, back at home"].add(after, machine, rest, broken)
    for (place, title), tally in tallies.items():
        print(f"{place}, {title}: {tally}", flush=True)


def real(data: Path, shift: Path) -> None:
    """Machines of SHIFT: each normal clip judged by what is adapted to the others."""
    trained = _paths(data, lambda row: row["split"] == "train" and row["label"] == "normal")
    tests = _paths(shift, lambda row: True)
    for (machine, mix), clips in tests.items():
        normal, faulty = ([p for p, label in clips if (label == "normal") == n] for n in (1, 0))
        if len(normal) < 2:
            continue
        learnt = Detector.learn("one", [path for path, _ in trained[machine, ""]])
        tallies: dict[str, Tally] = defaultdict(Tally)
        for clip in normal:
            others = [path for path in normal if path != clip]
            detectors = {
                "as learnt": learnt,
                f"adapted to {len(others)}": learnt.adapt(others),
                "told 1": learnt.was_normal(others[0]),
            }
            for title, detector in detectors.items():
                verdicts = [detector.analyse(path) for path in (clip, *faulty)]
                tallies[title].count([bool(v.is_anomalous) for v in verdicts], 1)
                scores = np.array([v.score for v in verdicts])
                tallies[title].aucs.append(float(wins(scores[:1], scores[1:]).mean()))
        for title, tally in tallies.items():
            print(f"{machine} {mix}, {title}: {tally}", flush=True)


def _paths(
    root: Path, wanted: Callable[[dict[str, str]], bool]
) -> dict[tuple[str, str], list[tuple[Path, str]]]:
    """Paths and labels by machine and mix; the mix is empty for clips of MIMII at -6 dB."""
    found: dict[tuple[str, str], list[tuple[Path, str]]] = defaultdict(list)
    for row in csv.DictReader((root / "index.csv").open()):
        if wanted(row):
            elsewhere = row["split"] == "shift"
            mix = f"{row['path'].split('/')[0]} {row['snr_db']}" if elsewhere else ""
            machine = f"{row['machine_type']} {row['machine_id']}"
            found[machine, mix].append((root / row["path"], row["label"]))
    return found


def named(found: Sequence[Machine]) -> None:
    """One clip of a fault is told: who is said to be like it, by what was learnt at home."""
    like: dict[str, list[bool]] = defaultdict(list)
    for machine in found:
        at_home = machine.where(split=HOME)
        learnt = np.flatnonzero(at_home & machine.normal)[:LEARNT]
        for fault in sorted({row.label for row in machine.rows} - {"normal"}):
            clips = np.flatnonzero(at_home & machine.where(label=fault))
            memory = _after(machine, learnt, clips[:1], fault)
            for row in np.flatnonzero(at_home):
                if row in (*learnt, clips[0]):
                    continue
                heard = memory.bank.compare({n: of[row] for n, of in machine.vectors.items()})
                label = machine.rows[row].label
                kind = "same fault" if label == fault else "another fault"
                like["normal" if label == "normal" else kind].append(
                    bool(memory.beyond_normal(heard)[0] < 0)
                )
    for kind, said in like.items():
        print(f"said to be like a fault: {kind} {np.mean(said):.2f} of {len(said)}")


def _after(machine: Machine, learnt: Rows, told: Rows, fault: str) -> Memory:
    rows = np.concatenate([learnt, told])
    vectors = {name: of[rows] for name, of in machine.vectors.items()}
    return Memory(
        vectors,
        np.arange(len(rows)),
        (Occasion(kind="learnt"), Occasion(kind="fault", fault=fault, first=len(learnt))),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("shift", type=Path)
    parser.add_argument("--reshuffles", type=int, default=10)
    options = parser.parse_args(arguments)
    real(options.data, options.shift)
    found = list(machines(HELD, (52, 53), PLACES))
    named(found)
    elsewhere(found, options.reshuffles)


if __name__ == "__main__":
    main()
