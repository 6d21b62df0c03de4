"""What a finished run says of itself: how well it finds faults, where faulty recordings were."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from mimimi import jobs


def show(job: jobs.Job) -> None:
    """The figures that the run has found by itself, on recordings that it did not learn from."""
    if job.state != "finished":
        return
    st.markdown("#### How well does it find faults?")
    try:
        evaluation = json.loads((job.folder / "evaluation.json").read_text(encoding="utf-8"))
        rows = [
            _row(s["corpus"], m)
            for s in evaluation["summaries"]
            if s["machine_id_given"]
            for m in s["machines"]
        ]
    except (OSError, ValueError, LookupError, TypeError):
        st.markdown(
            "There were no recordings of faults among those it was given, so nobody knows. Listen "
            "to it for a while before you trust it."
        )
        return
    st.dataframe(
        {name: [row[name] for row in rows] for name in rows[0]} if rows else {},
        column_config={
            "AUC": st.column_config.NumberColumn(
                format="%.3f",
                help="How often a faulty recording is called stranger than a normal one: 0.5 is "
                "chance, 1 is perfect.",
            ),
            "pAUC": st.column_config.NumberColumn(
                format="%.3f", help="The same where at most one in ten normal ones gives alarm."
            ),
        },
        hide_index=True,
    )
    st.caption("On recordings that it did not learn from, with the machine named.")


def _row(corpus: str, figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "machine": figures["machine"],
        "recordings": corpus,
        "normal": figures["normal"],
        "faulty": figures["anomalous"],
        "AUC": (figures["auc"] or {}).get("value"),
        "pAUC": (figures["pauc"] or {}).get("value"),
    }
