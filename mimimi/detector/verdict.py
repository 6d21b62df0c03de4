"""What a detector says of one recording: plain data that page, shell and program share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from mimimi import files
from mimimi.audio.waveform import Problem
from mimimi.detector.threshold import conformal
from mimimi.memory import State  # the REST interface reads what fields are
from mimimi.names import called


@dataclass(frozen=True)
class Window:
    """One window of the recording: where it begins and how unusual it sounds."""

    start: float  # s
    seconds: float
    score: float


OTHER_TYPES = "other types"


@dataclass(frozen=True)
class ChannelWeights:
    """The attention weights A of F_out = (1 + A) * F_t, averaged over the recording's windows.

    One weight for each id's channel, magnitude and complex features apart; under `OTHER_TYPES` the
    sum of those of the machines of other types, where the network knows such.
    """

    magnitude: dict[str, float]
    complex: dict[str, float]


@dataclass(frozen=True)
class Verdict:
    """One recording judged.

    A file that could not be judged has `error` set and everything measured left at None, so that
    a list of verdicts has one entry for each file.

    Example:
        >>> Verdict(file="clip.wav", machine_type="fan", error="clip.wav is empty.").is_anomalous
    """

    file: str
    machine_type: str
    machine_id: str | None = None
    machine_id_given: bool = False
    score: float | None = None  # higher = more unusual
    threshold: float | None = None
    is_anomalous: bool | None = None
    tentative: bool = False  # too few normal recordings are behind the threshold to call it sure
    recognised: bool | None = None  # False: matches no known machine of the type
    youden_threshold: float | None = None  # of Youden's J, where anomalous recordings were at hand
    false_alarm_rate: float | None = None  # what the threshold promises on normal recordings
    p_value: float | None = None  # rank of this score among the calibration recordings
    calibration_clips: int | None = None  # recordings behind threshold and p-value
    calibration_scores: list[float] = field(default_factory=list)  # sorted
    seconds: float | None = None  # length of the recording
    windows: list[Window] = field(default_factory=list)
    like: str | None = None  # a fault heard before that it is nearer to than to normal, and when
    attention: ChannelWeights | None = None
    probabilities: dict[str, float] = field(default_factory=dict)  # softmax over ids of -score
    where: str | None = None  # what raised the score, in words, if it was asked for
    problems: list[Problem] = field(default_factory=list)  # of the recording, what was mended
    warning: str | None = None  # the problems and what else is to be known, in words
    error: str | None = None
    state: State | None = None  # of the machine, within which it is judged; None: it has but one

    @property
    def of_state(self) -> str:
        """To be said after recordings that it is compared with: " of its deeper state", or ""."""
        return f" of its {self.state} state" if self.state else ""

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON types, keyed as the command line prints it."""
        return asdict(self)

    def at(self, false_alarm_rate: float) -> Verdict:
        """The same recording judged at another false-alarm rate, from the same calibration.

        A rate below what the calibration recordings can promise is raised to that, and said.

        Args:
            false_alarm_rate: of normal recordings, within 0 and 1.

        Raises:
            ValueError: the rate is not within 0 and 1.

        Example:
            >>> verdict = Verdict("a.wav", "fan", score=0.35, calibration_scores=[0.1, 0.2, 0.4])
            >>> verdict.at(0.25).is_anomalous, verdict.at(0.5).is_anomalous
            (False, True)
        """
        if self.score is None or not self.calibration_scores:
            return self
        threshold = conformal(self.calibration_scores, false_alarm_rate)
        said = [self.warning] if self.warning else []
        if threshold.false_alarm_rate > false_alarm_rate + 1e-9:
            said.append(f"false alarms: {threshold.how}")
        return replace(
            self,
            threshold=threshold.value,
            is_anomalous=self.score > threshold.value,
            false_alarm_rate=threshold.false_alarm_rate,
            warning="; ".join(said) or None,
        )


COLUMNS = (
    "file",
    "machine_type",
    "machine_id",
    "machine_id_given",
    "score",
    "threshold",
    "is_anomalous",
    "recognised",
    "false_alarm_rate",
    "p_value",
    "calibration_clips",
    "seconds",
    "like",
    "where",
    "warning",
    "error",
    "state",
)


def as_row(verdict: Verdict) -> dict[str, Any]:
    """The verdict as a line of a table, by `COLUMNS`; what a machine has not is empty."""
    return {column: getattr(verdict, column) for column in COLUMNS}


def as_json(verdicts: Sequence[Verdict]) -> str:
    """A list of objects, one a recording."""
    return json.dumps([verdict.as_dict() for verdict in verdicts], indent=1, allow_nan=False)


def as_csv(verdicts: Sequence[Verdict]) -> str:
    """A table with a heading and a line a recording; windows and attention are in the JSON."""
    return files.as_csv(COLUMNS, map(as_row, verdicts))


def compared(verdict: Verdict) -> str | None:
    """The recording among those that its threshold was calibrated with.

    Example:
        >>> compared(Verdict("a.wav", "fan", score=0.3, calibration_scores=[0.1, 0.2, 0.4]))
        '1 of 3 normal recordings sounded at least as unusual'
    """
    n = len(verdict.calibration_scores)
    if verdict.score is None or not n:
        return None
    recordings = f"normal recording{'' if n == 1 else 's'}{verdict.of_state}"
    as_unusual = sum(score >= verdict.score for score in verdict.calibration_scores)
    if as_unusual == 0:
        return f"none of {n} {recordings} sounded this unusual"
    if as_unusual == n > 1:
        return f"at least as normal as all {n} {recordings}"
    return f"{as_unusual} of {n} {recordings} sounded at least as unusual"


def as_text(verdict: Verdict) -> str:
    """A line for a person.

    Example:
        >>> as_text(Verdict("clip.wav", "fan", error="clip.wav: the file is empty."))
        'clip.wav: not judged'
    """
    if verdict.score is None or verdict.threshold is None or verdict.p_value is None:
        return f"{verdict.file}: not judged"
    unusual = "perhaps unusual" if verdict.tentative else "UNUSUAL"
    word = unusual if verdict.is_anomalous else "normal"
    if verdict.recognised is False:
        word = f"matches no known {verdict.machine_type}; {word}"
    line = (
        f"{verdict.file}: {word} for {called(verdict.machine_type, verdict.machine_id)}, score "
        f"{verdict.score:.3f}, threshold {verdict.threshold:.3f}"
    )
    like = f"like {verdict.like}" if verdict.like else None
    for said in (compared(verdict), like, verdict.where):
        if said:
            line += f"; {said}"
    return f"{line} ({verdict.warning})" if verdict.warning else line
