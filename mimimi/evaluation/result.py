"""`Evaluation`: judged clips, and the figures that follow from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.figures import Summary, summarise
from mimimi.evaluation.table import table


@dataclass(frozen=True)
class Evaluation:
    """Every clip with its scores, and the figures that follow from them.

    Left out of all figures: clips that the detector was trained on, clips that could not be
    judged, and machines that it does not know. Clips behind its thresholds count in AUC and pAUC,
    but not in the rates at the threshold that was fitted to them.

    Evaluations of several machine types add up: `Evaluation(a.clips + b.clips, a.unknown +
    b.unknown)` has the figures over both.
    """

    clips: list[ScoredClip]
    unknown: Counter[str]  # recordings left out, by machine ("fan id_08") the detector never met

    @cached_property
    def corpora(self) -> dict[str, list[ScoredClip]]:
        """The clips that count, by the corpus they come from."""
        found: dict[str, list[ScoredClip]] = {}
        for clip in self.clips:
            if clip.counts:
                found.setdefault(clip.recording.corpus, []).append(clip)
        return dict(sorted(found.items()))

    @cached_property
    def summaries(self) -> list[Summary]:
        """For each corpus the figures with the machine's id given, then with it inferred."""
        return [
            summarise(corpus, clips, given)
            for corpus, clips in self.corpora.items()
            for given in (True, False)
        ]

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON types; a figure that does not exist is None."""
        return {
            "trained_on_clips": sum(clip.trained_on for clip in self.clips),
            "calibration_clips": sum(clip.calibrated_on and clip.counts for clip in self.clips),
            "failed_clips": sum(clip.error is not None for clip in self.clips),
            "unknown_machines": dict(self.unknown),
            "summaries": [asdict(summary) for summary in self.summaries],
            "clips": [clip.as_dict() for clip in self.clips],
        }

    def as_table(self) -> str:
        """The evaluation as plain text for a terminal."""
        return table(self.as_dict())
