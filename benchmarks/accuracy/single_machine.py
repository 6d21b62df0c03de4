"""What it costs to have one machine only, with simulated ones as the others to tell it from.

    python -m benchmarks.accuracy.single_machine DATA [--seeds 1]

Each real machine is learnt twice by one network of lines: with simulated machines of its type, as
the page Train offers where a single machine was recorded, and with the real ones of its type.
Reported are the clips of the other splits, AUC with the machine named, with intervals over clips.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from benchmarks.accuracy.clips import Clips, Row, Scores
from benchmarks.accuracy.systems import judged_by
from benchmarks.accuracy.table import Measured
from mimimi.config import Recipe
from mimimi.data.index import COLUMNS, INDEX_NAME, Recording
from mimimi.recipes import changed, recipe
from mimimi.simulate.other_machines import others
from mimimi.training.pipeline import make_detectors


def lines(seed: int) -> Recipe:
    """The first line-spectrum network of the ensemble, for one machine type at a time."""
    ensemble = changed(recipe("ensemble"), seed=seed)
    [member] = (m for m in ensemble.members if m.name == "lines-0")
    return Recipe("lines", (replace(member, joint=False),))


def learnt(roots: Sequence[Path], machine_type: str, seed: int, report: Clips) -> Scores:
    """Scores of clips by a detector that has learnt from these folders."""
    with TemporaryDirectory() as place:
        out = Path(place) / "run"
        make_detectors(roots, [machine_type], lines(seed), out, say=lambda line: None)
        return judged_by({machine_type: out}, report)


def corpus(folder: Path, recordings: Sequence[Recording]) -> Path:
    """A folder that holds these recordings and no others."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for number, one in enumerate(recordings):
        link = folder / f"{number}{one.path.suffix}"
        link.symlink_to(one.path.resolve())
        writer.writerow([link.name, one.machine_type, one.machine_id, one.label, one.split])
    (folder / INDEX_NAME).write_text(table.getvalue())
    return folder


def single(clips: Clips, seed: int) -> Scores:
    """Every machine learnt with simulated ones as the others."""
    scores: Scores = {}
    with TemporaryDirectory() as home:
        for name in clips.machines:
            learn = [r for r in clips.learn if r.machine == name]
            report = [r for r in clips.report if r.machine == name]
            machine_type = learn[0].machine_type
            with TemporaryDirectory() as place:
                own = corpus(Path(place), learn)
                roots = [own, others(Path(home), machine_type)]
                scores |= learnt(roots, machine_type, seed, Clips(clips.root, learn, report))
            print(f"  {name} learnt beside simulated machines", flush=True)
    return scores


def together(clips: Clips, seed: int) -> Scores:
    """The machines of a type learnt with each other."""
    scores: Scores = {}
    for machine_type in sorted({r.machine_type for r in clips.learn}):
        learn = [r for r in clips.learn if r.machine_type == machine_type]
        report = [r for r in clips.report if r.machine_type == machine_type]
        with TemporaryDirectory() as place:
            roots = [corpus(Path(place), learn)]
            scores |= learnt(roots, machine_type, seed, Clips(clips.root, learn, report))
        print(f"  {machine_type}s learnt beside each other", flush=True)
    return scores


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print both ways, and the difference."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args(arguments)
    clips = Clips.under(options.data)
    ways: dict[str, Callable[[Clips, int], Scores]] = {
        "beside each other": together,
        "beside simulated ones": single,
    }
    means = {}
    for title, score in ways.items():
        row = Row(title, "", title, "", score)
        of = Measured.of(row, {s: score(clips, s) for s in range(options.seeds)}, clips)
        means[title] = of.by_place["mean"][0].value
        for place in (p for p in of.by_place if " " not in p):
            auc = of.by_place[place][0]
            print(f"{title}, {place}: AUC {auc.value:.2f} [{auc.low:.2f}, {auc.high:.2f}]")
    difference = means["beside each other"] - means["beside simulated ones"]
    print(f"a single machine costs {100 * difference:.0f} points of AUC")


if __name__ == "__main__":
    torch.set_num_threads(1)
    with TemporaryDirectory() as home:
        os.environ["MIMIMI_HOME"] = home  # its list of runs
        main()
