"""An evaluation as plain, aligned text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

HEADER = ("machine", "normal", "anomalous", "AUC", "pAUC", "false alarms", "detected")


def table(evaluation: dict[str, Any]) -> str:
    """Lay out what `mimimi.evaluation.Evaluation.as_dict` gives, for a terminal.

    Brackets hold 95 % bootstrap intervals over recordings.
    """
    parts = [_summary(summary) for summary in evaluation["summaries"]]
    if not parts:
        parts = ["No figures: no recording is left to count."]
    return "\n\n".join([*parts, "\n".join(_notes(evaluation))]).rstrip()


def _summary(summary: dict[str, Any]) -> str:
    mode = "given" if summary["machine_id_given"] else "guessed (weaker)"
    rows = [HEADER, *(_row(figures) for figures in [*summary["machines"], summary["overall"]])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    pattern = "  ".join([f"{{:<{widths[0]}}}", *(f"{{:>{width}}}" for width in widths[1:])])
    lines = [pattern.format(*row) for row in rows]
    lines.insert(-1, "-" * len(lines[0]))
    lines.append(
        f"mean over {summary['machines_in_mean']} machines; "
        f"best {summary['best_machine'] or 'n/a'}; "
        f"AUC from {_number(summary['lowest_auc'])} to {_number(summary['highest_auc'])}; "
        f"pooled AUC {_number(summary['pooled_auc'])}"
    )
    overall = summary["overall"]
    if overall["youden_anomalous"]:
        lines.append(
            "at the threshold of Youden's J, on recordings it was not fitted to: false alarms "
            f"{_share(overall['youden_false_alarm_rate'], overall['youden_normal'])}, detected "
            f"{_share(overall['youden_detection_rate'], overall['youden_anomalous'])}"
        )
    if not summary["machine_id_given"]:
        lines.append(f"machine guessed right: {_number(summary['id_accuracy'])} of normal clips")
    return "\n".join([f"{summary['corpus']}, machine id {mode}", *lines])


def _row(figures: dict[str, Any]) -> Sequence[str]:
    return (
        figures["machine"],
        str(figures["normal"]),
        str(figures["anomalous"]),
        _estimate(figures["auc"]),
        _estimate(figures["pauc"]),
        _share(figures["false_alarm_rate"], figures["threshold_normal"]),
        _share(figures["detection_rate"], figures["anomalous"]),
    )


def _notes(evaluation: dict[str, Any]) -> list[str]:
    notes = ["pAUC: false-alarm rates up to 0.1; [ ]: 95 % bootstrap interval over recordings."]
    if count := evaluation["calibration_clips"]:
        notes.append(
            f"Clips behind the thresholds: {count}; in AUC and pAUC, left out of the rates at the "
            "threshold they are behind."
        )
    if count := evaluation["learnt_clips"]:
        notes.append(f"Clips the detector has learnt from: {count}; left out of all figures.")
    for machine, count in evaluation["unknown_machines"].items():
        notes.append(f"{machine} is unknown to the detector: {count} clips left out.")
    if count := evaluation["failed_clips"]:
        notes.append(f"Clips that could not be judged: {count}; left out of all figures:")
        notes += [f"  {clip['error']}" for clip in evaluation["clips"] if clip["error"]]
    return notes


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


def _estimate(estimate: dict[str, float] | None) -> str:
    if estimate is None:
        return "n/a"
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _share(rate: float | None, count: int) -> str:
    return "n/a" if rate is None else f"{rate:.3f} of {count}"
