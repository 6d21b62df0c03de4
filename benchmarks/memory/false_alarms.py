"""False alarms of thresholds from few recordings, achieved against promised, by reshuffling.

    python -m benchmarks.memory.false_alarms DATA [--reshuffles 1000]

Real: of each machine's 8 normal recordings 6 are learnt, 2 judged; another choice each time.
Simulated: of 24 normal recordings 3 to 12 are learnt, the others judged.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cache
from math import comb
from pathlib import Path

import numpy as np
from scipy.stats import binom

from benchmarks.memory.banks import bank_of, heard_by, threshold_of
from benchmarks.memory.corpus import Machine, real, simulated
from mimimi.memory.views import HELD

RATE = 0.05  # asked for: with so few recordings more is promised


def alarms(
    machines: Sequence[Machine], learnt: int, reshuffles: int, seed: int = 0
) -> tuple[float, float]:
    """Share of judged recordings above the threshold, and the rate that was promised."""
    rng = np.random.default_rng(seed)

    @cache
    def trial(which: int, chosen: frozenset[int]) -> tuple[float, float]:
        machine = machines[which]
        references = machine.normal & np.isin(machine.recordings, list(chosen))
        bank = bank_of(machine, references)
        judged = heard_by(bank, machine, machine.normal & ~references)
        thresholds = [threshold_of(bank, heard, RATE) for heard in judged]
        above = [h.score > t.value for h, t in zip(judged, thresholds, strict=True)]
        return float(np.mean(above)), thresholds[0].false_alarm_rate

    found = []
    for _ in range(reshuffles):
        which = int(rng.integers(len(machines)))
        own = np.unique(machines[which].recordings[machines[which].normal])
        found.append(trial(which, frozenset(rng.choice(own, learnt, replace=False).tolist())))
    return float(np.mean([rate for rate, _ in found])), found[0][1]


def report(title: str, machines: Sequence[Machine], learnt: int, reshuffles: int) -> None:
    """One line, with what a binomial of as many recordings as there are allows."""
    achieved, promised = alarms(machines, learnt, reshuffles)
    recordings = sum(len(np.unique(m.recordings[m.normal])) for m in machines)
    low, high = binom.ppf([0.025, 0.975], recordings, promised) / recordings
    print(
        f"{title}, {learnt} recordings learnt: promised {promised:.3f}, achieved {achieved:.3f}"
        f" (binomial of {recordings}: {low:.3f} to {high:.3f})",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--reshuffles", type=int, default=1_000)
    options = parser.parse_args(arguments)
    machines = real(options.data, HELD)
    print(f"{len(machines)} real machines, {comb(8, 6)} choices each")
    for learnt in (3, 4, 6):
        report("real", machines, learnt, options.reshuffles)
    made = list(simulated(HELD, (52, 53), faulty=0))
    for learnt in (3, 6, 12):
        report("simulated", made, learnt, options.reshuffles)


if __name__ == "__main__":
    main()
