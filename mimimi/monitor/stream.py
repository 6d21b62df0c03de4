"""Long recordings, and folders of a day's clips, judged segment by segment in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mimimi import audio
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.detector.verdict import Verdict
from mimimi.errors import AudioError
from mimimi.monitor.alarm import ScoredSegment

_NOT_WORTH_A_SEGMENT = 0.1  # s left over at the end of a recording
_NEAR = 0.1  # s by which filters widen a place that could not be read
_ENOUGH_TO_KNOW = 6  # segments from which a machine that nobody named is found


def watch(
    detector: Detector,
    source: str | Path | bytes | BinaryIO,
    machine_id: str,
    *,
    channel: audio.Channel | None = None,
    name: str | None = None,
    false_alarm_rate: float | None = None,
    hear: Callable[[audio.Samples], object] | None = None,
) -> Iterator[ScoredSegment]:
    """Judge a recording of any length, one segment after another, each as soon as it is read.

    Segments lie side by side: those of a clip (`segments.split`) overlap, which for a day would
    double the work. The last one ends where the recording ends.

    Args:
        detector: judges.
        source: a path, the bytes of a file, or an open binary file.
        machine_id: the machine it is; see `find_machine`.
        channel: the one of several channels that is judged; see `Detector.channel`.
        name: what messages and segments call it.
        false_alarm_rate: of a segment; the detector's own by default.
        hear: given the samples of each segment that is judged, before it is handed out.

    Raises:
        AudioError: nothing of it can be judged; a stretch alone becomes a segment with an error,
            and so does a place that cannot be read, which is skipped.
        UnknownMachineError: the detector does not know this id.
    """
    name = name or _name(source)
    end, named = 0.0, 0
    blocks = audio.blocks(source, channel=detector.channel(channel), name=name)
    try:
        for start, samples in _segments(detector, blocks):
            places = blocks.places[named:]
            named += len(places)
            for place in places:
                error = f"{name}: {place.text}."
                yield ScoredSegment(name, place.start or 0.0, place.seconds, error=error)
            segment = judge(
                detector, samples, machine_id, name, false_alarm_rate, of=blocks, begin=start
            )
            if segment.error and segment.seconds < detector.front_end.segment_seconds:
                raise AudioError(segment.error)  # a short recording that cannot be judged
            if hear:
                hear(samples)
            yield _later(segment, start)
            end = start + segment.seconds
    except AudioError as error:
        if not end:
            raise
        yield ScoredSegment(name, end, 0.0, error=str(error))


def watch_all(
    detector: Detector,
    files: Iterable[tuple[str, Path | bytes]],
    machine_id: str,
    *,
    channel: audio.Channel | None = None,
    false_alarm_rate: float | None = None,
) -> Iterator[ScoredSegment]:
    """Judge recordings one after the other as if they were one; a bad file is one segment.

    Args:
        detector: judges.
        files: name and source of each, in the order of time.
        machine_id: the machine they all are.
        channel: the one of several channels that is judged; see `Detector.channel`.
        false_alarm_rate: of a segment; the detector's own by default.
    """
    offset = 0.0
    for name, source in files:
        end = 0.0
        try:
            for segment in watch(
                detector,
                source,
                machine_id,
                channel=channel,
                name=name,
                false_alarm_rate=false_alarm_rate,
            ):
                end = max(end, segment.end)
                yield _later(segment, offset)
        except AudioError as error:
            yield ScoredSegment(name, offset, 0.0, error=str(error))
        offset += end


def find_machine(
    detector: Detector,
    source: str | Path | bytes,
    *,
    channel: audio.Channel | None = None,
    name: str | None = None,
) -> str:
    """The machine that most of the first minute sounds like.

    Raises:
        AudioError: nothing of it can be judged.
    """
    name = name or _name(source)
    blocks = audio.blocks(source, channel=detector.channel(channel), name=name)
    first = islice(_segments(detector, blocks), _ENOUGH_TO_KNOW)
    verdicts = [
        _verdict(detector, samples, None, name, None, blocks, start) for start, samples in first
    ]
    found = Counter(verdict.machine_id for verdict in verdicts if verdict.error is None)
    if not found:
        raise AudioError(verdicts[0].error or f"{name}: nothing of it can be judged.")
    machine_id = found.most_common(1)[0][0]
    assert machine_id is not None
    return machine_id


def find_machine_of(
    detector: Detector,
    files: Sequence[tuple[str, Path | bytes]],
    *,
    channel: audio.Channel | None = None,
) -> str:
    """The machine that the first of several recordings sounds like; one that is bad is passed over.

    Raises:
        AudioError: nothing of any of them can be judged; what is wrong with the first.
    """
    reasons: list[AudioError] = []
    for name, source in files:
        try:
            return find_machine(detector, source, channel=channel, name=name)
        except AudioError as error:
            reasons.append(error)
    raise reasons[0]


def _segments(
    detector: Detector, blocks: Iterable[audio.Samples]
) -> Iterator[tuple[float, audio.Samples]]:
    """Start in seconds and samples of segments side by side; a file cut off is heard to its end."""
    length = detector.front_end.segment_samples
    waiting = last = np.zeros(0, np.float32)
    start, problem = 0, None
    try:
        for block in blocks:
            waiting = np.concatenate((waiting, block))
            while len(waiting) >= length:
                last, waiting = waiting[:length], waiting[length:]
                yield start / SAMPLE_RATE, last
                start += length
    except AudioError as error:
        problem = error
    if not start and len(waiting):
        yield 0.0, waiting
    elif len(waiting) > _NOT_WORTH_A_SEGMENT * SAMPLE_RATE:
        ending = np.concatenate((last[len(waiting) :], waiting))
        yield (start + len(waiting) - length) / SAMPLE_RATE, ending
    if problem:
        raise problem


def judge(
    detector: Detector,
    samples: audio.Samples,
    machine_id: str | None,
    name: str,
    false_alarm_rate: float | None = None,
    *,
    of: audio.BlockStream | None = None,
    begin: float = 0.0,
) -> ScoredSegment:
    """Judge one segment; one with an error where it cannot be.

    Args:
        detector: judges.
        samples: `(time,)` at 16 kHz, at most a segment, as the detector hears them: without the
            hall where it was made with a second microphone.
        machine_id: the machine it is; None: the most similar one.
        name: what messages and the segment call it.
        false_alarm_rate: the detector's own by default.
        of: the recording that it was cut out of, of which more may be known.
        begin: in s, where in that; the segment itself starts at 0.
    """
    verdict = _verdict(detector, samples, machine_id, name, false_alarm_rate, of, begin)
    return ScoredSegment(
        name,
        0.0,
        len(samples) / SAMPLE_RATE,
        verdict.score,
        bool(verdict.is_anomalous),
        verdict.p_value,
        verdict.error,
        verdict.recognised,
        verdict.threshold,
        tuple(verdict.problems),
        verdict.warning,
        verdict.false_alarm_rate,
        verdict.calibration_clips,
        verdict.state,
    )


def _verdict(
    detector: Detector,
    samples: audio.Samples,
    machine_id: str | None,
    name: str,
    false_alarm_rate: float | None,
    of: audio.BlockStream | None,
    begin: float,
) -> Verdict:
    detector.check_id(machine_id)
    try:
        waveform = _waveform(samples, name, of, begin)
        if own := detector.config.channels:
            waveform = replace(waveform, reference=own.far)
        return detector.judge(detector.measure(waveform), machine_id, false_alarm_rate)
    except AudioError as error:
        return Verdict(name, detector.machine_type, machine_id, error=str(error))


def _name(source: object) -> str:
    return str(source) if isinstance(source, (str, Path)) else "recording"


def _waveform(
    samples: audio.Samples, name: str, of: audio.BlockStream | None, begin: float
) -> audio.Waveform:
    """A segment, with what is wrong with it and with all of its recording."""
    if of is None:
        return audio.from_array(samples, SAMPLE_RATE, name=name)
    found = audio.from_array(samples, SAMPLE_RATE, name=name, step=of.step, begin=begin)
    kinds = {problem.kind for problem in of.noticed}
    own = [p for p in found.problems if p.kind not in kinds and not _is_within(p, of.places)]
    return replace(found, problems=(*of.noticed, *own))


def _is_within(problem: audio.Problem, places: Iterable[audio.Problem]) -> bool:
    """Whether it is the silence in a place that could not be read, which is named itself."""
    start, end = problem.start, problem.end
    if problem.kind != "digital_silence" or start is None or end is None:
        return False
    spans = [(place.start or 0.0, place.end or 0.0) for place in places]
    return any(a - _NEAR <= start and end <= b + _NEAR for a, b in spans)


def _later(segment: ScoredSegment, seconds: float) -> ScoredSegment:
    return replace(segment, start=segment.start + seconds)
