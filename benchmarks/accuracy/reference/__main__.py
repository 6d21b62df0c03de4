"""What a second microphone is worth: AUC against how loud the hall is beside the machine.

    python -m benchmarks.accuracy.reference DATA [--rooms 1] [--judge memory] [--only TEXT]

Real machines (training clips learnt, dev clips judged, channel 0) are played in simulated rooms of
12 x 8 x 5 m with a microphone half a metre away; other real machines, of other types, are the hall;
a second microphone stands 3 m off or more. Every way of judging hears the very same recordings: the
near microphone alone, delay and sum, the hall taken away by magnitudes or by complex least squares
(the same fitted H), and, as the most that could be had, no hall at all. What has been measured is
kept and not measured again; `--only` with what no name holds prints, and draws, what is there.
Intervals are 95 %, over recordings and rooms; differences are of the same recordings.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.accuracy.reference.conditions import CONDITIONS
from benchmarks.accuracy.reference.figure import draw
from benchmarks.accuracy.reference.judges import JUDGES
from benchmarks.accuracy.reference.kept import Kept
from benchmarks.accuracy.reference.table import PAIRS, row
from benchmarks.accuracy.reference.trial import NO_HALL, machines, measure
from benchmarks.accuracy.reference.ways import WAYS


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is not kept yet, print all that is, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--kept", type=Path, default=Path("benchmarks/accuracy/results/reference"))
    parser.add_argument("--rooms", type=int, default=1, help="of each machine and condition")
    parser.add_argument("--judge", choices=JUDGES, action="append", help="default: both")
    parser.add_argument("--only", default="", help="measure conditions whose name holds this")
    parser.add_argument("--figure", type=Path, default=Path("docs/phase.png"))
    options = parser.parse_args(arguments)
    clips = cache(machines)
    judges, kept = options.judge or list(JUDGES), Kept(options.kept)
    for number in range(options.rooms):
        for judge in judges:
            for condition in (c for c in CONDITIONS[judge] if options.only in c.name):
                if len(kept.rooms(condition, judge)) <= number:
                    here, others = clips(options.data, condition.near), clips(options.data, "mimii")
                    found = measure(condition, here, others, number, WAYS, JUDGES[judge])
                    kept.add(condition, judge, found)
                    print(f"room {number}, {judge}, {condition.name}", flush=True)
    report(kept, judges, options.rooms)
    draw(kept, options.figure)


def report(kept: Kept, judges: Sequence[str], rooms: int) -> None:
    """A table a judge."""
    apart = [f"{one} less {other}" for one, other in PAIRS]
    for judge in judges:
        print(f"\n{judge}\n\n| hall | {' | '.join((*WAYS, NO_HALL, *apart))} |")
        print("|---" * (len(WAYS) + len(apart) + 2) + "|")
        for condition in CONDITIONS[judge]:
            if by_room := kept.rooms(condition, judge)[:rooms]:
                print(row(condition.name, by_room))


if __name__ == "__main__":
    main()
