"""One table of all systems on the same clips, machine by machine: AUC and pAUC.

    python -m benchmarks.accuracy.compare DATA [--rows mahalanobis ...] [--seeds 3] [--out FOLDER]

DATA holds recordings as `mimimi train` takes them. Systems learn from the normal clips of the
training split, all channels, and are reported on channel 0 of the other splits, machine id given.
Scores of single clips are kept under FOLDER, a file for each row and seed: what is kept is not run
again, and what was not run is printed as such. `--rows` without a name prints what is there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks.accuracy import ablations
from benchmarks.accuracy.clips import Clips, Kept, Row
from benchmarks.accuracy.figure import draw
from benchmarks.accuracy.nested_choice import choose, difference
from benchmarks.accuracy.systems import existing, rows
from benchmarks.accuracy.table import Measured, as_csv, as_text, by_fault
from mimimi.estimate import Estimate
from mimimi.files import replace_file

RESULTS = Path("benchmarks/accuracy/results")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for, then print, and draw, all that is there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", nargs="*", help="default: all")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS, help="kept scores")
    parser.add_argument("--tables", type=Path, default=Path("docs"), help="CSV and figure")
    parser.add_argument(
        "--detectors",
        type=Path,
        nargs="*",
        default=[Path("checkpoints")],
        help="folders of trained detectors (default checkpoints)",
    )
    options = parser.parse_args(arguments)
    clips, kept = Clips.under(options.data), Kept(options.out)
    every = rows() | {row.name: row for row in map(existing, options.detectors)}
    unknown = sorted(set(options.rows or ()) - set(every))
    if unknown:
        parser.error(f"no row {', '.join(unknown)}; there are: {', '.join(every)}")
    names = list(every) if options.rows is None else options.rows
    run([every[name] for name in names], options.seeds, clips, kept)

    measured = {}
    for name, row in every.items():
        by_seed = {
            seed: scores
            for seed in range(options.seeds if row.seeds_matter else 1)
            if (scores := kept.scores(row, seed, clips)) is not None
        }
        if by_seed:
            measured[name] = Measured.of(row, by_seed, clips)
    report(list(every.values()), measured, clips)
    options.tables.mkdir(parents=True, exist_ok=True)
    replace_file(options.tables / "accuracy.csv", as_csv(list(every.values()), measured).encode())
    if measured:
        draw(list(measured.values()), options.tables / "accuracy.png")


def run(asked: Sequence[Row], seeds: int, clips: Clips, kept: Kept) -> None:
    """Score what is not kept yet: the first seed of every row before the second of any."""
    missing = [
        (row, seed)
        for seed in range(seeds)
        for row in asked
        if (seed == 0 or row.seeds_matter) and kept.scores(row, seed, clips) is None
    ]
    count = sum(row.group == "ablations" for row, _ in missing)
    if count:
        plan = ablations.Plan()
        cpu, clock = ablations.seconds_per_step(plan, len(clips.machines))
        print(
            f"{count} ablations: {plan}; {cpu:.2f} s of processor a step (now {clock:.2f} s by the "
            f"clock): {count * plan.steps * cpu / 60:.0f} min of processor",
            flush=True,
        )
    for row, seed in missing:
        print(f"{row.name}, seed {seed} ...", flush=True)
        began, by_clock = time.process_time(), time.monotonic()
        scores = row.score(clips, seed)
        kept.keep(row, seed, scores, time.process_time() - began)
        print(f"  {time.monotonic() - by_clock:.0f} s by the clock", flush=True)


def report(every: Sequence[Row], measured: dict[str, Measured], clips: Clips) -> None:
    """Print the tables, and what choosing among the rows is worth."""
    normal = sum(r.label == "normal" for r in clips.report)
    print(
        f"{len(clips.machines)} machines; {len(clips.learn)} normal clips learnt from, all "
        f"channels; reported on {normal} normal and {len(clips.report) - normal} anomalous clips, "
        "channel 0.\nMeans over seeds; in brackets 95 % bootstrap intervals over recordings. "
        f"Ablations:\n{ablations.Plan()}:\nfar less than the recipes train, to be compared among "
        "themselves."
    )
    print(as_text(every, measured))
    for line in by_fault(measured, clips):
        print(line)
    if len(measured) > 1:
        choice = choose(measured, clips)
        print("\nChosen on the other machines, reported on those left out:")
        for fold, name in choice.by_fold.items():
            print(f"  {', '.join(fold)}: {name}")
        print(
            f"  mean AUC {_percent(choice.auc)}; the best row, seen on all machines, shows "
            f"{100 * choice.looks_like:.0f}"
        )
    baselines = [of for of in measured.values() if of.row.group == "baselines"]
    if baselines:
        best = max(baselines, key=lambda of: of.by_place["mean"][0].value)
        print(f"\nPoints of AUC above the best baseline ({best.row.name}), the same clips drawn:")
        for of in measured.values():
            if of.row.group in ("recipes", "detectors"):
                print(f"  {of.row.title}: {_percent(difference(of, best, clips))}")


def _percent(estimate: Estimate) -> str:
    return f"{100 * estimate.value:.0f} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"


if __name__ == "__main__":
    torch.set_num_threads(1)  # the networks are small, and a busy machine thanks for it
    main()
