"""One machine that is listened to: from its sound to what history keeps and what is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mimimi import audio
from mimimi.audio.decoder import Block
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.detector.threshold import conformal
from mimimi.errors import AudioError, SilentError, UserError
from mimimi.explain.explanation import explain
from mimimi.monitor.alarm import Rule, ScoredSegment
from mimimi.monitor.live import Live
from mimimi.monitor.stream import watch
from mimimi.service.away import Away
from mimimi.service.inbox import Placed
from mimimi.service.judgement import Judgement, Report, State
from mimimi.service.microphone import FAULTS, SILENT, Condition, condition
from mimimi.service.notice import About, Notice
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import RecordingFile
from mimimi.service.switch import Switch
from mimimi.service.tape import LENGTH, Tape

Keep = Callable[[str, float, Block, int], str | None]
"""Keeps a clip: machine, where it begins (s since 1970), samples, rate; returns its name."""

_LOUDEST = 1e3  # of full scale; no stream means it
FAULTY = Rule(3, 4)
"""So many of so many segments show a fault of the microphone before it is told."""


@dataclass(frozen=True)
class _Stretch:
    """The sound of a segment, and what came before it, as far as it is on the tape."""

    tape: Tape
    segment: ScoredSegment  # its times as those of the tape
    known: frozenset[About] = frozenset()  # faults that are known otherwise

    def waveform(self) -> audio.Waveform:
        """Of the segment; raises AudioError where nothing of it came, or it is silent."""
        rate = self.tape.rate
        samples = self.tape.cut(round(self.segment.start * rate), self._end)
        return audio.from_array(samples, rate, name=self.segment.file)

    def with_before(self) -> Block:
        """All that is kept until the end of the segment."""
        return self.tape.cut(0, self._end)

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


class Machine:
    """Judges the sound of one machine and remembers what was told of it.

    Args:
        settings: of the machine.
        detector: judges.
        past: what an earlier run of the listener knew.
        keep: keeps clips.

    Raises:
        UserError: the detector knows no such machine, or several and none is named.
    """

    def __init__(
        self, settings: MachineSettings, detector: Detector, past: Past, keep: Keep
    ) -> None:
        self.settings, self._detector, self._keep = settings, detector, keep
        self._id = _machine_id(settings, detector)
        cool_down = 60 * settings.cool_down
        self._alarm = Switch(settings.alarm, cool_down, past.unusual(), *past.told("alarm"))
        self._faults = {
            fault: Switch(FAULTY, cool_down, past.faulty(fault), *past.told(fault))
            for fault in FAULTS
        }
        self.away = Away(settings, past)
        self._live: Live | None = None
        self._tape = Tape(SAMPLE_RATE)
        self._opened = 0.0  # s since 1970, when the stream's sample 0 was
        self._until = -np.inf  # s since 1970, to which it has been heard

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
            self._tape, self._opened = Tape(sound.rate), placed.opened
        report = Report(notices=self.away.back(time.time()))
        self._tape.add(sound)
        self._live.hear(sound.first, _as_float(sound.samples))
        while self._live.segments:
            segment = self._live.segments.popleft()
            self._take(segment, self._opened, _Stretch(self._tape, segment), report)
        return report

    def judge(self, recording: RecordingFile) -> Report:
        """Judge a recording from a folder, which ended when its file was written last."""
        report = Report(notices=self.away.back(time.time()), recording=recording)
        path, channel = recording.path, self.settings.channel
        tape, heard, began = Tape(SAMPLE_RATE), list[audio.Samples](), recording.changed
        try:
            lasts = audio.length(path)
            began -= lasts if np.isfinite(lasts) else 0.0
            clipped = self._clipped(path)
            for segment in watch(
                self._detector,
                path,
                self._id,
                channel=channel,
                false_alarm_rate=self.settings.false_alarm_rate,
                hear=heard.append,
            ):
                while heard:
                    tape.add_to(round(segment.end * SAMPLE_RATE), heard.pop())
                self._take(segment, began, _Stretch(tape, segment, clipped), report)
        except AudioError as error:
            none = ScoredSegment(str(path), 0.0, 0.0, error=str(error))
            self._take(none, began, _Stretch(tape, none), report)
        return report

    def _take(
        self, segment: ScoredSegment, began: float, stretch: _Stretch, report: Report
    ) -> None:
        """Decide on a segment, whose time counts from `began`."""
        found = stretch.condition() if segment.seconds else None
        segment = replace(segment, start=began + segment.start)
        state = self._state(found)
        counted = replace(segment, is_anomalous=segment.is_anomalous and state == "running")
        change = self._alarm.hear(counted)
        if change:
            report.notices.append(self._about_alarm(segment, change == "began", found, stretch))
        if found:
            for fault, switch in self._faults.items():
                change = switch.hear(replace(segment, is_anomalous=fault in found.faults))
                if change:
                    report.notices.append(self._about_microphone(fault, segment, change == "began"))
        report.judgements.append(
            Judgement(
                at=segment.start,
                seconds=segment.seconds,
                new=min(max(segment.end - self._until, 0.0), segment.seconds),
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

    def _state(self, found: Condition | None) -> State | None:
        if not found or found.level is None:
            return None
        limit = self.settings.off_below
        return "off" if limit is not None and found.level < limit else "running"

    def _about_alarm(
        self, segment: ScoredSegment, began: bool, found: Condition | None, stretch: _Stretch
    ) -> Notice:
        name, details = self.settings.name, dict[str, object]()
        if not began:
            text = f"{name} sounds normal again."
            return Notice(name, "alarm", False, segment.end, segment.end, text)
        worst, rule = self._alarm.most_unusual, self._alarm.rule
        promised = self._promised()
        where = self._where(stretch)
        samples, rate = stretch.with_before(), stretch.tape.rate
        clip = self._keep(name, segment.end - len(samples) / rate, samples, rate)
        details = {
            "score": worst.score,
            "threshold": worst.threshold,
            "p_value": worst.p_value,
            "false_alarm_rate": promised,
            "rule": str(rule),
            "level": round(found.level, 1) if found and found.level is not None else None,
            "where": where,
            "clip": clip,
        }
        text = (
            f"{name} sounds unusual: {self._alarm.unusual} of the last {rule.n} segments, score "
            f"{worst.score:.3g} where {worst.threshold:.3g} is the threshold, p-value "
            f"{worst.p_value:.2g}; a single segment alarms falsely at a rate of {promised:.2g}"
        )
        text += f"; {where}." if where else "."
        return Notice(name, "alarm", True, segment.end, self._alarm.since, text, details)

    def _about_microphone(self, fault: About, segment: ScoredSegment, began: bool) -> Notice:
        name = self.settings.name
        since = self._faults[fault].since if began else segment.end
        said = FAULTS[fault] if began else f"no longer: {FAULTS[fault]}"
        return Notice(name, fault, began, segment.end, since, f"{name}: {said}.")

    def _promised(self) -> float:
        calibration, rate = self._detector.calibration, self.settings.false_alarm_rate
        if rate is None:
            return calibration.threshold("given", self._id).false_alarm_rate
        return conformal(calibration.normal_scores("given", self._id), rate).false_alarm_rate

    def _where(self, stretch: _Stretch) -> str | None:
        """Where in time and frequency its sound is unusual."""
        try:
            return explain(self._detector, stretch.waveform(), self._id).sentence
        except AudioError:
            return None

    def _clipped(self, path: Path) -> frozenset[About]:
        """Found at the recording's own rate only: resampling hides it."""
        try:
            part = audio.excerpt(path, 0.0, LENGTH, channel=self.settings.channel, name=path.name)
        except SilentError:
            return frozenset()
        return condition(part).faults & {"clipped"}


def _machine_id(settings: MachineSettings, detector: Detector) -> str:
    if settings.machine_id:
        detector.check_id(settings.machine_id)
        return settings.machine_id
    if len(detector.ids) > 1:
        raise UserError(
            f"{settings.name}: the detector {settings.detector} knows several machines; say which "
            f"one it is with machine_id: {', '.join(detector.ids)}."
        )
    return detector.ids[0]


def _as_float(samples: Block) -> audio.Samples:
    if samples.dtype == np.int16:
        return np.asarray(samples / 32_768, np.float32)
    numbers = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.clip(numbers, -_LOUDEST, _LOUDEST), np.float32)
