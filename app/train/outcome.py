"""What a finished run says of itself: how well it finds faults, and what its threshold promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import streamlit as st

from mimimi import jobs
from mimimi.evaluation.metrics import enough_for_interval
from texts import on_train


def show(job: jobs.Job) -> None:
    """The figures that the run has found by itself, on recordings that it was not trained on."""
    if job.state != "finished":
        return
    st.markdown("## How well does it find faults?")
    try:
        rows = list(_rows(json.loads((job.folder / "evaluation.json").read_bytes())))
    except (OSError, ValueError, LookupError, TypeError):
        rows = []
    if rows:
        st.dataframe(
            {name: [row[name] for row in rows] for name in rows[0]},
            column_config={
                "AUC": st.column_config.NumberColumn(format="%.3f", help=on_train.HELP_OF_AUC),
                "false alarms": st.column_config.Column(help=on_train.HELP_OF_FALSE_ALARMS),
            },
            hide_index=True,
        )
        st.caption(on_train.WHERE_FIGURES_COME_FROM)
    else:
        st.markdown(on_train.NOBODY_KNOWS)
    if (behind := _behind_threshold(job)) is not None:
        st.markdown(on_train.false_alarms(behind))


def _rows(evaluation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for summary in evaluation["summaries"]:
        if summary["machine_id_given"]:
            for machine in summary["machines"]:
                yield _row(summary["corpus"], machine)


def _row(corpus: str, figures: dict[str, Any]) -> dict[str, Any]:
    counts = figures["at_threshold"]["confusion"]
    enough = enough_for_interval(figures["normal"], figures["anomalous"])
    return {
        "machine": figures["machine"],
        "recordings": corpus,
        "faults found": _of(counts["detected"], counts["missed"]),
        "false alarms": _of(counts["false_alarms"], counts["normal_passed"]),
        "AUC": (figures["auc"] or {}).get("value") if enough else None,
    }


def _of(some: int, others: int) -> str:
    return f"{some} of {some + others}" if some + others else "none to tell by"


def _behind_threshold(job: jobs.Job) -> int | None:
    """Normal recordings behind the threshold of the machine with the fewest."""
    try:
        config = json.loads((job.folder / "config.json").read_bytes())
        return min(
            int(entry["recordings"])
            for entry in config["thresholds"]
            if (entry["kind"], entry["mode"]) == ("conformal", "given")
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None
