"""Long recordings, heard segment by segment; what was heard is kept, however often one clicks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from mimimi import audio
from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.detector.threshold import Threshold, conformal
from mimimi.errors import AudioError
from mimimi.monitor.alarm import ScoredSegment, clock
from state import detectors, keys
from state.clips import Clip
from state.measurements import turn
from state.turns import telling
from state.waveforms import length
from texts.formats import plain

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector

SEGMENT = FrontEnd().segment_seconds


@dataclass
class Watched:
    """Recordings one after the other, as far as they were heard."""

    key: tuple[object, ...]
    machine_id: str  # the one they were judged as
    calibration: Sequence[float]  # scores of the normal recordings behind the threshold
    threshold: Threshold  # the detector's own
    rest: Iterator[ScoredSegment]
    segments: list[ScoredSegment] = field(default_factory=list)

    def at(self, rate: float | None) -> tuple[Threshold, list[ScoredSegment]]:
        """The threshold at another rate of false alarms, and the segments decided by it."""
        threshold = self.threshold
        if rate is not None and self.calibration:
            threshold = conformal(self.calibration, rate)
        return threshold, [segment.at(threshold) for segment in self.segments]


def watch(
    clips: Sequence[Clip],
    name: str,
    machine_id: str | None,
    progress: Callable[[float, str], object],
) -> Watched:
    """Hear recordings as one, from where an earlier rerun left off.

    Args:
        clips: in the order of time.
        name: of the detector.
        machine_id: the machine they are; None: the one that the first minute sounds like.
        progress: told the share that is done, and what is being done.

    Raises:
        UserError: nothing of it can be judged, or the detector is missing or damaged.
    """
    key = (*(clip.key for clip in clips), detectors.known()[name].stamp, machine_id)
    watched: Watched | None = st.session_state.get(keys.LONG_RECORDING)
    if watched is None or watched.key != key:
        watched = st.session_state[keys.LONG_RECORDING] = _begin(
            key, clips, detectors.load(name), machine_id
        )
    seconds = sum(map(length, clips))
    share = 0.0
    while True:
        with turn(tell=telling(progress, share)):
            segment = next(watched.rest, None)
        if segment is None:
            break
        watched.segments.append(segment)
        share = min(1.0, segment.end / seconds) if seconds else 1.0
        progress(share, f"Listening to {plain(segment.file)}: {clock(segment.end)} heard …")
    if all(segment.score is None for segment in watched.segments):
        raise AudioError(watched.segments[0].error or "Nothing of it can be judged.")
    return watched


def _begin(
    key: tuple[object, ...], clips: Sequence[Clip], detector: Detector, machine_id: str | None
) -> Watched:
    from mimimi.monitor.stream import find_machine_of, watch_all

    files = [(clip.name, clip.content) for clip in clips]
    channel = clips[0].channel
    found = machine_id or find_machine_of(detector, files, channel=channel)
    return Watched(
        key,
        found,
        detector.calibration.normal_scores("given", found),
        detector.calibration.threshold("given", found),
        watch_all(detector, files, found, channel=channel),
    )


def excerpt(
    clips: Sequence[Clip], segments: Sequence[ScoredSegment], start: float, seconds: float
) -> Clip:
    """The sound around a moment of recordings one after the other, as a clip of its own.

    Args:
        clips: the recordings.
        segments: of all of them.
        start: in s, since the first one began.
        seconds: length; no more than there is of the recording in which it starts.
    """
    begins = {segment.file: segment.start for segment in reversed(segments)}
    at = [segment for segment in segments if segment.start <= start + 0.05 and segment.seconds]
    clip = next(clip for clip in clips if clip.name == at[-1].file)
    return _excerpt(clip.key, start - begins[clip.name], seconds, clip)


@st.cache_data(max_entries=16, show_spinner=False)
def _excerpt(key: str, start: float, seconds: float, _clip: Clip) -> Clip:
    import soundfile

    both = _clip.channel.both if isinstance(_clip.channel, audio.Pair) else [_clip.channel]
    sounds = [
        audio.excerpt(_clip.content, start, seconds, channel=one, name=_clip.name).in_place
        for one in both
    ]
    samples = np.stack([sound[: min(map(len, sounds))] for sound in sounds], axis=1)
    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format="WAV", subtype="FLOAT")
    content = file.getvalue()
    clip = Clip(f"{_clip.name} from {clock(start)}", content, audio.recording_hash(content))
    return clip.heard(audio.SIDE_BY_SIDE) if len(both) > 1 else clip
