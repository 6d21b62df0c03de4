"""AUC of simulated faults, each machine learnt by itself; and against seconds of sound.

python -m benchmarks.memory.faults [--references 3 6 12 54] [--ids 52 53]

60 clips of each machine are made; six of them are learnt in ten ways, twelve in five.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.memory.banks import bank_of, scores_by
from benchmarks.memory.corpus import Machine, simulated
from benchmarks.memory.trial import wins
from mimimi.memory.views import HELD

LEARNABLE = 60

Key = tuple[float, str, str]  # severity, type, fault


def aucs(machines: Sequence[Machine], references: int) -> dict[Key, list[float]]:
    """Of each fault, one AUC a machine: mean over as many banks as there are clips for."""
    found = defaultdict(list)
    for machine in machines:
        train = np.flatnonzero(machine.where(split="train"))
        tables: dict[Key, list[float]] = defaultdict(list)
        for first in range(0, len(train) - references + 1, references):
            learnt = np.isin(np.arange(len(machine.rows)), train[first : first + references])
            bank = bank_of(machine, learnt)
            normal = scores_by(bank, machine, machine.where(split="dev", label="normal"))
            for label, severity in {(r.label, r.severity) for r in machine.rows if r.severity}:
                faulty = scores_by(bank, machine, machine.where(label=label, severity=severity))
                key = (severity, machine.type, label)
                tables[key].append(float(wins(normal, faulty).mean()))
        for key, of in tables.items():
            found[key].append(float(np.mean(of)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line a severity, and one a fault."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--references", type=int, nargs="+", default=[3, 6, 12, 54])
    parser.add_argument("--ids", type=int, nargs="+", default=[52, 53])
    options = parser.parse_args(arguments)
    machines = list(simulated(HELD, options.ids, references=LEARNABLE))
    for references in options.references:
        found = aucs(machines, references)
        for severity in sorted({key[0] for key in found}):
            by_fault = {k: np.mean(found[k]) for k in sorted(found) if k[0] == severity}
            print(
                f"{10 * references} s learnt, severity {severity:g}:"
                f" mean {np.mean(list(by_fault.values())):.3f}, least {min(by_fault.values()):.3f}"
            )
            for (_, machine_type, fault), auc in by_fault.items():
                ids = " ".join(f"{value:.2f}" for value in found[severity, machine_type, fault])
                print(f"    {machine_type:7} {fault:24} {auc:.2f}   {ids}", flush=True)


if __name__ == "__main__":
    main()
