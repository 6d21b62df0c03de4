"""False alarms a day of alarm rules, on a day of simulated normal sound scored as a stream.

    python -m benchmarks.alarms_per_day [--machine fan/id_50] [--hours 24] [--out docs]

The day is made of takes of 5 minutes, each with a load, a speed and a factory around it of its own,
cut into segments of 10 s side by side: within a take segments are alike, so that false alarms come
in clusters and k of n cannot be computed from the rate of one. Every segment is scored once and
kept (--cache): what was stopped goes on, and more hours cost only what is new (a day about an hour
of one core). Then every rule is tried, at the bundled threshold and at thresholds from normal clips
of the machine (those of `benchmarks.false_alarms`, which has to have run before).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from platformdirs import user_cache_path

from benchmarks.false_alarms import scored, simulated
from benchmarks.kept import Kept, load
from mimimi.alarm import Moment, Rule, events
from mimimi.audio import from_array
from mimimi.config import SAMPLE_RATE
from mimimi.corpus.simulate import simulate_clip
from mimimi.threshold import conformal

TAKE, SEGMENT = 300, 10  # s
FIRST_TAKE = 4_000_000  # no corpus holds takes from here on
RULES = tuple(Rule(k, n) for k, n in ((1, 1), (2, 3), (3, 5), (5, 6), (6, 6), (8, 10), (10, 12)))
RATES = (0.1, 0.05, 0.01)


def score_day(machine: str, hours: float, kept: Kept) -> list[float]:
    """Scores of the segments, one after the other."""
    machine_type, machine_id = machine.split("/")
    detector, weights = load(machine_type)

    def score_take(take: int) -> list[float]:
        sound = simulate_clip(machine_type, machine_id, clip=FIRST_TAKE + take, seconds=TAKE)
        segments = sound.reshape(-1, SEGMENT * SAMPLE_RATE)
        return [scored(detector, from_array(s, SAMPLE_RATE), machine_id) for s in segments]

    scores: list[float] = []
    for take in range(round(hours * 3600 / TAKE)):
        scores += kept.get(f"{weights} {machine} take {take}", score_take, take)
    return scores


def row(title: str, scores: Sequence[float], threshold: float) -> str:
    """False alarms a day of every rule at one threshold."""
    moments = [
        Moment("", float(SEGMENT * i), SEGMENT, score, score > threshold, 1.0)
        for i, score in enumerate(scores)
    ]
    days = len(scores) * SEGMENT / 86_400
    counts = [sum(1 for _ in events(moments, rule)) for rule in RULES]
    share = sum(moment.is_anomalous for moment in moments) / len(moments)
    cells = [f"{100 * share:.1f} %", *(f"{count / days:.0f} ({count})" for count in counts)]
    return f"| {title} | " + " | ".join(cells) + " |"


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machine", default="fan/id_50")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument("--cache", type=Path, default=user_cache_path("mimimi") / "benchmarks")
    options = parser.parse_args()
    scores = score_day(options.machine, options.hours, Kept(options.cache / "day.jsonl"))
    machine_type, machine_id = options.machine.split("/")
    clips = simulated(options.machine, 100, Kept(options.cache / "false_alarms.jsonl"))

    detector, weights = load(machine_type)
    bundled = detector.calibration.threshold("given", machine_id)
    rows = [row(f"bundled: {bundled.how}", scores, bundled.value)]
    for rate in RATES:
        threshold = conformal(clips, rate)
        rows.append(row(f"{threshold.how.split(',')[0]}, from 100 clips", scores, threshold.value))
    head = "| threshold | segments above it | " + " | ".join(map(str, RULES)) + " |"
    text = (
        f"# False alarms a day\n\n{len(scores) * SEGMENT / 3600:.1f} h of simulated normal sound "
        f"of {options.machine} ({len(scores):,} segments of 10 s in takes of 5 min), detector "
        f"{weights}, `python -m benchmarks.alarms_per_day --hours {options.hours:g}`. A cell: "
        "events a day (events counted).\n\n"
        f"{head}\n{'|---' * (len(RULES) + 2)}|\n" + "\n".join(rows) + "\n"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "alarms_per_day.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
