"""Honest figures of a detector on recordings whose labels are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from mimimi.audio import recording_hash
from mimimi.corpus.index import Recording
from mimimi.errors import CorpusError, UserError
from mimimi.evaluation_figures import Judgement, ScoredClip, Summary, summarise
from mimimi.evaluation_table import table
from mimimi.verdict import Verdict


class Judge(Protocol):
    """What an evaluation needs of a detector."""

    @property
    def machine_type(self) -> str:
        """The only type of machine it judges."""

    @property
    def ids(self) -> Sequence[str]:
        """The machines of that type that it knows."""

    @property
    def learnt(self) -> Set[str]:
        """Hashes of the recordings behind its weights: trained on, or watched for patience."""

    @property
    def calibrated(self) -> Set[str]:
        """Hashes of the recordings behind its thresholds."""

    def analyse(self, source: Path, /, machine_id: str | None = None) -> Verdict:
        """Judge one recording, as the machine given or as the most similar one."""


@dataclass(frozen=True)
class Evaluation:
    """Every clip with its scores, and the figures that follow from them.

    Left out of all figures: clips that the detector has learnt from, clips that could not be
    judged, and machines that it does not know. Clips behind its thresholds count in AUC and pAUC,
    but not in the rates at the threshold, which was fitted to them.

    Evaluations of several machine types add up: `Evaluation(a.clips + b.clips, a.unknown +
    b.unknown)` has the figures over both.
    """

    clips: list[ScoredClip]
    unknown: Counter[str]  # recordings left out, by machine ("fan id_08") the detector never met

    @cached_property
    def summaries(self) -> list[Summary]:
        """For each corpus the figures with the machine's id given, then with it guessed."""
        judged = [clip for clip in self.clips if clip.counts]
        return [
            summarise(corpus, [c for c in judged if c.recording.corpus == corpus], given)
            for corpus in sorted({clip.recording.corpus for clip in judged})
            for given in (True, False)
        ]

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON types; a figure that does not exist is None."""
        return {
            "learnt_clips": sum(clip.learnt for clip in self.clips),
            "calibration_clips": sum(clip.calibrated and clip.counts for clip in self.clips),
            "failed_clips": sum(clip.error is not None for clip in self.clips),
            "unknown_machines": dict(self.unknown),
            "summaries": [asdict(summary) for summary in self.summaries],
            "clips": [clip.as_dict() for clip in self.clips],
        }

    def as_table(self) -> str:
        """The evaluation as plain text for a terminal."""
        return table(self.as_dict())


def evaluate(
    detector: Judge,
    recordings: Iterable[Recording],
    *,
    split: str | None = None,
    on_clip: Callable[[ScoredClip, int, int], None] | None = None,
) -> Evaluation:
    """Let a detector judge labelled recordings twice: with the machine's id given, and guessed.

    Args:
        detector: judges one type of machine; recordings of other types are passed over.
        recordings: as `mimimi.corpus.index.index` lists them.
        split: "test", "dev", ...; by default all but "train".
        on_clip: called after each clip with it, the number of clips done, and that of all.

    Raises:
        CorpusError: there is nothing to judge in that split.

    Example:
        >>> recordings = index(["data"], detector.machine_type)  # doctest: +SKIP
        >>> print(evaluate(detector, recordings, split="dev").as_table())  # doctest: +SKIP
    """
    of_type = [r for r in recordings if r.machine_type == detector.machine_type]
    asked = [r for r in of_type if (r.split == split if split else r.split != "train")]
    if not asked:
        there = ", ".join(sorted({r.split for r in of_type})) or "none at all"
        raise CorpusError(
            f"No {detector.machine_type} recordings to evaluate "
            f"{f'in split {split!r}' if split else 'outside the training split'}; "
            f"the splits there are: {there}."
        )
    known = [r for r in asked if r.machine_id in detector.ids]
    unknown = Counter(
        f"{r.machine_type} {r.machine_id}" for r in asked if r.machine_id not in detector.ids
    )
    clips: list[ScoredClip] = []
    for recording in known:
        clips.append(_score(detector, recording))
        if on_clip:
            on_clip(clips[-1], len(clips), len(known))
    return Evaluation(clips, unknown)


def _score(detector: Judge, recording: Recording) -> ScoredClip:
    try:
        given = detector.analyse(recording.path, machine_id=recording.machine_id)
        guessed = detector.analyse(recording.path)
    except UserError as error:
        return ScoredClip(recording, error=str(error))
    name = recording_hash(recording.path)
    return ScoredClip(
        recording,
        given=_judgement(given),
        guessed=_judgement(guessed),
        learnt=name in detector.learnt,
        calibrated=name in detector.calibrated,
    )


def _judgement(verdict: Verdict) -> Judgement:
    if verdict.machine_id is None or verdict.score is None or verdict.is_anomalous is None:
        raise ValueError(f"{verdict.file}: a verdict without machine, score or decision.")
    youden = verdict.youden_threshold
    above_youden = None if youden is None else verdict.score > youden
    return Judgement(verdict.machine_id, verdict.score, verdict.is_anomalous, above_youden)
