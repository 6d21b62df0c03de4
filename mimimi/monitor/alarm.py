"""When to raise an alarm: k of the last n segments unusual; from there to events."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mimimi.audio import Problem
from mimimi.detector.threshold import Threshold, promised
from mimimi.errors import UserError

if TYPE_CHECKING:
    from mimimi.memory import State


@dataclass(frozen=True)
class ScoredSegment:
    """One segment of a long recording, judged; without a score where it could not be."""

    file: str
    start: float  # s, since the first recording began
    seconds: float
    score: float | None = None
    is_anomalous: bool = False
    p_value: float | None = None
    error: str | None = None
    recognised: bool | None = None  # False: matches no known machine of the type
    threshold: float | None = None
    problems: tuple[Problem, ...] = ()  # of the recording, in which their times are counted
    warning: str | None = None  # the problems and what else is to be known, in words
    false_alarm_rate: float | None = None  # what its threshold promises
    recordings: int | None = None  # normal ones behind its threshold
    state: State | None = None  # of the machine, within which it is judged; None: it has but one

    @property
    def end(self) -> float:
        """In seconds."""
        return self.start + self.seconds

    def at(self, threshold: Threshold) -> ScoredSegment:
        """The same segment decided at the rate of false alarms of another threshold.

        By its p-value, which says the same as the score where one threshold serves all segments,
        and holds where each has its own, as with a memory of normal sound. In a state of its
        machine it keeps its threshold, and the rate is one that recordings of that can promise.
        """
        value: float | None = threshold.value
        rate = threshold.false_alarm_rate
        if self.state and self.recordings:
            rate, value = promised(self.recordings, rate), self.threshold
        unusual = self.p_value is not None and self.p_value <= rate + 1e-9
        return replace(self, threshold=value, is_anomalous=unusual, false_alarm_rate=rate)


def clock(seconds: float) -> str:
    """Hours, minutes and seconds.

    Example:
        >>> clock(3725.4)
        '1:02:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


@dataclass(frozen=True)
class Rule:
    """An alarm is on while at least `k` of the last `n` segments are unusual.

    One segment alone is unusual as often as the false-alarm rate says, many times a day; and
    neighbours are alike, so that no formula tells how often k of n are: it is measured
    (`benchmarks/claims/alarms_per_day.py`).

    Raises:
        ValueError: not 1 <= k <= n.
    """

    k: int = 5
    n: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.k <= self.n:
            raise ValueError("a rule is k of n, 1 <= k <= n")

    def __str__(self) -> str:
        return f"{self.k} of {self.n}"

    def is_on(self, segments: Sequence[ScoredSegment]) -> bool:
        """Whether the alarm is on after these segments, of which the last n count."""
        return sum(segment.is_anomalous for segment in segments[-self.n :]) >= self.k

    @classmethod
    def parse(cls, text: str) -> Rule:
        """From "3/5".

        Raises:
            UserError: it is no such rule.

        Example:
            >>> print(Rule.parse("3/5"))
            3 of 5
        """
        found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
        try:
            if found:
                return cls(int(found[1]), int(found[2]))
        except ValueError:
            pass
        raise UserError(f"{text!r} is no alarm rule: give k of n segments as k/n, such as 3/5.")


@dataclass(frozen=True)
class Event:
    """A stretch in which the alarm was raised, from its first unusual segment to its last."""

    start: float  # s
    end: float  # s
    peak: float  # s, where the most unusual segment begins
    peak_score: float
    peak_file: str
    mean_p_value: float
    segments: int  # judged in it


def events(segments: Iterable[ScoredSegment], rule: Rule) -> Iterator[Event]:
    """The events in a stream of segments, each as soon as it is over.

    Args:
        segments: in the order of time.
        rule: when an alarm is raised.

    Example:
        >>> scores = enumerate([0, 0, 9, 0, 8, 0, 0, 0])
        >>> segments = [ScoredSegment("", 10.0 * i, 10.0, s, s > 5, 0.1) for i, s in scores]
        >>> [(event.start, event.end, event.peak) for event in events(segments, Rule(2, 3))]
        [(20.0, 50.0, 20.0)]
    """
    last: deque[ScoredSegment] = deque(maxlen=rule.n)
    heard: list[ScoredSegment] = []  # of the event that is on
    for segment in segments:
        last.append(segment)
        on = sum(m.is_anomalous for m in last) >= rule.k
        if on:
            heard += [segment] if heard else last
        elif heard:
            yield _event(heard)
            heard = []
    if heard:
        yield _event(heard)


def _event(heard: Sequence[ScoredSegment]) -> Event:
    unusual = [i for i, segment in enumerate(heard) if segment.is_anomalous]
    first, last = heard[unusual[0]], heard[unusual[-1]]
    judged = [m for m in heard[unusual[0] : unusual[-1] + 1] if m.score is not None]
    peak = max(judged, key=lambda segment: segment.score or 0.0)
    return Event(
        start=first.start,
        end=last.end,
        peak=peak.start,
        peak_score=peak.score or 0.0,
        peak_file=peak.file,
        mean_p_value=sum(segment.p_value or 0.0 for segment in judged) / len(judged),
        segments=len(judged),
    )
