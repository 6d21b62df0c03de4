"""A detector and labelled recordings in, judged clips out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Protocol, TypeVar

from mimimi import audio
from mimimi.data.index import Recording
from mimimi.detector.verdict import Verdict
from mimimi.errors import CorpusError, UserError
from mimimi.evaluation.clips import Judgement, ScoredClip
from mimimi.evaluation.result import Evaluation

Measured = TypeVar("Measured")


class Judge(Protocol[Measured]):
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

    def measure(self, waveform: audio.Waveform, /) -> Measured:
        """Score a recording under every id."""

    def judge(self, measured: Measured, /, machine_id: str | None = None) -> Verdict:
        """Decide, as the machine given or as the most similar one."""


def evaluate(
    detector: Judge[Measured],
    recordings: Iterable[Recording],
    *,
    split: str | None = None,
    on_clip: Callable[[ScoredClip, int, int], None] | None = None,
) -> Evaluation:
    """Let a detector judge labelled recordings twice: with the machine's id given, and guessed.

    Each recording is decoded and measured once.

    Args:
        detector: judges one type of machine; recordings of other types are passed over.
        recordings: as `mimimi.data.index.index` lists them.
        split: "test", "dev", ...; by default all but "train".
        on_clip: called after each clip with it, the number of clips done, and that of all.

    Raises:
        CorpusError: there is nothing to judge in that split.

    Example::

        recordings = index(["data"], detector.machine_type)
        print(evaluate(detector, recordings, split="dev").as_table())
    """
    known, unknown = to_judge(detector, recordings, split)
    clips: list[ScoredClip] = []
    for recording in known:
        clips.append(score(detector, recording))
        if on_clip:
            on_clip(clips[-1], len(clips), len(known))
    return Evaluation(clips, unknown)


def to_judge(
    detector: Judge[Measured], recordings: Iterable[Recording], split: str | None = None
) -> tuple[list[Recording], Counter[str]]:
    """The recordings that `evaluate` judges, and how many it leaves out, by machine.

    Raises:
        CorpusError: there is nothing to judge in that split.
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
    return known, Counter(r.machine for r in asked if r.machine_id not in detector.ids)


def score(detector: Judge[Measured], recording: Recording) -> ScoredClip:
    """Judge one recording, both ways; what cannot be judged says why."""
    try:
        measured = detector.measure(audio.read(recording.path))
        as_each = {name: detector.judge(measured, machine_id=name) for name in detector.ids}
        guessed = detector.judge(measured)
    except UserError as error:
        return ScoredClip(recording, error=str(error))
    name = audio.recording_hash(recording.path)
    return ScoredClip(
        recording,
        given=_judgement(as_each[recording.machine_id]),
        guessed=_judgement(guessed),
        by_id={name: _judgement(verdict).score for name, verdict in as_each.items()},
        learnt=name in detector.learnt,
        calibrated=name in detector.calibrated,
    )


def _judgement(verdict: Verdict) -> Judgement:
    if verdict.machine_id is None or verdict.score is None or verdict.threshold is None:
        raise ValueError(f"{verdict.file}: a verdict without machine, score or threshold.")
    return Judgement(verdict.machine_id, verdict.score, verdict.threshold, verdict.youden_threshold)
