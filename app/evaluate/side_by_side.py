"""Two detectors on the same recordings, machine by machine."""

from __future__ import annotations

import streamlit as st

from evaluate.trial import Tried
from state import detectors
from texts import on_evaluate
from texts.formats import plain


def show(tried: Tried) -> None:
    """A table, where two were tried."""
    if tried.beside is None:
        return
    from mimimi.evaluation.paired import compare

    known = detectors.known()
    names = [tried.detectors[0], tried.beside[0]]
    one, other = (known[name].label if name in known else name for name in names)
    rows = compare(tried.evaluation, tried.beside[1])
    st.markdown(f"### {plain(one)} and {plain(other)} side by side")
    st.dataframe(
        [
            {
                "machine": row.machine,
                f"AUC, {one}": f"{row.auc[0]:.2f}" if row.auc else on_evaluate.TOO_FEW,
                f"AUC, {other}": f"{row.auc[1]:.2f}" if row.auc else on_evaluate.TOO_FEW,
                "difference": str(row.difference) if row.difference else "",
                f"found, {one}": on_evaluate.of_all(row.found[0], row.anomalous),
                f"found, {other}": on_evaluate.of_all(row.found[1], row.anomalous),
                f"false alarms, {one}": on_evaluate.of_all(row.false_alarms[0], row.told_by),
                f"false alarms, {other}": on_evaluate.of_all(row.false_alarms[1], row.told_by),
            }
            for row in rows
        ],
        hide_index=True,
        key="side_by_side",
    )
    st.caption(on_evaluate.WHAT_IS_COMPARED)
