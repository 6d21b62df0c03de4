"""The sound of one segment that was judged, and what came before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mimimi import audio
from mimimi.audio.decoder import Block
from mimimi.errors import AudioError, SilentError
from mimimi.monitor.alarm import ScoredSegment
from mimimi.service.microphone import SILENT, Condition, condition
from mimimi.service.notice import About
from mimimi.service.tape import Tape


@dataclass(frozen=True)
class Stretch:
    """The sound of a segment, and what came before it, as far as it is on the tape."""

    tape: Tape
    segment: ScoredSegment  # its times as those of the tape
    known: frozenset[About] = frozenset()  # faults that are known otherwise

    def waveform(self) -> audio.Waveform:
        """Of the segment; raises AudioError where nothing of it came, or it is silent."""
        rate = self.tape.rate
        samples = self.tape.cut(round(self.segment.start * rate), self._end)
        channel = audio.SIDE_BY_SIDE if samples.ndim > 1 else 0
        return audio.from_array(samples, rate, channel=channel, name=self.segment.file)

    def samples(self, before: bool) -> Block:
        """As the source gave them; with all that is kept of what came `before`, or without."""
        start = 0 if before else round(self.segment.start * self.tape.rate)
        return self.tape.cut(start, self._end)

    def condition(self) -> Condition | None:
        """None where nothing of it came."""
        try:
            found = condition(self.waveform())
        except SilentError:
            return SILENT
        except AudioError:
            return None
        return replace(found, faults=found.faults | self.known)

    @property
    def _end(self) -> int:
        return round(self.segment.end * self.tape.rate)
