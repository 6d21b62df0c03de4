"""One machine that is listened to: from its sound to what history keeps and what is told."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from mimimi import audio
from mimimi.audio.decoder import Block
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.errors import AudioError, SilentError, UserError
from mimimi.monitor.alarm import Rule, ScoredSegment
from mimimi.monitor.live import Live
from mimimi.monitor.stream import watch
from mimimi.service.announcer import Announcer
from mimimi.service.away import Away
from mimimi.service.clips import Reason
from mimimi.service.history.judged_by import JudgedBy
from mimimi.service.inbox import Placed
from mimimi.service.judgement import RUNS, Judgement, Report, State
from mimimi.service.microphone import FAULTS, Condition, condition
from mimimi.service.notice import About
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import RecordingFile
from mimimi.service.stretch import Stretch
from mimimi.service.switch import Switch
from mimimi.service.tape import LENGTH, Tape
from mimimi.service.touched import Covered, Moved, Touched

Keep = Callable[[str, float, Block, int, Reason, float], str | None]
"""Keeps a clip, see `mimimi.service.clips.Clips.keep`; returns its name."""

_LOUDEST = 1e3  # of full scale; no stream means it
_SAMPLE_EVERY = 3600.0  # s of normal running, of which one segment is kept, on average
FAULTY = Rule(3, 4)
"""So many of so many segments show a fault of the microphone before it is told."""


class Machine:
    """Judges the sound of one machine and remembers what was told of it.

    Args:
        settings: of the machine.
        detector: judges.
        past: what an earlier run of the listener knew.
        keep: keeps clips.
        chance: draws which sound of normal running is kept.

    Raises:
        UserError: the detector knows no such machine, or several and none is named, or was made
            without a second microphone that is named.
    """

    def __init__(
        self,
        settings: MachineSettings,
        detector: Detector,
        past: Past,
        keep: Keep,
        chance: random.Random | None = None,
    ) -> None:
        self.settings, self._detector, self._keep = settings, detector, keep
        self._chance = chance or random.Random()
        self._id = _machine_id(settings, detector)
        self.channel = detector.channel(settings.channel, settings.reference_channel)
        cool_down = 60 * settings.cool_down
        self._announcer = Announcer(settings, detector, self._id)
        self._alarm = Switch(settings.alarm, cool_down, past.unusual(), *past.told("alarm"))
        self._faults = {
            fault: Switch(FAULTY, cool_down, past.faulty(fault), *past.told(fault))
            for fault in FAULTS
        }
        self._touched: dict[About, Touched] = {
            "covered": Covered(past.told("covered")[0]),
            "moved": Moved(past.told("moved")[0]),
        }
        self._was: State | None = None  # in which of its states it ran normally last
        self.away = Away(settings, past)
        self._live: Live | None = None
        self._tape = Tape(SAMPLE_RATE)
        self._opened = 0.0  # s since 1970, when the stream's sample 0 was
        self._until = -np.inf  # s since 1970, to which it has been heard

    @property
    def judged_by(self) -> JudgedBy:
        """By what, as others can judge it again."""
        settings = self.settings
        return JudgedBy(settings.detector, self._id, settings.false_alarm_rate)

    def use(self, detector: Detector) -> None:
        """Judge by this one from now on, which may have been told something since."""
        if detector is not self._detector:
            settings = self.settings
            if detector.channel(settings.channel, settings.reference_channel) != self.channel:
                raise UserError(
                    "it was learnt anew with other microphones; start the listener anew."
                )
            self._id = _machine_id(settings, detector)
            self._detector, self._live = detector, None
            self._announcer = Announcer(self.settings, detector, self._id)

    def hear(self, placed: Placed) -> Report:
        """Take sound of a stream."""
        sound = placed.sound
        if not self._live or (self._live.rate, self._opened) != (sound.rate, placed.opened):
            self._live = Live(
                self._detector,
                self._id,
                sound.rate,
                first=sound.first,
                false_alarm_rate=self.settings.false_alarm_rate,
            )
            if placed.opened < self._opened:  # the clock was set back
                self._until = -np.inf
            self._tape, self._opened = Tape(sound.rate), placed.opened
        report = Report(notices=self.away.back(time.time()))
        self._tape.add(sound)
        self._live.hear(sound.first, _as_float(sound.samples))
        while self._live.segments:
            segment = self._live.segments.popleft()
            self._take(segment, self._opened, Stretch(self._tape, segment), report)
        return report

    def judge(self, recording: RecordingFile) -> Report:
        """Judge a recording from a folder, which ended when its file was written last."""
        report = Report(notices=self.away.back(time.time()), recording=recording)
        path = recording.path
        pair = (path, self.channel) if isinstance(self.channel, audio.Pair) else None
        tape, heard, began = Tape(SAMPLE_RATE), list[audio.Samples](), recording.changed
        try:
            lasts = audio.length(path)
            began -= lasts if np.isfinite(lasts) else 0.0
            known = self._found_in(path)
            for segment in watch(
                self._detector,
                path,
                self._id,
                channel=self.channel,
                false_alarm_rate=self.settings.false_alarm_rate,
                hear=heard.append,
            ):
                while heard:
                    tape.add_to(round(segment.end * SAMPLE_RATE), heard.pop())
                self._take(segment, began, Stretch(tape, segment, known, pair), report)
        except AudioError as error:
            none = ScoredSegment(str(path), 0.0, 0.0, error=str(error))
            self._take(none, began, Stretch(tape, none), report)
        return report

    def _take(self, segment: ScoredSegment, began: float, stretch: Stretch, report: Report) -> None:
        """Decide on a segment, whose time counts from `began`."""
        found = self._condition(segment, stretch)
        segment = replace(segment, start=began + segment.start)
        state = self._state(found, segment)
        runs = state in RUNS
        new = min(max(segment.end - self._until, 0.0), segment.seconds)
        counted = replace(segment, is_anomalous=segment.is_anomalous and runs)
        change = self._alarm.hear(counted)
        if change == "began":
            clip = self._clip(segment, stretch, "alarm", self._alarm.most_unusual.score)
            told = self._announcer.alarm(segment, self._alarm, found, stretch, clip)
            report.notices.append(told)
        elif change:
            report.notices.append(self._announcer.normal_again(segment))
        elif runs and self._alarm.state == "off" and self._is_drawn(new):
            self._clip(segment, stretch, "sample", segment.score)
        if found:
            for fault, switch in self._faults.items():
                change = switch.hear(replace(segment, is_anomalous=fault in found.faults))
                if change:
                    since = switch.since if change == "began" else None
                    report.notices.append(self._announcer.microphone(fault, segment, since))
        report.judgements.append(
            Judgement(
                at=segment.start,
                seconds=segment.seconds,
                new=new,
                score=segment.score,
                threshold=segment.threshold,
                p_value=segment.p_value,
                is_unusual=segment.is_anomalous,
                level=found.level if found else None,
                state=state,
                health=" ".join(sorted(found.faults)) if found else "",
                unusual=self._alarm.unusual,
                rule=f"{self._alarm.rule.k}/{self._alarm.rule.n}",
                alarm=self._alarm.state,
                error=segment.error,
            )
        )
        self._until = segment.end

    def _condition(self, segment: ScoredSegment, stretch: Stretch) -> Condition | None:
        """Level and faults of a segment; of what came before it, too, where that tells."""
        found = stretch.condition() if segment.seconds else None
        if not found or not (levels := found.levels):
            return found
        if segment.state and not segment.is_anomalous:
            if self._was not in (None, segment.state):
                for by_hand in self._touched.values():
                    by_hand.forget()
            self._was = segment.state
        touched = {
            fault
            for fault, by_hand in self._touched.items()
            if by_hand.hear(levels, segment.is_anomalous)
        }
        return replace(found, faults=found.faults | touched)

    def _state(self, found: Condition | None, segment: ScoredSegment) -> State | None:
        if not found or found.level is None:
            return None
        limit = self.settings.off_below
        return "off" if limit is not None and found.level < limit else segment.state or "running"

    def _is_drawn(self, new: float) -> bool:
        """Whether so many new seconds of normal running are among those that are kept."""
        return self._chance.random() < new / _SAMPLE_EVERY

    def _clip(
        self, segment: ScoredSegment, stretch: Stretch, reason: Reason, score: float | None
    ) -> str | None:
        samples, rate = stretch.kept(before=reason == "alarm")
        if not len(samples):  # what came since was after a gap, and took its place
            return None
        begins = segment.end - len(samples) / rate
        return self._keep(self.settings.name, begins, samples, rate, reason, score or 0.0)

    def _found_in(self, path: Path) -> frozenset[About]:
        """What is found in the recording as it is only: resampled and cleaned it is hidden."""
        try:
            part = audio.excerpt(path, 0.0, LENGTH, channel=self.channel, name=path.name)
        except SilentError:
            return frozenset()
        return condition(part).faults & {"clipped", "reference_silent"}


def _machine_id(settings: MachineSettings, detector: Detector) -> str:
    if settings.machine_id:
        detector.check_id(settings.machine_id)
        return settings.machine_id
    if len(detector.ids) > 1:
        raise UserError(
            f"the detector {settings.detector} knows several machines; say which one it is with "
            f"machine_id: {', '.join(detector.ids)}."
        )
    return detector.ids[0]


def _as_float(samples: Block) -> audio.Samples:
    if samples.dtype == np.int16:
        return np.asarray(samples / 32_768, np.float32)
    numbers = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.clip(numbers, -_LOUDEST, _LOUDEST), np.float32)
