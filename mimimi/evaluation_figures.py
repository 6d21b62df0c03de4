"""From judged clips to figures: machine by machine, and over the machines of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mimimi.corpus.index import Recording
from mimimi.metrics import Estimate, Metric, auc, bootstrap_interval, mean_with_interval, pauc


@dataclass(frozen=True)
class Judgement:
    """What the detector said of a clip."""

    machine_id: str
    score: float  # higher = stranger
    is_anomalous: bool  # at the detector's threshold
    above_youden: bool | None = None  # at that of Youden's J, where the detector has one


@dataclass(frozen=True)
class ScoredClip:
    """One recording, judged with its machine's id given and with it guessed, or an error."""

    recording: Recording
    given: Judgement | None = None
    guessed: Judgement | None = None
    learnt: bool = False  # the detector's weights come from it
    calibrated: bool = False  # the detector's thresholds come from it
    error: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the clip may enter a figure."""
        return self.error is None and not self.learnt

    def judgement(self, id_given: bool) -> Judgement:
        """The judgement in one of the two modes.

        Raises:
            ValueError: the clip could not be judged.
        """
        judgement = self.given if id_given else self.guessed
        if judgement is None:
            raise ValueError(f"{self.recording.path} was not judged: {self.error}")
        return judgement

    def as_dict(self) -> dict[str, Any]:
        """The clip as JSON types, in one flat row."""
        recording, given, guessed = self.recording, self.given, self.guessed
        return {
            "file": str(recording.path),
            "corpus": recording.corpus,
            "machine_type": recording.machine_type,
            "machine_id": recording.machine_id,
            "split": recording.split,
            "label": recording.label,
            "fault": recording.fault,
            "score_id_given": given and given.score,
            "is_anomalous_id_given": given and given.is_anomalous,
            "score_id_guessed": guessed and guessed.score,
            "is_anomalous_id_guessed": guessed and guessed.is_anomalous,
            "guessed_id": guessed and guessed.machine_id,
            "learnt": self.learnt,
            "calibrated": self.calibrated,
            "error": self.error,
        }


@dataclass(frozen=True)
class Figures:
    """Of one machine, or of all together; what does not exist is None.

    The rates at the threshold are over `threshold_normal` normal and all anomalous recordings, the
    rates at Youden's threshold over `youden_normal` and `youden_anomalous`: those that the
    threshold was not fitted to.
    """

    machine: str  # "fan id_00"
    normal: int
    anomalous: int
    auc: Estimate | None
    pauc: Estimate | None
    threshold_normal: int
    false_alarm_rate: float | None
    detection_rate: float | None
    youden_normal: int
    youden_anomalous: int
    youden_false_alarm_rate: float | None
    youden_detection_rate: float | None


@dataclass(frozen=True)
class Summary:
    """Figures of one corpus in one mode.

    `overall` has the means over the machines that have both normal and anomalous clips, with
    intervals over recordings; its counts and its rates at the threshold are over all clips.
    """

    corpus: str
    machine_id_given: bool
    machines: list[Figures]
    overall: Figures
    machines_in_mean: int
    best_machine: str | None
    lowest_auc: float | None
    highest_auc: float | None
    pooled_auc: float | None  # all machines' scores on one scale
    id_accuracy: float | None  # share of normal clips whose machine was guessed right


def summarise(corpus: str, clips: Sequence[ScoredClip], id_given: bool) -> Summary:
    """The figures of clips that may all count, in one of the two modes."""
    by_machine: dict[str, list[ScoredClip]] = {}
    for clip in clips:
        name = f"{clip.recording.machine_type} {clip.recording.machine_id}"
        by_machine.setdefault(name, []).append(clip)
    machines = [
        _figures(name, some, id_given, *(_estimate(some, id_given, m) for m in (auc, pauc)))
        for name, some in sorted(by_machine.items())
    ]
    complete = [by_machine[f.machine] for f in machines if f.auc]
    aucs = {f.machine: f.auc.value for f in machines if f.auc}
    pairs = [_scores(some, id_given) for some in complete]
    means = [mean_with_interval(pairs, metric) if pairs else None for metric in (auc, pauc)]
    normal = [clip for clip in clips if clip.recording.label == "normal"]
    found = [clip.judgement(False).machine_id == clip.recording.machine_id for clip in normal]
    pooled = _scores(clips, id_given)
    return Summary(
        corpus=corpus,
        machine_id_given=id_given,
        machines=machines,
        overall=_figures("mean", clips, id_given, *means),
        machines_in_mean=len(complete),
        best_machine=max(aucs, key=lambda name: aucs[name], default=None),
        lowest_auc=min(aucs.values(), default=None),
        highest_auc=max(aucs.values(), default=None),
        pooled_auc=auc(*pooled) if all(pooled) else None,
        id_accuracy=_rate(found) if not id_given else None,
    )


def _scores(clips: Sequence[ScoredClip], id_given: bool) -> tuple[list[float], list[float]]:
    """Scores of the normal and of the anomalous clips."""
    normal, anomaly = (
        [clip.judgement(id_given).score for clip in clips if clip.recording.label == label]
        for label in ("normal", "anomaly")
    )
    return normal, anomaly


def _estimate(clips: Sequence[ScoredClip], id_given: bool, metric: Metric) -> Estimate | None:
    normal, anomaly = _scores(clips, id_given)
    if not normal or not anomaly:
        return None
    return Estimate(metric(normal, anomaly), *bootstrap_interval(normal, anomaly, metric))


def _figures(
    machine: str,
    clips: Sequence[ScoredClip],
    id_given: bool,
    auc_estimate: Estimate | None,
    pauc_estimate: Estimate | None,
) -> Figures:
    by_label: dict[str, list[ScoredClip]] = {"normal": [], "anomaly": []}
    for clip in clips:
        by_label[clip.recording.label].append(clip)
    normal, anomalous = by_label["normal"], by_label["anomaly"]
    # Normal recordings alone are behind the default threshold; Youden's has seen anomalous ones.
    false_alarms = [c.judgement(id_given).is_anomalous for c in normal if not c.calibrated]
    detections = [c.judgement(id_given).is_anomalous for c in anomalous]
    youden_false_alarms, youden_detections = (
        [
            above
            for c in some
            if not c.calibrated and (above := c.judgement(id_given).above_youden) is not None
        ]
        for some in (normal, anomalous)
    )
    return Figures(
        machine=machine,
        normal=len(normal),
        anomalous=len(anomalous),
        auc=auc_estimate,
        pauc=pauc_estimate,
        threshold_normal=len(false_alarms),
        false_alarm_rate=_rate(false_alarms),
        detection_rate=_rate(detections),
        youden_normal=len(youden_false_alarms),
        youden_anomalous=len(youden_detections),
        youden_false_alarm_rate=_rate(youden_false_alarms),
        youden_detection_rate=_rate(youden_detections),
    )


def _rate(events: Sequence[bool]) -> float | None:
    return sum(events) / len(events) if events else None
