"""ROC curves, and which machine was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts import evaluation
from mimimi.evaluation import ScoredClip
from mimimi.evaluation.clips import by_id
from mimimi.evaluation.figures import Summary
from mimimi.evaluation.pictures.plots import curves_of_type
from widgets.figure import draw


def show(clips: Sequence[ScoredClip], given: Summary, found: Summary) -> None:
    """The pictures of one machine type's clips.

    Args:
        clips: that count, of one type and corpus.
        given: the figures of that corpus, machine id given.
        found: those with the machine id found by the detector.
    """
    kind = clips[0].recording.machine_type
    curve, matrix = st.columns(2)
    of_type = next(figures for figures in given.types if figures.machine_type == kind)
    with curve:
        st.markdown("##### Found against false alarms")
        if of_type.auc:
            curves, mean = curves_of_type(by_id(clips, kind), given, of_type.auc)
            draw(evaluation.roc(curves, mean), "roc")
        else:
            st.caption("No machine has normal and anomalous clips.")
    inferred = {
        figures.machine_id: figures.inferred_ids
        for figures in found.machines
        if figures.machine_type == kind and figures.inferred_ids
    }
    with matrix:
        st.markdown("##### Which machine was it taken for?")
        if inferred:
            draw(evaluation.ids(inferred), "ids")
            st.caption("Normal clips of each machine, where the detector had to find the id.")
        else:
            st.caption("There are no normal clips.")
