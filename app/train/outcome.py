"""What a finished run says of itself: how well it finds faults, where faulty recordings were."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from mimimi import jobs
from texts import on_train


def show(job: jobs.Job) -> None:
    """The figures that the run has found by itself, on recordings that it was not trained on."""
    if job.state != "finished":
        return
    st.markdown("#### How well does it find faults?")
    try:
        evaluation = json.loads((job.folder / "evaluation.json").read_text(encoding="utf-8"))
        rows = [
            _row(summary["corpus"], machine)
            for summary in evaluation["summaries"]
            if summary["machine_id_given"]
            for machine in summary["machines"]
        ]
    except (OSError, ValueError, LookupError, TypeError):
        st.markdown(on_train.NOBODY_KNOWS)
        return
    st.dataframe(
        {name: [row[name] for row in rows] for name in rows[0]} if rows else {},
        column_config={
            "AUC": st.column_config.NumberColumn(format="%.3f", help=on_train.HELP_OF_AUC),
            "pAUC": st.column_config.NumberColumn(format="%.3f", help=on_train.HELP_OF_PAUC),
        },
        hide_index=True,
    )
    st.caption(on_train.WHERE_FIGURES_COME_FROM)


def _row(corpus: str, figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "machine": figures["machine"],
        "recordings": corpus,
        "normal": figures["normal"],
        "faulty": figures["anomalous"],
        "AUC": (figures["auc"] or {}).get("value"),
        "pAUC": (figures["pauc"] or {}).get("value"),
    }
