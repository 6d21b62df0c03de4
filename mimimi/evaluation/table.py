"""An evaluation as plain, aligned text for a terminal of 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from mimimi.evaluation.metrics import ENOUGH_FOR_INTERVAL, enough_for_interval

WIDTH = 100
RANKING = ("machine", "normal", "anomalous", "AUC", "pAUC")
DECISIONS = ("at the threshold", "false alarms", "detected", "precision", "recall", "F1")


def table(evaluation: dict[str, Any]) -> str:
    """Lay out what `mimimi.evaluation.Evaluation.as_dict` gives.

    Brackets hold 95 % bootstrap intervals over recordings.
    """
    parts = [part for summary in evaluation["summaries"] for part in _summary(summary)]
    if not parts:
        parts = ["No figures: no recording is left to count."]
    remarks = [textwrap.fill(note, WIDTH) for note in notes(evaluation)]
    failed = [f"  {clip['error']}" for clip in evaluation["clips"] if clip["error"]]
    return "\n\n".join([*parts, "\n".join([*remarks, *failed])])


def _summary(summary: dict[str, Any]) -> list[str]:
    mode = "given" if summary["machine_id_given"] else "inferred (less reliable)"
    overall, types = summary["overall"], summary["types"]
    groups = [*types, overall] if len(types) > 1 else types
    ranking = _aligned(
        RANKING,
        [_ranking(figures) for figures in summary["machines"]],
        [_ranking(figures) for figures in groups],
    )
    decided = _aligned(
        DECISIONS,
        [
            _decisions(figures["machine"], figures["at_threshold"])
            for figures in summary["machines"]
        ],
        [_decisions(_all_of(group), group["at_threshold"]) for group in groups]
        + [
            _decisions(f"{_all_of(group)}, Youden's J", group["at_youden"])
            for group in groups
            if group["at_youden"]
        ],
    )
    about = [_about(group) for group in groups]
    parts = ["\n".join([f"{summary['corpus']}, machine id {mode}", *ranking, *about])]
    parts.append("\n".join(decided))
    if not summary["machine_id_given"]:
        parts += [_ids(group, summary["machines"]) for group in types]
    return parts


def _aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], totals: Sequence[Sequence[str]]
) -> list[str]:
    everything = [header, *rows, *totals]
    widths = [max(len(row[column]) for row in everything) for column in range(len(header))]
    pattern = "  ".join([f"{{:<{widths[0]}}}", *(f"{{:>{width}}}" for width in widths[1:])])
    lines = [pattern.format(*row) for row in everything]
    return [*lines[: len(rows) + 1], "-" * len(lines[0]), *lines[len(rows) + 1 :]]


def _ranking(figures: dict[str, Any]) -> Sequence[str]:
    return (
        figures["machine"],
        str(figures["normal"]),
        str(figures["anomalous"]),
        estimate_text(figures["auc"], 3, figures),
        estimate_text(figures["pauc"], 3, figures),
    )


def _decisions(name: str, decisions: dict[str, Any]) -> Sequence[str]:
    counts = decisions["confusion"]
    return (
        name,
        count_text(counts["false_alarms"], counts["normal_passed"]),
        count_text(counts["detected"], counts["missed"]),
        *(
            estimate_text(decisions[rate], 2, sides(counts))
            for rate in ("precision", "recall", "f1")
        ),
    )


def sides(counts: dict[str, int]) -> dict[str, int]:
    """How many clips of either kind decisions were made on."""
    return {
        "normal": counts["normal_passed"] + counts["false_alarms"],
        "anomalous": counts["missed"] + counts["detected"],
    }


def _all_of(group: dict[str, Any]) -> str:
    kind: str | None = group["machine_type"]
    return kind or "all types"


def _about(group: dict[str, Any]) -> str:
    """The best machine and the range, in a line."""
    return (
        f"{group['machine']} over {group['machines_in_mean']} machines; "
        f"best {group['best_machine'] or 'n/a'}; "
        f"AUC {number_text(group['lowest_auc'])} to {number_text(group['highest_auc'])}; "
        f"pooled AUC {number_text(group['pooled_auc'])}"
    )


def _ids(group: dict[str, Any], machines: Sequence[dict[str, Any]]) -> str:
    """The confusion matrix of a type's ids on normal clips, where it fits."""
    kind = group["machine_type"]
    rows = [m for m in machines if m["machine_type"] == kind and m["inferred_ids"]]
    columns = sorted({machine_id for row in rows for machine_id in row["inferred_ids"]})
    right = number_text(group["id_accuracy"])
    head = f"{kind}, machine inferred correctly: {right} of the normal clips"
    width = max((len(row["machine"]) for row in rows), default=0) + 9
    if width + sum(len(column) + 2 for column in columns) > WIDTH:
        return f"{head}; the matrix of ids is in the JSON."
    header = [f"{'inferred as':<{width}}", *columns]
    lines = [
        [f"{row['machine']:<{width}}", *(str(row["inferred_ids"].get(c, ".")) for c in columns)]
        for row in rows
    ]
    matrix = [
        "  ".join(cell.rjust(len(title)) for cell, title in zip(line, header, strict=True))
        for line in [header, *lines]
    ]
    return "\n".join([head, *matrix])


def notes(evaluation: dict[str, Any]) -> list[str]:
    """What must be known to read the figures, a note an entry, and what was left out of them."""
    said = [
        "pAUC: false-alarm rates up to 0.1. [ ]: 95 % bootstrap interval over recordings; none "
        f"where there are fewer than {ENOUGH_FOR_INTERVAL} normal or anomalous ones."
    ]
    if count := evaluation["calibration_clips"]:
        said += [
            f"Clips behind the thresholds: {count}; in AUC and pAUC, not in what is said of the "
            "threshold they are behind.",
            "Where no other normal clips are left, false alarms, precision and F1 are n/a.",
        ]
    return said + left_out(evaluation)


def left_out(evaluation: dict[str, Any]) -> list[str]:
    """What does not count, a note an entry."""
    said = []
    if count := evaluation["trained_on_clips"]:
        said.append(f"Clips the detector was trained on: {count}; left out of all figures.")
    for machine, count in evaluation["unknown_machines"].items():
        said.append(f"{machine} is unknown to the detector: {count} clips left out.")
    if count := evaluation["failed_clips"]:
        said.append(f"Clips that could not be judged: {count}; left out of all figures.")
    return said


def number_text(value: float | None) -> str:
    """Three digits, or that there is no such figure."""
    return "n/a" if value is None else f"{value:.3f}"


def estimate_text(
    estimate: dict[str, float] | None, digits: int, of: dict[str, Any] | None = None
) -> str:
    """A figure and its interval; of a handful of clips without one, which would promise too much.

    Args:
        estimate: the figure.
        digits: of it.
        of: the figures it is one of, where it is to be seen from how many clips it comes.

    Example:
        >>> estimate_text({"value": 0.75, "low": 0.5, "high": 1.0}, digits=2)
        '0.75 [0.50, 1.00]'
        >>> few = {"normal": 2, "anomalous": 9}
        >>> estimate_text({"value": 1.0, "low": 1.0, "high": 1.0}, digits=2, of=few)
        '1.00'
    """
    if estimate is None:
        return "n/a"
    value, low, high = (f"{estimate[key]:.{digits}f}" for key in ("value", "low", "high"))
    few = of and not enough_for_interval(of["normal"], of["anomalous"])
    return value if few else f"{value} [{low}, {high}]"


def count_text(some: int, others: int) -> str:
    """Some of all, or that there are none."""
    return f"{some}/{some + others}" if some + others else "n/a"
