"""AUC of one real machine's memory: view by view, and against seconds of sound.

    python -m benchmarks.memory.real_machines DATA [--draws 10]

Learnt from the training clips (channel 0), judged on the dev clips; "left out": each pair of the
8 normal recordings left out in turn, a steadier figure. Intervals over recordings.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.memory.banks import bank_of, scores_by
from benchmarks.memory.candidates import CANDIDATES
from benchmarks.memory.corpus import Machine, real
from benchmarks.memory.trial import (
    MEMORY,
    Fusion,
    Judge,
    Scores,
    by_type,
    dev,
    held_out,
    interval,
    one,
    wins,
)
from mimimi.memory import MemoryBank
from mimimi.memory.views import HELD


def smallest(names: Sequence[str], choose: Callable[..., Scores]) -> Fusion:
    """Several views, on one scale, by their minimum, mean or maximum."""

    def fuse(deviations: Mapping[str, Scores]) -> Scores:
        return choose(np.stack([deviations[name] for name in names]), axis=0)

    return fuse


def line(title: str, machines: Sequence[Machine], judges: Sequence[Judge], fuse: Fusion) -> None:
    """One row of the table."""
    tables = [dev(judge, fuse) for judge in judges]
    out = [held_out(judge, fuse) for judge in judges]
    auc, low, high = interval(tables)
    mean, _, _ = interval(out)
    print(
        f"{title:28} dev {auc:.3f} [{low:.3f}, {high:.3f}]  left out {mean:.3f}"
        f" ({by_type(machines, out)})",
        flush=True,
    )


def by_seconds(machines: Sequence[Machine], seconds: int, draws: int) -> None:
    """Banks of so many training clips, another choice with each draw."""
    rng, tables = np.random.default_rng(0), []
    for machine in machines:
        found = []
        for _ in range(draws):
            chosen = rng.choice(6, seconds // 10, replace=False)
            bank = bank_of(machine, machine.normal & np.isin(machine.recordings, chosen))
            judged = ~machine.where(split="train")
            scores = scores_by(bank, machine, judged)
            normal = machine.normal[judged]
            found.append(wins(scores[normal], scores[~normal]))
        tables.append(np.mean(found, axis=0))
    print_seconds(seconds, machines, tables)


def few_clips(root: Path, machines: Sequence[Machine], clips: int) -> None:
    """Banks of one or two clips of 10 s, cut into four pieces, a new choice each time."""
    index = list(csv.DictReader((root / "index.csv").open()))
    tables = []
    for machine in machines:
        found, judged = [], ~machine.where(split="train")
        train = [
            soundfile.read(root / row["path"], dtype="float32", always_2d=True)[0][:160_000, 0]
            for row in index
            if f"{row['machine_type']} {row['machine_id']}" == machine.name
            and row["split"] == "train"
        ]
        for first in range(len(train)):
            chosen = [train[(first + k) % len(train)] for k in range(clips)]
            scores = scores_by(MemoryBank.learn(chosen), machine, judged)
            normal = machine.normal[judged]
            found.append(wins(scores[normal], scores[~normal]))
        tables.append(np.mean(found, axis=0))
    print_seconds(10 * clips, machines, tables)


def print_seconds(seconds: int, machines: Sequence[Machine], tables: Sequence[Scores]) -> None:
    """One point of the curve."""
    auc, low, high = interval(tables)
    print(f"{seconds} s: dev {auc:.3f} [{low:.3f}, {high:.3f}] ({by_type(machines, tables)})")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--draws", type=int, default=10)
    options = parser.parse_args(arguments)
    machines = real(options.data, CANDIDATES)
    judges = [Judge(machine, CANDIDATES) for machine in machines]
    for view in CANDIDATES:
        line(view.name, machines, judges, one(view.name))
    line("the memory", machines, judges, MEMORY)
    first = ("lines, one band", "power, one band", "peaks, 98 %", "unrest, one band")
    for name, choose in (("mean", np.mean), ("minimum", np.min), ("maximum", np.max)):
        line(f"four as first tried, {name}", machines, judges, smallest(first, choose))
    own = [Machine(m.name, m.rows, {v.name: m.vectors[v.name] for v in HELD}) for m in machines]
    for clips in (1, 2):
        few_clips(options.data, own, clips)
    for seconds in (30, 40, 50, 60):
        by_seconds(own, seconds, options.draws if seconds < 60 else 1)


if __name__ == "__main__":
    main()
