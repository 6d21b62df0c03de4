"""Several detectors side by side, by the figures that they report themselves."""

from __future__ import annotations

import streamlit as st

from charts.comparison import comparison
from mimimi.detector.publishing.about import figures as reported
from mimimi.estimate import Estimate
from state import detectors, keys
from state.detectors import Known
from texts import on_models
from widgets import figures

_INFERRED = "inferred by the detector"


def show(several: list[Known]) -> None:
    """How well each of them tells faults, as they report it themselves."""
    st.subheader("How well they tell faults from normal running", anchor=False)
    given = st.segmented_control(
        "The machine's id is", ["given", _INFERRED], default="given", key=keys.COMPARE_BY
    )
    by_detector = {chosen.label: _aucs(chosen, given != _INFERRED) for chosen in several}
    by_detector = {label: found for label, found in by_detector.items() if found}
    if not by_detector:
        st.info(on_models.NOTHING_TO_COMPARE, icon=":material/info:")
        return
    figures.show(comparison(by_detector), "comparison", "none")
    st.caption(on_models.WHAT_IS_COMPARED)
    machines = dict.fromkeys(name for found in by_detector.values() for name in found)
    with st.expander("As a table"):
        st.dataframe(
            {"machine": list(machines)}
            | {
                label: [str(found[name]) if name in found else "" for name in machines]
                for label, found in by_detector.items()
            },
            hide_index=True,
        )


def _aucs(chosen: Known, given: bool) -> dict[str, Estimate]:
    return {
        f"{row.machine.removeprefix(chosen.machine_type).strip()}, {summary.corpus}": row.auc
        for summary in reported(detectors.about(chosen))
        if summary.machine_id_given is given
        for row in summary.machines
        if row.auc
    }
