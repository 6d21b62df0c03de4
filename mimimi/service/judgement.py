"""One segment as history keeps it: all that is needed to say why there was an alarm, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mimimi.memory.states import STATES
from mimimi.service.notice import Notice
from mimimi.service.sources.source import RecordingFile
from mimimi.terminal import duration

State = Literal["running", "off", "deeper", "brighter"]
"""Where a machine has several states in which it runs, it is that one in place of `running`."""
RUNS: tuple[State, ...] = ("running", *STATES)
AlarmState = Literal["off", "held back", "on"]


@dataclass(frozen=True)
class Judgement:
    """One segment of a machine's sound, judged; without a score where it could not be."""

    at: float  # s since 1970, UTC, where it begins
    seconds: float
    new: float  # s of it that no segment before it held: segments overlap
    score: float | None
    threshold: float | None
    p_value: float | None
    is_unusual: bool
    level: float | None  # dBFS; None: silent, or nothing of it came
    state: State | None
    health: str  # what is wrong with the microphone, such as "clipped offset"; "" nothing
    unusual: int  # of the last n segments while the machine ran, this one included
    rule: str  # "5/6"
    alarm: AlarmState
    error: str | None = None

    @property
    def end(self) -> float:
        """In s since 1970."""
        return self.at + self.seconds

    @property
    def counts(self) -> bool:
        """Whether it speaks for an alarm."""
        return self.is_unusual and self.runs

    @property
    def runs(self) -> bool:
        """Whether the machine does, in whichever state."""
        return self.state in RUNS


@dataclass(frozen=True)
class Report:
    """What came of a stretch of sound; history keeps all of it or nothing."""

    judgements: list[Judgement] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    recording: RecordingFile | None = None  # that has been judged to its end


def in_words(states: Mapping[str, float], ran: float) -> str:
    """How long a machine was in which state, to be said after how long it ran; else nothing.

    Example:
        >>> in_words({"deeper": 7200.0, "brighter": 0.0}, 10_800.0), in_words({}, 10_800.0)
        (' (deeper 2.0 h, neither 60 min)', '')
    """
    said = [f"{state} {duration(seconds)}" for state, seconds in states.items() if seconds]
    if said and (neither := ran - sum(states.values())) >= 1:
        said.append(f"neither {duration(neither)}")
    return f" ({', '.join(said)})" if said else ""
