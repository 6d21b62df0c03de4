"""AUC of simulated faults, each machine learnt by itself; and against seconds of sound.

python -m benchmarks.memory.faults [--references 3 6 12 54] [--ids 52 53]
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

Key = tuple[float, str, str]  # severity, type, fault


def aucs(machines: Sequence[Machine], references: int) -> dict[Key, list[float]]:
    """Of each fault, one AUC a machine."""
    found = defaultdict(list)
    for machine in machines:
        learnt = machine.where(split="train") & (machine.recordings < references)
        bank = bank_of(machine, learnt)
        normal = scores_by(bank, machine, machine.where(split="dev", label="normal"))
        for label, severity in sorted({(r.label, r.severity) for r in machine.rows if r.severity}):
            faulty = scores_by(bank, machine, machine.where(label=label, severity=severity))
            found[severity, machine.type, label].append(float(wins(normal, faulty).mean()))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line a severity, and one a fault."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--references", type=int, nargs="+", default=[3, 6, 12, 54])
    parser.add_argument("--ids", type=int, nargs="+", default=[52, 53])
    options = parser.parse_args(arguments)
    machines = list(simulated(HELD, options.ids, references=max(options.references)))
    for references in options.references:
        found = aucs(machines, references)
        for severity in sorted({key[0] for key in found}):
            by_fault = {key: np.mean(of) for key, of in found.items() if key[0] == severity}
            print(
                f"{10 * references} s learnt, severity {severity:g}:"
                f" mean {np.mean(list(by_fault.values())):.3f}, least {min(by_fault.values()):.3f}"
            )
            for (_, machine_type, fault), auc in by_fault.items():
                ids = " ".join(f"{value:.2f}" for value in found[severity, machine_type, fault])
                print(f"    {machine_type:7} {fault:24} {auc:.2f}   {ids}", flush=True)


if __name__ == "__main__":
    main()
