"""False alarms of a machine learnt from one recording, which is cut into pieces.

    python -m benchmarks.memory.one_recording DATA [--reshuffles 1000]

A machine, one of its recordings and where in it to begin are drawn anew each time. Judged are
segments of 10 s of the same recording that were not learnt, and of the machine's other recordings.
Simulated: eight machines, takes of two minutes, each with a load, a speed and a factory of its own
that drift while it lasts. Real: the idling cars of DATA, of each some recordings of one or two
minutes; machines of MIMII are there in clips of 10 s.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile
from scipy.stats import binom

from benchmarks.memory.banks import threshold_of
from benchmarks.memory.false_alarms import RATE
from mimimi.config import SAMPLE_RATE
from mimimi.memory import MemoryBank
from mimimi.memory.spectra import SEGMENT_SAMPLES, Array
from mimimi.memory.views import describe
from mimimi.simulate import MACHINE_TYPES, simulate_clip

TAKES, TAKE_SECONDS, FIRST_TAKE = 8, 120, 8_000_000  # takes that no corpus holds
JUDGED = 4  # segments of the same recording and of others, each time
LEARNT = (10, 60)  # s


class Recorded:
    """One normal recording, and its segments side by side, described once."""

    def __init__(self, samples: Array) -> None:
        self.samples = samples
        self._banks: dict[tuple[int, int], MemoryBank] = {}

    @cached_property
    def segments(self) -> list[Mapping[str, Array]]:
        """What the views make of each 10 s."""
        count = len(self.samples) // SEGMENT_SAMPLES
        cut = self.samples[: count * SEGMENT_SAMPLES].reshape(count, -1)
        return [describe(segment) for segment in cut]

    def learnt(self, first: int, seconds: int) -> MemoryBank:
        """What is remembered of some seconds from a segment on."""
        if (first, seconds) not in self._banks:
            start = first * SEGMENT_SAMPLES
            whole = self.samples[start : start + seconds * SAMPLE_RATE]
            self._banks[first, seconds] = MemoryBank.learn([whole])
        return self._banks[first, seconds]


Machine = Sequence[Recorded]


def simulated() -> Iterator[Machine]:
    """Machines id_52 and id_53 of each type."""
    for machine_type in MACHINE_TYPES:
        for number in (52, 53):
            yield [
                Recorded(
                    simulate_clip(machine_type, f"id_{number}", clip=take, seconds=TAKE_SECONDS)
                )
                for take in range(FIRST_TAKE, FIRST_TAKE + TAKES)
            ]


def cars(root: Path) -> list[Machine]:
    """The cars of `index.csv`."""
    found = defaultdict(list)
    for row in csv.DictReader((root / "index.csv").open()):
        if row["machine_type"] == "car" and row["label"] == "normal":
            samples, _ = soundfile.read(root / row["path"], dtype="float32", always_2d=True)
            found[row["machine_id"]].append(Recorded(samples[:, 0]))
    return list(found.values())


def alarms(
    machines: Sequence[Machine], seconds: int, reshuffles: int, seed: int = 0
) -> tuple[float, list[float], list[float]]:
    """What was promised, and each time the share of segments above the threshold.

    Returns:
        The promise; shares of the same recording; shares of the others.
    """
    rng = np.random.default_rng(seed)
    promised = 0.0
    same: list[float] = []
    others: list[float] = []
    for _ in range(reshuffles):
        machine = machines[int(rng.integers(len(machines)))]
        which = int(rng.integers(len(machine)))
        own = machine[which]
        count = seconds * SAMPLE_RATE // SEGMENT_SAMPLES
        first = int(rng.integers(len(own.segments) - count + 1))
        bank = own.learnt(first, seconds)
        later = [*own.segments[:first], *own.segments[first + count :]]
        later = [later[k] for k in rng.choice(len(later), min(JUDGED, len(later)), replace=False)]
        rest = [heard for n, other in enumerate(machine) if n != which for heard in other.segments]
        drawn = rng.choice(len(rest), JUDGED, replace=False)
        for shares, judged in ((same, later), (others, [rest[k] for k in drawn])):
            compared = [bank.compare(heard) for heard in judged]
            thresholds = [threshold_of(bank, heard, RATE) for heard in compared]
            above = [h.score > t.value for h, t in zip(compared, thresholds, strict=True)]
            shares += [float(np.mean(above))] if above else []
            promised = thresholds[0].false_alarm_rate if thresholds else promised
    return promised, same, others


def report(title: str, machines: Sequence[Machine], seconds: int, reshuffles: int) -> None:
    """One line, with what a binomial of as many recordings as there are allows."""
    promised, same, others = alarms(machines, seconds, reshuffles)
    count = sum(map(len, machines))
    low, high = binom.ppf([0.025, 0.975], count, promised) / count
    print(
        f"{title}, {seconds} s of one recording: promised {promised:.3f} (binomial of {count}: "
        f"{low:.3f} to {high:.3f}), achieved {np.mean(same):.3f} in the same recording, "
        f"{np.mean(others):.3f} in others",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line a length."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--reshuffles", type=int, default=1_000)
    options = parser.parse_args(arguments)
    for title, machines in (("cars", cars(options.data)), ("simulated", list(simulated()))):
        for seconds in LEARNT:
            report(title, machines, seconds, options.reshuffles)


if __name__ == "__main__":
    main()
