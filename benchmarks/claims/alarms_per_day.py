"""False alarms a day of alarm rules, on a day of simulated normal sound scored as a stream.

    python -m benchmarks.claims.alarms_per_day [--machines fan/id_50 ...] [--hours 24] [--out docs]

The hours are shared among the machines and made of takes of 5 minutes, each with a load, a speed
and a factory around it of its own that drift while it lasts: within a take segments are alike, so
that false alarms come in clusters and k of n cannot be computed from the rate of one. What it would
be if segments were independent stands beside it: the same scores, shuffled. Segments of 10 s lie
side by side, as `mimimi.monitor.stream` takes them; those of every fourth take also every 5 s, as
the Live page does.

Every take is scored once and kept (--cache): what was stopped goes on, and more hours cost only
what is new (24 h about an hour of one core). Then every rule is tried at thresholds of the bundled
detectors, for the rates that their calibration recordings can promise.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from platformdirs import user_cache_path

from benchmarks.claims.kept import Kept, load
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.detector.threshold import Threshold, conformal
from mimimi.monitor.alarm import Rule, ScoredSegment, events
from mimimi.simulate import simulate_clip

MACHINES = ("fan/id_50", "pump/id_52", "slider/id_50", "valve/id_50")  # those of the examples
TAKE, SEGMENT, HOP = 300, 10, 5  # s
EVERY = 4  # one take of so many is scored every 5 s, too
FIRST_TAKE = 4_000_000  # no corpus holds takes from here on
RATES = (0.02, 0.05, 0.1, 0.2)
SHUFFLES = 20
PAIRS = ((1, 1), (2, 2), (2, 3), (3, 5), (4, 5), (5, 6), (6, 6), (8, 10), (10, 12))
RULES = tuple(Rule(k, n) for k, n in PAIRS)

Heard = tuple[float, bool]  # score, recognised
Takes = Mapping[str, Sequence[Sequence[Heard]]]  # by machine


def score_days(machines: Sequence[str], hours: float, kept: Kept) -> Takes:
    """The segments of each machine, take by take."""
    detectors = {machine: load(machine.split("/")[0]) for machine in machines}
    found: dict[str, list[Sequence[Heard]]] = {machine: [] for machine in machines}
    for take in range(round(hours * 3600 / TAKE / len(machines))):
        for machine, (detector, weights) in detectors.items():
            key = f"{weights} {machine} take {take}"
            hop = HOP if take % EVERY == 0 else SEGMENT
            scored = kept.get(f"{key} hop {hop}", score_take, detector, machine, take, hop)
            found[machine].append(scored)
    return found


def score_take(detector: Detector, machine: str, take: int, hop: int) -> list[Heard]:
    machine_type, machine_id = machine.split("/")
    sound = simulate_clip(machine_type, machine_id, clip=FIRST_TAKE + take, seconds=TAKE)
    found = []
    for start in range(0, TAKE - SEGMENT + 1, hop):
        segment = sound[start * SAMPLE_RATE :][: SEGMENT * SAMPLE_RATE], SAMPLE_RATE
        verdict = detector.analyse(segment, machine_id)
        assert verdict.score is not None
        found.append((verdict.score, bool(verdict.recognised)))
    return found


def thresholds(machine: str, rate: float) -> Threshold:
    """What the bundled detector's calibration recordings promise at a rate."""
    machine_type, machine_id = machine.split("/")
    detector, _ = load(machine_type)
    return conformal(detector.calibration.normal_scores("given", machine_id), rate)


def side_by_side(takes: Takes) -> dict[str, list[float]]:
    """Scores of segments that do not overlap, of the whole day."""
    return {
        machine: [
            score
            for n, take in enumerate(of_machine)
            for score, _ in (take[:: SEGMENT // HOP] if n % EVERY == 0 else take)
        ]
        for machine, of_machine in takes.items()
    }


def overlapping(takes: Takes) -> dict[str, list[float]]:
    """Scores every 5 s, of every fourth take."""
    return {
        machine: [score for take in of_machine[::EVERY] for score, _ in take]
        for machine, of_machine in takes.items()
    }


def count(scores: Sequence[float], threshold: float, rule: Rule) -> int:
    """False alarms."""
    segments = (ScoredSegment("", 0.0, SEGMENT, score, score > threshold) for score in scores)
    return sum(1 for _ in events(segments, rule))


def shuffled(scores: Sequence[float], threshold: float, rule: Rule) -> float:
    """False alarms, were segments independent."""
    rng = np.random.default_rng(0)
    counts = [count(rng.permutation(scores).tolist(), threshold, rule) for _ in range(SHUFFLES)]
    return float(np.mean(counts))


def table(title: str, scores: Mapping[str, Sequence[float]], days: float) -> str:
    """Rates by rules, all machines together, then each machine at its own threshold."""
    lines = [
        f"\n## {title}\n",
        "| promised, threshold | unusual | " + " | ".join(map(str, RULES)) + " |",
        "|---" * (len(RULES) + 2) + "|",
    ]

    def line(name: str, limits: Mapping[str, float], days: float) -> str:
        unusual = [score > limit for m, limit in limits.items() for score in scores[m]]
        cells = []
        for rule in RULES:
            n = sum(count(scores[m], limit, rule) for m, limit in limits.items())
            chance = sum(shuffled(scores[m], limit, rule) for m, limit in limits.items())
            cells.append(f"{n / days:.0f} ({chance / days:.0f})")
        return f"| {name} | {100 * np.mean(unusual):.1f} % | " + " | ".join(cells) + " |"

    for rate in RATES:
        found = {machine: thresholds(machine, rate) for machine in scores}
        said = "; ".join(sorted({f"{100 * t.false_alarm_rate:.1f} %" for t in found.values()}))
        lines.append(line(said, {m: t.value for m, t in found.items()}, days))
    for machine in scores:
        detector, _ = load(machine.split("/")[0])
        own = detector.calibration.threshold("given", machine.split("/")[1])
        name = f"{machine}, its own {100 * own.false_alarm_rate:.1f} %"
        lines.append(line(name, {machine: own.value}, days / len(scores)))
    return "\n".join(lines) + "\n"


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machines", nargs="+", default=MACHINES)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument("--cache", type=Path, default=user_cache_path("mimimi") / "benchmarks")
    options = parser.parse_args()
    takes = score_days(options.machines, options.hours, Kept(options.cache / "day.jsonl"))

    apart, close = side_by_side(takes), overlapping(takes)
    hours = sum(map(len, apart.values())) * SEGMENT / 3600
    # A take of 5 minutes has 59 segments every 5 s.
    hours_close = sum(len(of_machine[::EVERY]) for of_machine in takes.values()) * TAKE / 3600
    foreign = np.mean([not known for t in takes.values() for take in t for _, known in take])
    weights = ", ".join(f"{name} {load(name.split('/')[0])[1]}" for name in takes)
    text = (
        f"# False alarms a day\n\n{hours:.1f} h of simulated normal sound in takes of 5 min, "
        f"shared among the bundled detectors ({weights}): "
        f"`python -m benchmarks.claims.alarms_per_day --hours {options.hours:g}`. "
        "A cell: false alarms a day of one machine that runs all day "
        f"(one that was heard counts {24 / hours:.1f}, in a row of one machine "
        f"{24 * len(takes) / hours:.1f}); in brackets, what it would be if neighbouring segments "
        f"were independent (the same scores shuffled {SHUFFLES} times). {100 * foreign:.1f} % of "
        "the segments were called unlike any machine.\n"
    )
    text += table("Segments side by side, as long recordings are judged", apart, hours / 24)
    title = f"Segments every 5 s, as live sound is judged ({hours_close:.1f} h of it)"
    text += table(title, close, hours_close / 24)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "alarms_per_day.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
