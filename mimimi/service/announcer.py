"""What is said of a machine: since when, how unusual, where in the spectrum, and the clip."""

from __future__ import annotations

from mimimi.detector.detector import Detector
from mimimi.detector.threshold import conformal, odds
from mimimi.errors import UserError
from mimimi.explain.explanation import explain
from mimimi.monitor.alarm import ScoredSegment
from mimimi.service.microphone import FAULTS, Condition
from mimimi.service.notice import About, Notice
from mimimi.service.settings import MachineSettings
from mimimi.service.stretch import Stretch
from mimimi.service.switch import Switch


class Announcer:
    """Puts into words what is told of a machine.

    Args:
        settings: of the machine.
        detector: that judges it.
        machine_id: by which that knows it.
    """

    def __init__(self, settings: MachineSettings, detector: Detector, machine_id: str) -> None:
        self._settings, self._detector, self._id = settings, detector, machine_id
        self._name = settings.name

    def alarm(
        self,
        segment: ScoredSegment,
        alarm: Switch,
        found: Condition | None,
        stretch: Stretch,
        clip: str | None,
    ) -> Notice:
        """It sounds unusual since `alarm` has begun with a segment, its times in s since 1970."""
        worst, rule = alarm.most_unusual, alarm.rule
        promised = self._promised(worst)
        where = self._where(stretch)
        details = {
            "score": worst.score,
            "threshold": worst.threshold,
            "p_value": worst.p_value,
            "false_alarm_rate": promised,
            "rule": str(rule),
            "level": round(found.level, 1) if found and found.level is not None else None,
            "state": worst.state or "running",
            "where": where,
            "clip": clip,
        }
        within = f" in its {worst.state} state" if worst.state else ""
        text = (
            f"{self._name} sounds unusual{within}: {alarm.unusual} of the last {rule.n} segments; "
            f"{how_unusual(worst.p_value or promised, promised)}."
        )
        text += f" {where[0].upper()}{where[1:]}." if where else ""
        return Notice(self._name, "alarm", True, segment.end, alarm.since, text, details)

    def normal_again(self, segment: ScoredSegment) -> Notice:
        """The alarm has ended."""
        text = f"{self._name} sounds normal again."
        return Notice(self._name, "alarm", False, segment.end, segment.end, text)

    def microphone(self, fault: About, segment: ScoredSegment, since: float | None) -> Notice:
        """A fault of the microphone has begun, `since` when; None: it has ended."""
        what, *_ = FAULTS[fault].partition(";")  # what to do about it is of no use any more
        said = f"no longer: {what}" if since is None else FAULTS[fault]
        text = f"{self._name}: {said}."
        began = segment.end if since is None else since
        return Notice(self._name, fault, since is not None, segment.end, began, text)

    def _promised(self, worst: ScoredSegment) -> float:
        if worst.false_alarm_rate is not None:  # not kept of what an earlier run heard
            return worst.false_alarm_rate
        calibration, rate = self._detector.calibration, self._settings.false_alarm_rate
        if rate is None:
            return calibration.threshold("given", self._id).false_alarm_rate
        return conformal(calibration.normal_scores("given", self._id), rate).false_alarm_rate

    def _where(self, stretch: Stretch) -> str | None:
        """Where in time and frequency its sound is unusual."""
        try:
            return explain(self._detector, stretch.waveform(), self._id).sentence
        except UserError:  # an older detector does not hold what it takes
            return None


def how_unusual(p_value: float, promised: float) -> str:
    """The most unusual segment of an alarm, and what is promised, in plain words.

    Args:
        p_value: of that segment.
        promised: rate at which normal segments are called unusual.

    Example:
        >>> how_unusual(0.01, 0.05)
        'while all is well, at most 1 in 100 sounds like the worst of them, and 1 in 20 is called \
unusual by mistake'
    """
    return (
        f"while all is well, at most {odds(p_value)} sounds like the worst of them, and "
        f"{odds(promised)} is called unusual by mistake"
    )
