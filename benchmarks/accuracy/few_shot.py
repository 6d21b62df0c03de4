"""How much normal sound a machine needs: AUC against seconds of it to learn from.

    python -m benchmarks.accuracy.few_shot DATA [--seconds 10 20 40 60] [--seeds 3] [--tables docs]

Of each machine as many training clips of 10 s are drawn, another choice with each seed; channels
of a clip come with it and count once. Reported are the clips of the other splits, as by
`benchmarks.accuracy.compare`. Simulated machines (`mimimi simulate DATA --clips 54`) reach nine
minutes.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks.accuracy.clips import Clips, Row
from benchmarks.accuracy.systems import rows
from benchmarks.accuracy.table import Measured
from mimimi.evaluation.pictures.plots import DASHES, LINES, style
from mimimi.files import replace_file

CLIP_SECONDS = 10
ROWS = ("memory", "mahalanobis", "nearest")


def drawn(clips: Clips, per_machine: int, seed: int) -> Clips:
    """The same corpus with only so many training clips of each machine."""
    learn = []
    for name in clips.machines:
        own = [r for r in clips.learn if r.machine == name]
        learn += random.Random(f"{seed} {name}").sample(own, per_machine)
    return Clips(clips.root, learn, clips.report)


def measure(clips: Clips, row: Row, seconds: int, seeds: int) -> Measured:
    """A row on so many seconds, a draw of clips with each seed."""
    per_machine = seconds // CLIP_SECONDS
    by_seed = {seed: row.score(drawn(clips, per_machine, seed), seed) for seed in range(seeds)}
    return Measured.of(row, by_seed, clips)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write table and figure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 20, 40, 60])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tables", type=Path, default=Path("docs"), help="CSV and figure")
    options = parser.parse_args(arguments)
    clips = Clips.under(options.data)
    fewest = min(sum(r.machine == name for r in clips.learn) for name in clips.machines)
    asked = [s for s in options.seconds if CLIP_SECONDS <= s <= fewest * CLIP_SECONDS]
    found: dict[str, dict[int, Measured]] = {}
    for row in (rows()[name] for name in ROWS):
        for seconds in asked:
            of = measure(clips, row, seconds, options.seeds)
            found.setdefault(row.title, {})[seconds] = of
            auc = of.by_place["mean"][0]
            print(
                f"{row.title}, {seconds} s: AUC {auc.value:.2f} [{auc.low:.2f}, {auc.high:.2f}], "
                f"draws {' '.join(f'{value:.2f}' for value in of.seed_means)}",
                flush=True,
            )
    options.tables.mkdir(parents=True, exist_ok=True)
    replace_file(options.tables / "few_shot.csv", as_csv(found).encode())
    draw(found, options.tables / "few_shot.png")


def as_csv(found: dict[str, dict[int, Measured]]) -> str:
    """A line a system, length and place."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["system", "seconds", "place", "auc", "auc_low", "auc_high"])
    for title, by_seconds in found.items():
        for seconds, of in by_seconds.items():
            for place, (auc, _) in of.by_place.items():
                if " " not in place:
                    figures = [f"{v:.3f}" for v in (auc.value, auc.low, auc.high)]
                    writer.writerow([title, seconds, place, *figures])
    return table.getvalue()


def draw(found: dict[str, dict[int, Measured]], file: Path) -> None:
    """Mean AUC over seconds, with intervals over recordings."""
    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6, 4), layout="constrained")
        axes = figure.add_subplot()
        for number, (title, by_seconds) in enumerate(found.items()):
            means = [of.by_place["mean"][0] for of in by_seconds.values()]
            x = [seconds * 1.02**number for seconds in by_seconds]  # side by side, not on top
            axes.errorbar(
                x,
                [m.value for m in means],
                [[m.value - m.low for m in means], [m.high - m.value for m in means]],
                color=LINES[number],
                ls=DASHES[number],
                marker="o",
                capsize=3,
                label=title,
            )
        axes.set_xscale("log")
        axes.set_xticks(list(next(iter(found.values()))), minor=False)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.set(xlabel="seconds of normal sound a machine", ylabel="AUC, mean over types")
        figure.legend(loc="outside upper center")
        figure.savefig(file)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
