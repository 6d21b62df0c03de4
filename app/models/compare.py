"""Several detectors side by side, by the figures that they report themselves."""

from __future__ import annotations

import streamlit as st

from charts.comparison import comparison
from mimimi.detector.publishing.about import Row
from mimimi.detector.publishing.about import figures as reported
from mimimi.estimate import Estimate
from state import detectors, keys
from state.detectors import Known
from texts import on_models
from widgets import figures

_INFERRED = "inferred by the detector"


def show(several: list[Known]) -> None:
    """How well each of them tells faults, as they report it; simulated machines apart."""
    st.subheader("How well they find faults", anchor=False)
    if not any(row.auc for one in several for row in _rows(one)):
        st.info(on_models.NOTHING_TO_COMPARE, icon=":material/info:")
        st.page_link("evaluate/page.py", label=on_models.TRY_ONE, icon=":material/fact_check:")
        return
    given = st.segmented_control(
        "The machine's id is", ["given", _INFERRED], default="given", key=keys.COMPARE_BY
    )
    for title, simulated in ((on_models.REAL, False), (on_models.SIMULATED, True)):
        by_detector = {
            chosen.label: _aucs(chosen, given != _INFERRED, simulated) for chosen in several
        }
        by_detector = {label: found for label, found in by_detector.items() if found}
        if by_detector:
            st.markdown(f"### {title}")
            _compare(by_detector, "simulated" if simulated else "real")
    st.caption(on_models.WHAT_IS_COMPARED)


def _compare(by_detector: dict[str, dict[str, Estimate]], key: str) -> None:
    figures.show(comparison(by_detector), keys.of("comparison", key), "none")
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


def _rows(chosen: Known) -> list[Row]:
    return [row for summary in reported(detectors.about(chosen)) for row in summary.machines]


def _aucs(chosen: Known, given: bool, simulated: bool) -> dict[str, Estimate]:
    return {
        f"{row.machine.removeprefix(chosen.machine_type).strip()}, {summary.corpus}": row.auc
        for summary in reported(detectors.about(chosen))
        if summary.machine_id_given is given and (summary.corpus == "simulated") is simulated
        for row in summary.machines
        if row.auc
    }
