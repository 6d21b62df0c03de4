"""What an earlier run of the listener knew of a machine, so that a restart changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mimimi.memory.states import STATES
from mimimi.monitor.alarm import ScoredSegment
from mimimi.service.judgement import Judgement
from mimimi.service.notice import About, Notice


@dataclass(frozen=True)
class Past:
    """The newest judgements, in order, and the newest notice about each thing."""

    judgements: Sequence[Judgement] = ()
    notices: Mapping[About, Notice] = field(default_factory=dict)

    def unusual(self) -> Iterator[ScoredSegment]:
        """Segments that speak for an alarm, and those that do not."""
        return (_segment(judgement, judgement.counts) for judgement in self.judgements)

    def faulty(self, fault: About) -> Iterator[ScoredSegment]:
        """Segments that show a fault of the microphone, and those that do not."""
        return (_segment(j, fault in j.health.split()) for j in self.judgements)

    def told(self, about: About) -> tuple[bool, float | None]:
        """Whether it was told to have begun; else when it was told to have ended, if ever."""
        notice = self.notices.get(about)
        return notice is not None and notice.is_on, notice.at if notice else None


def _segment(judgement: Judgement, flag: bool) -> ScoredSegment:
    return ScoredSegment(
        "", judgement.at, judgement.seconds, judgement.score, flag, judgement.p_value,
        threshold=judgement.threshold,
        state=judgement.state if judgement.state in STATES else None,
    )  # fmt: skip
