"""Can a memory of one machine tell another thing from a fault? Several ways, each with its limit.

    python -m benchmarks.memory.unknown DATA SHIFT

Six clips of a machine are learnt. A clip is refused where a number of it lies above a limit that 97
of 100 normal clips and 95 of 100 faulty ones keep: of the other 12 real machines for each quarter
of the 16 (fourfold), and of simulated machines alone. Faults are simulated at severity 1 and 3.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.memory.banks import Mask, bank_of, heard_by
from benchmarks.memory.corpus import Machine, real, shifted, simulated
from mimimi.config import MACHINE_TYPES
from mimimi.memory import MemoryBank
from mimimi.memory.bank import Heard
from mimimi.memory.views import HELD, LEVEL, VIEWS

Number = Callable[[MemoryBank, Heard], float]
Groups = dict[str, NDArray[np.float64]]

LEARNT = 6
KEPT_NORMAL, KEPT_FAULTY = 0.97, 0.95
GROUPS = ("normal", "faulty", "another machine", "the same in other noise")


def of_view(name: str) -> Number:
    """A view's own deviation."""
    return lambda bank, heard: heard.deviation[name]


def least(bank: MemoryBank, heard: Heard) -> float:
    """The least deviation of all views that a score is made of: all of them must be far off."""
    return min(heard.deviation[view.name] for view in VIEWS)


def over_bands(share: float) -> Number:
    """How far most bands are: a quantile of the logarithms over bands, mean over all views."""

    def number(bank: MemoryBank, heard: Heard) -> float:
        found = [
            np.quantile(np.log(heard.distances[n].min(axis=0) / scale.usual + 1e-9), share)
            for n, scale in bank.scales.items()
        ]
        return float(np.mean(found))

    return number


NUMBERS: Mapping[str, Number] = {
    **{view.name: of_view(view.name) for view in HELD},
    "level and peaks": lambda bank, heard: min(
        heard.deviation[LEVEL.name], heard.deviation["peaks"]
    ),
    "least of five": least,
    "bands, median": over_bands(0.5),
    "bands, 75 %": over_bands(0.75),
    "bands, 90 %": over_bands(0.9),
}


def numbers(bank: MemoryBank, machine: Machine, which: Mask) -> NDArray[np.float64]:
    """All numbers of some clips, `(clip, number)`."""
    heard = heard_by(bank, machine, which)
    found = [[number(bank, one) for number in NUMBERS.values()] for one in heard]
    return np.array(found).reshape(-1, len(NUMBERS))


def groups(machine: Machine, everything: Sequence[Machine], there: Sequence[Machine]) -> Groups:
    """All numbers of a machine's own clips and of others', by its first six training clips."""
    train = machine.where(split="train")
    train[np.flatnonzero(train)[LEARNT:]] = False
    bank = bank_of(machine, train)
    own = [numbers(bank, machine, machine.where(split="dev", label="normal"))]
    for number in np.unique(machine.recordings[train]):
        left_out = machine.recordings == number
        own.append(numbers(bank_of(machine, train & ~left_out), machine, left_out))
    others = [
        numbers(bank, m, m.normal & (np.cumsum(m.normal) <= 12))
        for m in everything
        if m.type != machine.type
    ]
    again = [
        numbers(bank, m, m.where(split="shift", label="normal"))
        for m in there
        if m.name.startswith(f"{machine.name} ")
    ]
    found = (
        np.concatenate(own),
        numbers(bank, machine, ~machine.normal),
        np.concatenate(others),
        np.concatenate(again or [np.zeros((0, len(NUMBERS)))]),
    )
    return dict(zip(GROUPS, found, strict=True))


def limits(fitted: Sequence[Groups]) -> NDArray[np.float64]:
    """Of each number, what these machines' normal and faulty clips keep."""
    normal, faulty = (np.concatenate([g[name] for g in fitted]) for name in GROUPS[:2])
    kept = [np.quantile(normal, KEPT_NORMAL, axis=0), np.quantile(faulty, KEPT_FAULTY, axis=0)]
    found: NDArray[np.float64] = np.maximum(*kept)
    return found


def show(title: str, refused: Sequence[dict[str, NDArray[np.bool_]]]) -> None:
    """Shares of clips that are refused, a line a number."""
    print(title)
    for k, name in enumerate(NUMBERS):
        print(f"    {name:16}", end="")
        for group in GROUPS:
            found = np.concatenate([of[group][:, k] for of in refused])
            if len(found):
                print(f"  {group} {found.mean():.2f} of {len(found)}", end="")
        print(flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("shift", type=Path)
    options = parser.parse_args(arguments)
    everything = real(options.data, HELD, types=(*MACHINE_TYPES, "car"))
    there = shifted(options.data, options.shift, HELD)
    found = [groups(m, everything, there) for m in everything if m.type in MACHINE_TYPES]
    made = list(simulated(HELD, (50, 51, 52, 53), references=LEARNT))
    simulated_ones = [groups(m, made, ()) for m in made]

    def fourfold(of: Sequence[Groups]) -> list[dict[str, NDArray[np.bool_]]]:
        limit = [limits([g for k, g in enumerate(of) if k % 4 != fold]) for fold in range(4)]
        return [{n: x > limit[k % 4] for n, x in g.items()} for k, g in enumerate(of)]

    show("real, fourfold", fourfold(found))
    limit = limits(simulated_ones)
    by_simulated = [{n: x > limit for n, x in g.items()} for g in found]
    show("real, limit of simulated machines", by_simulated)
    show("simulated, fourfold", fourfold(simulated_ones))


if __name__ == "__main__":
    main()
