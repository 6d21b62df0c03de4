"""From kept scores to the accuracy table: machine by machine, type by type, and over the types."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.clips import Clips, Row, Scores
from mimimi.estimate import Estimate
from mimimi.evaluation.figures import MAX_FPR
from mimimi.evaluation.metrics import Resampled, auc, mean, resample


@dataclass(frozen=True)
class Measured:
    """A row's figures; `by_place` has machines, types ("fan") and "mean": AUC and pAUC."""

    row: Row
    by_seed: Mapping[int, Scores]
    by_place: Mapping[str, tuple[Estimate, Estimate]]
    seed_means: Sequence[float]  # AUC, mean over the types, a seed each

    @classmethod
    def of(cls, row: Row, by_seed: Mapping[int, Scores], clips: Clips) -> Measured:
        """Means over seeds; intervals are over recordings, which are the same for each seed."""
        columns = [_figures(clips, scores) for scores in by_seed.values()]
        by_place = {
            place: (
                mean([column[place][0] for column in columns]).estimate(),
                mean([column[place][1] for column in columns]).estimate(),
            )
            for place in columns[0]
        }
        return cls(row, by_seed, by_place, [column["mean"][0].value for column in columns])


def _figures(clips: Clips, scores: Scores) -> dict[str, tuple[Resampled, Resampled]]:
    """AUC and pAUC of one seed by place."""
    found = {}
    for name in clips.machines:
        normal, anomalous = sides(clips, scores, name)
        if normal and anomalous:
            seed = zlib.crc32(name.encode())  # recordings of different machines are drawn apart
            found[name] = (
                resample(normal, anomalous, seed=seed),
                resample(normal, anomalous, MAX_FPR, seed),
            )
    types = sorted({name.split()[0] for name in found})
    for machine_type in types:
        own = [figures for name, figures in found.items() if name.startswith(f"{machine_type} ")]
        found[machine_type] = mean([a for a, _ in own]), mean([p for _, p in own])
    found["mean"] = mean([found[t][0] for t in types]), mean([found[t][1] for t in types])
    return found


def sides(clips: Clips, scores: Scores, name: str) -> tuple[list[float], list[float]]:
    """A machine's scores of normal and of anomalous clips."""
    found: tuple[list[float], list[float]] = ([], [])
    for recording in clips.report:
        if recording.machine == name:
            found[recording.label == "anomaly"].append(scores[clips.name(recording)])
    return found


def as_text(rows: Sequence[Row], measured: Mapping[str, Measured]) -> str:
    """Two tables, AUC and pAUC, to be read on a wide terminal."""
    if not measured:
        return "nothing was run yet"
    places = list(next(iter(measured.values())).by_place)
    lines = []
    for k, figure in enumerate(("AUC", f"pAUC (false-alarm rates up to {MAX_FPR:g})")):
        lines += ["", f"{figure}, machine id given, in percent"]
        lines += [f"{'':62}" + "".join(f"{_short(place):>5}" for place in places)]
        group = ""
        for row in rows:
            if row.group != group:
                group = row.group
                lines.append(f"{group}:")
            if row.name not in measured:
                lines.append(f"  {row.title:60}  not run")
                continue
            of = measured[row.name]
            cells = "".join(f"{100 * of.by_place[place][k].value:5.0f}" for place in places)
            lines.append(f"  {row.title:60}{cells}  {_said(of, k)}")
    return "\n".join(lines)


def _said(of: Measured, k: int) -> str:
    whole = of.by_place["mean"][k]
    said = f"[{100 * whole.low:.0f}, {100 * whole.high:.0f}]"
    if k == 0 and len(of.seed_means) > 1:
        said += " seeds " + " ".join(f"{100 * value:.0f}" for value in of.seed_means)
    elif of.row.seeds_matter and len(of.seed_means) == 1:
        said += " one seed"
    return said


def _short(place: str) -> str:
    return place.split("_")[-1] if " " in place else place[:4]


def as_csv(rows: Sequence[Row], measured: Mapping[str, Measured]) -> str:
    """A line a row and place, with intervals; a row that was not run has one line that says so."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    figures = [f"{name}{end}" for name in ("auc", "pauc") for end in ("", "_low", "_high")]
    writer.writerow(["group", "row", "title", "seeds", "place", *figures])
    for row in rows:
        of = measured.get(row.name)
        if of is None:
            writer.writerow([row.group, row.name, row.title, 0, "not run", *[""] * 6])
            continue
        for place, pair in of.by_place.items():
            values = [f"{v:.3f}" for e in pair for v in (e.value, e.low, e.high)]
            writer.writerow([row.group, row.name, row.title, len(of.by_seed), place, *values])
    return table.getvalue()


def by_fault(measured: Mapping[str, Measured], clips: Clips) -> Iterator[str]:
    """AUC fault by fault, each against its machine's normal clips, for a corpus that names them."""
    faults = sorted({(r.machine_type, r.fault) for r in clips.report if r.fault})
    if not faults or not measured:
        return
    yield "\nAUC in percent by fault, mean over machines (and spread over seeds, highest - lowest)"
    yield f"{'':34}" + "".join(f"{name:>18}" for name in measured)
    for machine_type, fault in faults:
        cells = ""
        for of in measured.values():
            values = [
                _fault_auc(clips, scores, machine_type, fault) for scores in of.by_seed.values()
            ]
            spread = f" ({100 * (max(values) - min(values)):.0f})" if len(values) > 1 else ""
            cells += f"{f'{100 * np.mean(values):.0f}{spread}':>18}"
        yield f"{machine_type + ', ' + fault:34}{cells}"


def _fault_auc(clips: Clips, scores: Scores, machine_type: str, fault: str) -> float:
    values = []
    for name in (m for m in clips.machines if m.startswith(f"{machine_type} ")):
        faulty = [
            scores[clips.name(r)] for r in clips.report if r.machine == name and r.fault == fault
        ]
        if faulty:
            values.append(auc(sides(clips, scores, name)[0], faulty))
    return float(np.mean(values))
