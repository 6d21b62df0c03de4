"""ROC curves, and which machine was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts import evaluation
from mimimi.evaluation import ScoredClip
from mimimi.evaluation.clips import by_id
from mimimi.evaluation.figures import Summary
from mimimi.evaluation.pictures.plots import curves_of_type
from texts import on_evaluate
from widgets import figures


def show(clips: Sequence[ScoredClip], given: Summary, inferred: Summary | None) -> None:
    """The pictures of one machine type's clips.

    Args:
        clips: that count, of one type and corpus.
        given: the figures of that corpus, machine id given.
        inferred: those with the machine id inferred by the detector; None: it knows one machine.
    """
    kind = clips[0].recording.machine_type
    curve, matrix = st.columns(2)
    of_type = next(figures for figures in given.types if figures.machine_type == kind)
    with curve:
        st.markdown("#### Faults found against false alarms")
        if of_type.auc:
            curves, mean = curves_of_type(by_id(clips, kind), given, of_type.auc)
            figures.show(evaluation.roc(curves, mean), "evaluation_roc")
        else:
            st.caption(on_evaluate.NO_ROC)
    if inferred is None:
        return
    ids = {
        figures.machine_id: figures.inferred_ids
        for figures in inferred.machines
        if figures.machine_type == kind and figures.inferred_ids
    }
    with matrix:
        st.markdown("#### Which machine was it taken for?")
        if ids:
            figures.show(evaluation.ids(ids), "evaluation_ids")
            st.caption(on_evaluate.WHAT_IDS_SHOW)
        else:
            st.caption(on_evaluate.NO_NORMAL)
