"""Live sound: blocks as a microphone hands them over, judged while the machine runs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.channels import SIDE_BY_SIDE
from mimimi.audio.pair_reader import reader_of
from mimimi.audio.waveform import Samples
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.errors import AudioError
from mimimi.monitor.alarm import ScoredSegment
from mimimi.monitor.recent import Recent
from mimimi.monitor.stream import judge
from mimimi.terminal import duration

HOP = 5.0  # s; as the segments of a clip overlap, so that a change is heard half a segment earlier
_KEPT = 12 * 3600  # s of segments; what came before is forgotten


class Live:
    """Judges a segment every few seconds, in memory that does not grow.

    Blocks say which of the microphone's samples is their first. What comes twice is dropped. Where
    something is missing a new segment begins, and the gap is a segment with an error, as are the
    segments that are left out where judging is slower than the sound.

    Where the detector was made with a second microphone, blocks hold both, and what is judged and
    kept as `recent` is the first without the hall; `both` are kept as they came.

    Args:
        detector: judges.
        machine_id: the machine it is; None: the most similar one, anew for every segment.
        rate: of the microphone, in Hz.
        first: the first of the microphone's samples that is of interest.
        hop: from the start of one segment to that of the next, in s.
        false_alarm_rate: of a segment; the detector's own by default.
        clock: in s, by which judging is found too slow.
        kept: seconds of sound that are kept, to be seen and heard; none by default.

    Raises:
        AudioError: no microphone has this rate.

    Example:
        >>> from mimimi.simulate import simulate_clip
        >>> live = Live(Detector.from_pretrained("fan"), "id_50", 16_000)
        >>> sound = simulate_clip("fan", "id_50", clip=900, seconds=21.0)
        >>> for first in range(0, len(sound), 40_000):
        ...     live.hear(first, sound[first : first + 40_000])
        >>> [segment.start for segment in live.segments]
        [0.0, 5.0, 10.0]
    """

    _waiting: Samples  # at 16 kHz

    def __init__(
        self,
        detector: Detector,
        machine_id: str | None,
        rate: int,
        *,
        first: int = 0,
        hop: float = HOP,
        false_alarm_rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        kept: float = 0.0,
    ) -> None:
        self.rate = rate
        self.segments: deque[ScoredSegment] = deque(maxlen=round(_KEPT / hop))
        self._clock = clock
        self._judge = partial(
            judge,
            machine_id=machine_id,
            name="live",
            false_alarm_rate=false_alarm_rate,
        )
        self._channel = SIDE_BY_SIDE if detector.config.channels else 0
        self.judge_by(detector)
        self._hop = round(hop * SAMPLE_RATE)
        self.recent = Recent(kept)
        ahead = self._length / SAMPLE_RATE  # s by which the hall is taken out later, at most
        self.both = Recent(kept + ahead if self._channel and kept else 0.0, rate)
        self._begin(first)

    def judge_by(self, detector: Detector) -> None:
        """From now on; what was judged before stays as it was.

        Args:
            detector: the one before, told more; it hears as many channels.
        """
        self._detector, self._length = detector, detector.front_end.segment_samples

    @property
    def heard(self) -> float:
        """Seconds since the microphone was opened."""
        return self._next / self.rate

    def hear(self, first: int, samples: NDArray[np.float32]) -> None:
        """Take a block and judge what it completes.

        Args:
            first: its first sample, counted since the microphone was opened.
            samples: `(time,)`, at the microphone's rate, within -1 to 1; `(time, 2)` where the
                second microphone hears the hall.

        Raises:
            AudioError: it holds what is no number, or one microphone where there must be two.
        """
        samples = self._columns(samples)
        if first > self._next:
            self._skip(first, "{seconds:.1f} s were lost on their way from the microphone")
        samples = samples[self._next - first :]
        if not len(samples):
            return
        if not np.isfinite(samples).all():
            raise AudioError("The microphone sends samples that are no numbers; choose another.")
        self._next += len(samples)
        self.both.add(samples)
        taken = self._intake.take(samples)
        self.recent.add(taken)
        self._waiting = np.concatenate((self._waiting, taken))
        self.segments.extend(self._judged())

    def open_again(self, first: int) -> None:
        """The microphone was closed meanwhile.

        Args:
            first: the sample that is next, counted since it was opened for the first time.
        """
        self._skip(max(first, self._next), "the microphone was closed for {lasted}")

    def _skip(self, first: int, said: str) -> None:
        """Go on from this sample; of how many seconds there is nothing is said."""
        seconds = (first - self._next) / self.rate
        error = said.format(seconds=seconds, lasted=duration(seconds))
        self.segments.append(ScoredSegment("live", self.heard, seconds, error=error))
        self._begin(first)

    def _columns(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        columns = samples[:, None] if samples.ndim == 1 else samples
        if self._channel == 0:
            return columns[:, :1]
        if columns.shape[1] < 2:
            raise AudioError(
                "There is one microphone, and the machine was learnt with a second one that hears "
                "the hall; connect both to one input of two channels."
            )
        return columns[:, :2]

    def _begin(self, first: int) -> None:
        channels = 2 if self._channel == SIDE_BY_SIDE else 1
        self._intake = reader_of(self._channel, self.rate, channels, "microphone")
        self._waiting = np.zeros(0, np.float32)
        self._start = first / self.rate  # s, of what waits
        self.recent.begin(self._start)
        self.both.begin(self._start)
        self._next = first  # the microphone's sample that is expected

    def _judged(self) -> Iterator[ScoredSegment]:
        """Whole segments; all but the newest are left out once judging took longer than a hop."""
        began = self._clock()
        while len(self._waiting) >= self._length:
            more = (len(self._waiting) - self._length) // self._hop
            if more and self._clock() - began > self._hop / SAMPLE_RATE:
                left_out = more * self._hop / SAMPLE_RATE
                said = f"{left_out:g} s were left out: judging is slower than the sound"
                yield ScoredSegment("live", self._start, left_out, error=said)
                self._advance(more)
            segment = self._judge(self._detector, self._waiting[: self._length])
            problems = (*segment.problems, *self._intake.of_reference)
            yield replace(segment, start=self._start, problems=problems)
            self._advance(1)

    def _advance(self, hops: int) -> None:
        self._waiting = self._waiting[hops * self._hop :].copy()
        self._start += hops * self._hop / SAMPLE_RATE
