"""A recording as a detector judged it: plain data behind every figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mimimi.data.index import Recording
from mimimi.data.told_apart import told_apart
from mimimi.memory import State


@dataclass(frozen=True)
class Judgement:
    """What the detector said of a clip."""

    machine_id: str
    score: float  # higher = more unusual
    threshold: float  # from normal recordings
    youden_threshold: float | None = None  # of Youden's J, where the detector has one
    state: State | None = None  # of the machine, within which it was judged

    @property
    def is_anomalous(self) -> bool:
        """At the detector's threshold."""
        return self.score > self.threshold

    @property
    def above_youden(self) -> bool | None:
        """At the threshold of Youden's J."""
        return None if self.youden_threshold is None else self.score > self.youden_threshold


@dataclass(frozen=True)
class ScoredClip:
    """One recording, judged with its machine's id given and with it inferred, or an error."""

    recording: Recording
    given: Judgement | None = None
    inferred: Judgement | None = None
    by_id: Mapping[str, float] = field(default_factory=dict)  # its score as each known machine
    trained_on: bool = False  # the detector's weights come from it
    calibrated_on: bool = False  # the detector's thresholds come from it
    error: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the clip may enter a figure."""
        return self.error is None and not self.trained_on

    @property
    def counts_at_threshold(self) -> bool:
        """Whether it may enter a rate at the threshold, which normal recordings alone are behind.

        Youden's threshold has seen anomalous ones too: there no clip of the calibration set counts.
        """
        return self.counts and not (self.calibrated_on and self.is_normal)

    @property
    def machine(self) -> str:
        """Its machine in full, such as "fan id_00"."""
        return self.recording.machine

    @property
    def is_normal(self) -> bool:
        """Whether its label says so."""
        return self.recording.label == "normal"

    def judgement(self, id_given: bool) -> Judgement:
        """The judgement in one of the two modes.

        Raises:
            ValueError: the clip could not be judged.
        """
        judgement = self.given if id_given else self.inferred
        if judgement is None:
            raise ValueError(f"{self.recording.path} was not judged: {self.error}")
        return judgement

    def as_dict(self) -> dict[str, Any]:
        """The clip as JSON types, in one flat row."""
        recording, given, inferred = self.recording, self.given, self.inferred
        return {
            "file": str(recording.path),
            "corpus": recording.corpus,
            "machine_type": recording.machine_type,
            "machine_id": recording.machine_id,
            "split": recording.split,
            "label": recording.label,
            "fault": recording.fault,
            "score_id_given": given and given.score,
            "threshold_id_given": given and given.threshold,
            "is_anomalous_id_given": given and given.is_anomalous,
            "score_id_inferred": inferred and inferred.score,
            "threshold_id_inferred": inferred and inferred.threshold,
            "is_anomalous_id_inferred": inferred and inferred.is_anomalous,
            "inferred_id": inferred and inferred.machine_id,
            "trained_on": self.trained_on,
            "calibrated_on": self.calibrated_on,
            "error": self.error,
            "state": given and given.state,
        }


def names(clips: Sequence[ScoredClip]) -> list[str]:
    """What clips are called in a list, so that those of one name can be told apart."""
    return told_apart([str(clip.recording.path) for clip in clips])


def by_id(clips: Iterable[ScoredClip], machine_type: str) -> dict[str, list[ScoredClip]]:
    """The clips of a machine type, by the id of their machine, sorted by it."""
    machines: dict[str, list[ScoredClip]] = {}
    for clip in sorted(clips, key=lambda clip: clip.machine):
        if clip.recording.machine_type == machine_type:
            machines.setdefault(clip.recording.machine_id, []).append(clip)
    return machines
