"""The sound of one segment that was judged, and what came before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mimimi import audio
from mimimi.audio.decoder import Block
from mimimi.errors import AudioError, SilentError
from mimimi.monitor.alarm import ScoredSegment
from mimimi.service.microphone import SILENT, Condition, condition
from mimimi.service.notice import About
from mimimi.service.tape import LENGTH, Tape


@dataclass(frozen=True)
class Stretch:
    """The sound of a segment, and what came before it, as far as it is on the tape."""

    tape: Tape
    segment: ScoredSegment  # its times as those of the tape
    known: frozenset[About] = frozenset()  # faults that are known otherwise
    pair: tuple[Path, audio.Pair] | None = None  # the recording, and its two microphones

    def waveform(self) -> audio.Waveform:
        """Of the segment; raises AudioError where nothing of it came, or it is silent."""
        rate = self.tape.rate
        samples = self.tape.cut(round(self.segment.start * rate), self._end)
        channel = audio.SIDE_BY_SIDE if samples.ndim > 1 else 0
        return audio.from_array(samples, rate, channel=channel, name=self.segment.file)

    def kept(self, before: bool) -> tuple[Block, int]:
        """What can be judged again, and its rate in Hz; with what came `before`, or without.

        Of two microphones both, where the tape holds what is left of the first one, too.
        """
        segment = self.segment
        if self.pair and segment.seconds:
            path, both = self.pair
            start = max(segment.end - LENGTH, 0.0) if before else segment.start
            try:
                return audio.as_recorded(path, start, segment.end - start, channel=both)
            except AudioError:  # it has gone meanwhile
                return np.zeros(0, np.float32), self.tape.rate
        start_at = 0 if before else round(segment.start * self.tape.rate)
        return self.tape.cut(start_at, self._end), self.tape.rate

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
