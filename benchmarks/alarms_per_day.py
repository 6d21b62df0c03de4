"""False alarms a day of alarm rules, on a day of simulated normal sound scored as a stream.

    python -m benchmarks.alarms_per_day [--machines fan/id_50 ...] [--hours 24] [--out docs]

The hours are shared among the machines and made of takes of 5 minutes, each with a load, a speed
and a factory around it of its own that drift while it lasts: within a take segments are alike, so
that false alarms come in clusters and k of n cannot be computed from the rate of one. What they
would be if segments were independent is shown beside it: the same scores, shuffled. Segments of
10 s lie side by side, as `mimimi.stream` takes them, and every 5 s, as the Live page does.

Every take is scored once and kept (--cache): what was stopped goes on, and more hours cost only
what is new (24 h about 45 minutes of one core). Then every rule is tried, at the threshold that
the bundled detector has, at the rarest it can promise, and at thresholds from 100 normal clips.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from platformdirs import user_cache_path

from benchmarks.false_alarms import simulated
from benchmarks.kept import Kept, load
from mimimi.alarm import Moment, Rule, events
from mimimi.audio import from_array
from mimimi.config import SAMPLE_RATE
from mimimi.corpus.simulate import simulate_clip
from mimimi.threshold import conformal

MACHINES = ["fan/id_50", "pump/id_52", "slider/id_50", "valve/id_50"]  # those of the examples
TAKE, SEGMENT, HOP = 300, 10, 5  # s
EVERY = 4  # one take of so many is scored every 5 s, too
FIRST_TAKE = 4_000_000  # no corpus holds takes from here on
CLIPS, RATES = 100, (0.1, 0.05, 0.01)
SHUFFLES = 20
PAIRS = ((1, 1), (2, 2), (2, 3), (3, 4), (3, 5), (4, 5), (5, 6), (6, 6), (8, 10), (10, 12))
RULES = tuple(Rule(k, n) for k, n in PAIRS)

Heard = tuple[float, bool]  # score, recognised
Scores = Mapping[str, Sequence[Heard]]  # by machine, every 5 s


def score_days(machines: Sequence[str], hours: float, kept: Kept) -> dict[str, list[Heard]]:
    """Scores of the segments of each machine, one after the other."""
    detectors = {machine: load(machine.split("/")[0]) for machine in machines}
    found: dict[str, list[list[Heard]]] = {machine: [] for machine in machines}
    for take in range(round(hours * 3600 / TAKE / len(machines))):
        for machine, (detector, weights) in detectors.items():
            key = f"{weights} {machine} take {take}"
            hop = HOP if take % EVERY == 0 else SEGMENT
            scored = kept.get(f"{key} hop {hop}", score_take, detector, machine, take, hop)
            found[machine].append(scored)
    return found


def score_take(detector, machine: str, take: int, hop: int) -> list[Heard]:
    machine_type, machine_id = machine.split("/")
    sound = simulate_clip(machine_type, machine_id, clip=FIRST_TAKE + take, seconds=TAKE)
    found = []
    for start in range(0, TAKE - SEGMENT + 1, hop):
        segment = sound[start * SAMPLE_RATE :][: SEGMENT * SAMPLE_RATE], SAMPLE_RATE
        verdict = detector.analyse(segment, machine_id)
        found.append((verdict.score, verdict.recognised))
    return found


if __name__ == "__main__":
    import sys

    torch.set_num_threads(1)
    score_days(MACHINES, 24, Kept(user_cache_path("mimimi") / "benchmarks" / "day.jsonl"))
    for m in MACHINES:
        simulated(m, 100, Kept(user_cache_path("mimimi") / "benchmarks" / "false_alarms.jsonl"))
