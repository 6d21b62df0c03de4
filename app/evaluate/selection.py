"""Of which clips the pictures are: those of one machine type, in one corpus."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mimimi.evaluation import Evaluation, ScoredClip
from mimimi.evaluation.figures import Summary
from texts.formats import plain


@dataclass(frozen=True)
class Shown:
    """Clips that count, of one type and corpus, and the figures of that corpus."""

    clips: list[ScoredClip]
    given: Summary  # with the machine id given
    inferred: Summary  # with the id inferred by the detector


def choose(evaluation: Evaluation) -> Shown | None:
    """Ask, where there are several; None where no clip counts."""
    places = [
        (summary.corpus, str(group.machine_type))
        for summary in evaluation.summaries
        if summary.machine_id_given
        for group in summary.types
    ]
    if not places:
        return None
    several = len({corpus for corpus, _ in places}) > 1
    named = {f"{kind}, {corpus}" if several else kind: (corpus, kind) for corpus, kind in places}
    name = next(iter(named))
    if len(named) > 1:
        name = st.segmented_control(
            "Recordings and pictures of",
            list(named),
            default=name,
            format_func=plain,
            required=True,
        )
    corpus, kind = named[name]
    given, inferred = (summary for summary in evaluation.summaries if summary.corpus == corpus)
    clips = [clip for clip in evaluation.corpora[corpus] if clip.recording.machine_type == kind]
    return Shown(clips, given, inferred)
