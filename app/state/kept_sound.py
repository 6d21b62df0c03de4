"""Sound that the listener has kept: which moments of it, and the segment that was judged."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile
import streamlit as st

from mimimi import audio
from mimimi.audio import recording_hash
from mimimi.config import FrontEnd
from mimimi.errors import UserError
from state import heard, zone
from state.clips import Clip

if TYPE_CHECKING:
    from mimimi.service.history.alarms import Alarm

_SEGMENT = FrontEnd().segment_seconds
_AROUND = 60.0  # s, in which the alarm is looked for whose sound it is


@dataclass(frozen=True)
class Kept:
    """A clip. Times are s since 1970."""

    path: Path
    at: float  # where it begins
    seconds: float

    @property
    def end(self) -> float:
        return self.at + self.seconds

    @property
    def middle(self) -> float:
        return self.at + self.seconds / 2


def between(machine: str, start: float, end: float, alarms: Sequence[Alarm]) -> list[Kept]:
    """What was kept of a stretch with these alarms, in order; raises UserError."""
    from mimimi.service.clips import kept
    from mimimi.service.history.tables import folder

    clips = kept(folder() / "clips", machine)
    found = [
        Kept(c.path, c.at, c.seconds) for c in clips if c.at <= end and c.at + c.seconds >= start
    ]
    # Names hold whole seconds; the sound of an alarm ends exactly where it was raised.
    raised = {one.details.get("clip"): one.at for one in alarms}
    return [_ending(one, raised.get(str(one.path))) for one in found]


def at(machine: str, moment: float) -> Kept | None:
    """The sound that a moment lies in; raises UserError."""
    stretch = moment - _AROUND, moment + _AROUND
    around = between(machine, *stretch, heard.alarms(machine, *stretch))
    return next((one for one in around if one.at <= moment < one.end), None)


def segment(machine: str, moment: float, kept: Kept) -> Clip:
    """The segment that was judged at a moment, cut out of what was kept; raises UserError."""
    judged = heard.segment_at(machine, moment)
    start, seconds = judged or (moment - _SEGMENT / 2, _SEGMENT)
    sound = _cut(kept.path, start - kept.at, seconds, kept.path.stat().st_mtime)
    name = f"{machine}, {zone.local(start):%Y-%m-%d %H.%M.%S}.wav"
    return Clip(name, sound, recording_hash(sound))


def _ending(kept: Kept, end: float | None) -> Kept:
    if end is None:
        return kept
    try:
        seconds = audio.length(kept.path)
    except UserError:  # it has gone to make room
        return kept
    return Kept(kept.path, end - seconds, seconds)


@st.cache_data(max_entries=32, show_spinner=False)
def _cut(path: Path, start: float, seconds: float, changed: float) -> bytes:
    """A part of a clip, as far as it is there, as WAV."""
    with soundfile.SoundFile(path) as file:
        first = min(max(round(start * file.samplerate), 0), max(len(file) - 1, 0))
        file.seek(first)
        samples = file.read(round(seconds * file.samplerate), dtype="int16")
        content = io.BytesIO()
        soundfile.write(content, samples, file.samplerate, format="WAV", subtype="PCM_16")
    return content.getvalue()
