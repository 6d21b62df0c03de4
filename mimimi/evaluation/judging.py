"""A detector and labelled recordings in, judged clips out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mimimi import audio
from mimimi.data.index import Recording
from mimimi.detector.verdict import Verdict
from mimimi.errors import CorpusError, UserError
from mimimi.evaluation.clips import Judgement, ScoredClip
from mimimi.evaluation.result import Evaluation
from mimimi.features.fingerprint import fingerprint, is_among, is_sha256

if TYPE_CHECKING:  # for both the page's first screen does not wait
    from mimimi.detector.config import DetectorConfig
    from mimimi.detector.measurement import Measurement


class Judge(Protocol):
    """What an evaluation needs of a detector."""

    @property
    def machine_type(self) -> str:
        """The only type of machine it judges."""

    @property
    def ids(self) -> Sequence[str]:
        """The machines of that type that it knows."""

    @property
    def config(self) -> DetectorConfig:
        """What it was trained and calibrated on."""

    def channel(self) -> audio.Channel:
        """What is heard of recordings of several channels."""

    def measure(self, waveform: audio.Waveform, /) -> Measurement:
        """Score a recording under every id."""

    def judge(self, measured: Measurement, /, machine_id: str | None = None) -> Verdict:
        """Decide, as the machine given or as the most similar one."""


def evaluate(
    detector: Judge,
    recordings: Iterable[Recording],
    *,
    split: str | None = None,
    on_clip: Callable[[ScoredClip, int, int], None] | None = None,
) -> Evaluation:
    """Let a detector judge labelled recordings twice: with the machine's id given, and inferred.

    Each recording is decoded and measured once.

    Args:
        detector: judges one type of machine; recordings of other types are passed over.
        recordings: as `mimimi.data.index.index` lists them.
        split: "test", "dev", ...; by default all. What the detector was trained on never counts.
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
    detector: Judge, recordings: Iterable[Recording], split: str | None = None
) -> tuple[list[Recording], Counter[str]]:
    """The recordings that `evaluate` judges, and how many it leaves out, by machine.

    Raises:
        CorpusError: there is nothing to judge in that split.
    """
    of_type = [r for r in recordings if r.machine_type == detector.machine_type]
    asked = [r for r in of_type if split in (None, r.split)]
    if not asked:
        there = ", ".join(sorted({r.split for r in of_type})) or "none at all"
        where = f" in split {split!r}; the splits there are: {there}" if split else ""
        raise CorpusError(f"No {detector.machine_type} recordings to evaluate{where}.")
    known = [r for r in asked if r.machine_id in detector.ids]
    return known, Counter(r.machine for r in asked if r.machine_id not in detector.ids)


def score(detector: Judge, recording: Recording) -> ScoredClip:
    """Judge one recording, both ways; what cannot be judged says why."""
    try:
        waveform = audio.read(recording.path, channel=detector.channel())
        # A file of a data set's training split mostly is one: to judge it would be in vain.
        if is_known(detector.config.trained_on, fingerprint(waveform.samples), recording.path):
            return ScoredClip(recording, trained_on=True)
        return judged(detector, recording, detector.measure(waveform))
    except UserError as error:
        return ScoredClip(recording, error=str(error))


def judged(detector: Judge, recording: Recording, measured: Measurement) -> ScoredClip:
    """Judge a recording that was measured, both ways.

    Raises:
        DetectorError: its scores are no numbers.
    """
    as_each = {name: detector.judge(measured, machine_id=name) for name in detector.ids}
    config = detector.config
    return ScoredClip(
        recording,
        given=_judgement(as_each[recording.machine_id]),
        inferred=_judgement(detector.judge(measured)),
        by_id={name: _judgement(verdict).score for name, verdict in as_each.items()},
        trained_on=is_known(config.trained_on, measured.fingerprint, recording.path),
        calibrated_on=is_known(config.calibrated_on, measured.fingerprint, recording.path),
    )


def is_known(fingerprints: Set[str], sound: str, path: Path) -> bool:
    """Whether a recording is among those that a detector was made from, by its sound.

    Detectors of format 2 knew recordings by the SHA-256 of their files.

    Args:
        fingerprints: of those recordings.
        sound: the fingerprint of this one.
        path: of this one.
    """
    if is_among(sound, fingerprints):
        return True
    return any(map(is_sha256, fingerprints)) and audio.recording_hash(path) in fingerprints


def _judgement(verdict: Verdict) -> Judgement:
    if verdict.machine_id is None or verdict.score is None or verdict.threshold is None:
        raise ValueError(f"{verdict.file}: a verdict without machine, score or threshold.")
    return Judgement(
        verdict.machine_id,
        verdict.score,
        verdict.threshold,
        verdict.youden_threshold,
        verdict.state,
    )
