"""Why there was an alarm at a moment, or none: score, threshold, rule, state, microphone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mimimi.detector.threshold import odds
from mimimi.memory.states import STATES
from mimimi.service.history.history import History
from mimimi.service.judgement import Judgement, in_words
from mimimi.service.microphone import FAULTS
from mimimi.service.notice import About
from mimimi.terminal import duration

_SHOWN = "%Y-%m-%d %H:%M:%S"


def local(moment: float) -> str:
    """A time in s since 1970 as the clock on this wall shows it."""
    return f"{datetime.fromtimestamp(moment):{_SHOWN}}"


def why(
    history: History, machine: str, moment: float, shown: Callable[[float], str] = local
) -> list[str]:
    """Lines for a person.

    Args:
        history: to look in.
        machine: its name.
        moment: in s since 1970.
        shown: writes a time; on a page, as the clock of whoever looks at it.
    """
    lines = [f"{machine} at {shown(moment)}"]
    if judged := history.at(machine, moment):
        lines += _of_segment(judged)
    elif summary := history.summary_at(machine, moment):
        what = "minute" if summary.seconds == 60 else "hour"
        states: dict[str, float] = {state: getattr(summary, state) for state in STATES}
        within = in_words(states, summary.running)
        lines.append(
            f"only the {what} is kept: {summary.unusual} of {summary.segments} segments unusual, "
            f"machine running {duration(summary.running)}{within}, "
            f"alarm on {duration(summary.alarm)}"
        )
        if summary.highest_score is not None:
            lines.append(
                f"score: {summary.highest_score:.3f} at most, threshold {summary.threshold:.3f}"
            )
    else:
        lines.append("nothing was heard then: no sound came, or the listener did not run")
    lines.append(f"microphone: {_microphone(history, machine, moment, judged)}")
    return lines


def _of_segment(judged: Judgement) -> list[str]:
    lines = []
    if judged.score is None:
        lines.append(f"score: none; {judged.error}")
    else:
        word = "unusual" if judged.is_unusual else "normal"
        line = f"score: {judged.score:.3f}, threshold {judged.threshold:.3f}: {word}"
        if judged.p_value and judged.p_value <= 0.5:  # more often than not says nothing
            line += f"; at most {odds(judged.p_value)} sounds so while all is well"
        lines.append(line)
    level = "no level" if judged.level is None else f"{judged.level:.1f} dBFS"
    own = ", whose own threshold it is" if judged.state in STATES else ""
    lines.append(f"state: {judged.state or 'not known'}{own}, {level}")
    k, n = judged.rule.split("/")
    said = f"{judged.unusual} of the last {n} segments unusual while it ran; {k} raise an alarm"
    lines.append(f"alarm: {_ALARM[judged.alarm]} ({said})")
    return lines


_ALARM = {
    "on": "on",
    "off": "off",
    "held back": "held back: the last one ended less than the cool-down before",
}


def _microphone(history: History, machine: str, moment: float, judged: Judgement | None) -> str:
    faults: list[About] = [f for f in FAULTS if judged and f in judged.health.split()]
    said = [FAULTS[fault] for fault in faults]
    told = {n.about: n for _, n in history.notices(machine, moment, most=200)}
    for about in ("disconnected", "nothing_comes"):
        notice = told.get(about)
        if notice and notice.is_on:
            said.append(notice.text)
    return "; ".join(said) or ("well" if judged else "not known")
