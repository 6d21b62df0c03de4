"""Which views, with which weights, fused how: chosen on machines other than those reported.

    python -m benchmarks.memory.choice DATA

Chosen by the mean of two AUCs: of real machines, each pair of their 8 normal recordings left out in
turn (60 s learnt), and of faults of simulated machines id_50 and id_51 (60 s learnt; severity 1
and 3); of those within 0.005 of the best, one with the fewest views. Each quarter of the 16 real
machines is reported with what was chosen on the other three.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np

from benchmarks.memory.candidates import CANDIDATES
from benchmarks.memory.corpus import Machine, real, simulated
from benchmarks.memory.trial import Judge, Mask, Scores, by_type, interval, wins

LINES = ("lines", "lines, mean")
UNREST = ("unrest", "unrest, one band")
OTHERS = ("peaks", "coherence", "rhythm", "power", "modulation")
SHARES = (0.2, 0.35, 0.5, 0.65)  # of the lines; the other views share the rest alike
FUSIONS = ("softplus", "mean", "maximum")
TIE = 0.005  # of the sum of two AUCs


@dataclass(frozen=True)
class Recipe:
    """A set of views and how they are made one score."""

    lines: str
    share: float
    others: tuple[str, ...]
    fusion: str

    def fuse(self, deviations: Mapping[str, Scores]) -> Scores:
        """`(segment,)`."""
        found = np.stack([deviations[name] for name in (self.lines, *self.others)])
        rest = (1 - self.share) / max(len(self.others), 1)
        weights = np.array([self.share, *[rest] * len(self.others)])[:, None]
        if self.fusion == "softplus":
            found = np.logaddexp(0, found)
        fused: Scores = (
            (weights / weights.max() * found).max(axis=0)
            if self.fusion == "maximum"
            else (weights * found).sum(axis=0)
        )
        return fused


Trial = tuple[Mask, Mask, dict[str, Scores]]  # who is normal, who anomalous, and by view


def recipes() -> Iterator[Recipe]:
    """All that are compared."""
    for lines, share, unrest, fusion in product(LINES, SHARES, UNREST, FUSIONS):
        for count in range(len(OTHERS) + 1):
            for others in combinations(OTHERS, count):
                yield Recipe(lines, share, (unrest, *others), fusion)


def left_out(machine: Machine) -> list[Trial]:
    """Each pair of normal recordings left out."""
    judge, normal = Judge(machine, CANDIDATES), np.unique(machine.recordings[machine.normal])
    found = []
    for pair in combinations(normal, 2):
        away = np.isin(machine.recordings, pair)
        found.append((away, ~machine.normal, judge.deviations(machine.normal & ~away)))
    return found


def faults(machine: Machine, references: int) -> list[Trial]:
    """Of each fault and severity."""
    learnt = machine.where(split="train") & (machine.recordings < references)
    deviations = Judge(machine, CANDIDATES).deviations(learnt)
    kinds = sorted({(row.label, row.severity) for row in machine.rows if row.severity})
    return [
        (
            machine.where(split="dev", label="normal"),
            machine.where(label=label, severity=severity),
            deviations,
        )
        for label, severity in kinds
    ]


def auc(recipe: Recipe, trials: Sequence[Trial]) -> float:
    """Mean over trials."""
    found = []
    for normal, anomalous, deviations in trials:
        scores = recipe.fuse(deviations)
        found.append(wins(scores[normal], scores[anomalous]).mean())
    return float(np.mean(found))


def simplest(every: Sequence[Recipe], total: Scores) -> int:
    """Of those that are as good as the best, give or take 0.005, one with the fewest views."""
    good = [int(k) for k in np.flatnonzero(total >= total.max() - TIE)]
    return min(good, key=lambda k: (len(every[k].others), -total[k]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what each fold chose, and what that gives where it was not chosen."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    options = parser.parse_args(arguments)
    machines = real(options.data, CANDIDATES)
    trials = [left_out(machine) for machine in machines]
    made = [faults(m, 6) for m in simulated(CANDIDATES, (50, 51))]
    every = list(recipes())
    own = np.array([[auc(recipe, of) for of in trials] for recipe in every])
    simulation = np.array([np.mean([auc(recipe, of) for of in made]) for recipe in every])
    order = [int(m.name[-1]) // 2 for m in machines]
    held, dev = [], []
    print(f"{len(every)} recipes")
    for fold in range(4):
        rest = [k for k, of in enumerate(order) if of != fold]
        best = simplest(every, own[:, rest].mean(axis=1) + simulation)
        print(f"without id_0{2 * fold}: {every[best]}", flush=True)
        for k in (k for k, of in enumerate(order) if of == fold):
            held.append((machines[k], own[best, k]))
            normal, anomalous, deviations = trials[k][-1]  # the last pair is the dev split
            scores = every[best].fuse(deviations)
            dev.append((machines[k], wins(scores[normal], scores[anomalous])))
    print(f"left out: {np.mean([value for _, value in held]):.3f}")
    mean, low, high = interval([table for _, table in dev])
    rows = sorted(dev, key=lambda one: one[0].name)
    print(f"left out, dev: {mean:.3f} [{low:.3f}, {high:.3f}] ", end="")
    print(by_type([m for m, _ in rows], [t for _, t in rows]))
    total = own.mean(axis=1) + simulation
    for k in (simplest(every, total), *np.argsort(-total)[:10]):
        print(f"{own[k].mean():.3f} {simulation[k]:.3f} {every[k]}")
    for field in ("lines", "share", "fusion"):
        for value in dict.fromkeys(getattr(recipe, field) for recipe in every):
            of = [k for k, recipe in enumerate(every) if getattr(recipe, field) == value]
            print(f"{field} {value}: {own[of].mean():.3f} {simulation[of].mean():.3f}")
    for name in (*UNREST, *OTHERS):
        for there in (True, False):
            of = [k for k, recipe in enumerate(every) if (name in recipe.others) == there]
            says = "with" if there else "without"
            print(f"{says} {name}: {own[of].mean():.3f} {simulation[of].mean():.3f}")


if __name__ == "__main__":
    main()
