"""How a machine stands that is listened to around the clock, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mimimi.service.judgement import in_words
from mimimi.terminal import duration
from texts.headline import Headline

if TYPE_CHECKING:
    from mimimi.service.history.alarms import Alarm
    from mimimi.service.judgement import Judgement
    from mimimi.service.notice import Notice

Clock = Callable[[float], datetime]
"""From s since 1970 to the time of the day where the visitor is."""

QUIET_AFTER = 120.0  # s without sound until that is what is said first


def headline(newest: Judgement | None, told: Sequence[Notice], silent: float) -> Headline:
    """What is said first.

    Args:
        newest: the last segment that was heard.
        told: what was told to have begun, and lasts.
        silent: s since it was heard.
    """
    if any(notice.about == "alarm" for notice in told):
        return Headline("notifications_active", "red", "Alarm: it sounds unusual")
    if told:
        return Headline("mic_off", "orange", "The microphone is not well")
    if newest is None or silent > QUIET_AFTER:
        return Headline("hearing_disabled", "grey", "Nothing new is heard")
    if newest.state == "off":
        return Headline("power_settings_new", "grey", "It is off")
    if newest.score is None:
        return Headline("block", "grey", "Could not be judged just now")
    if newest.is_unusual:
        return Headline("warning", "orange", "Unusual just now, no alarm yet")
    return Headline("check_circle", "green", "Sounds normal")


def since(told: Sequence[Notice], last: Notice | None, now: datetime, clock: Clock) -> str:
    """Since when it is so."""
    if told:
        return f"Since {when(clock(told[0].since), now)}"
    if last and not last.is_on:
        return f"No alarm since {when(clock(last.at), now)}"
    return "No alarm so far"


def reason(told: Sequence[Notice]) -> str:
    """Where in the spectrum it is unusual, of an alarm that lasts."""
    where = next((n.details.get("where") for n in told if n.about == "alarm"), None)
    return f"{where[0].upper()}{where[1:]}." if where else ""


def heard(newest: Judgement | None, silent: float, now: datetime, clock: Clock) -> str:
    """When it was heard last, if that is not just now."""
    if newest is None:
        return "Nothing was heard lately."
    if silent <= QUIET_AFTER:
        return ""
    return (
        f"Last heard {when(clock(newest.end), now)}, {duration(silent)} ago: no sound and no "
        "new recording arrives, or the listener is not running."
    )


def figures(newest: Judgement | None, ran: float, states: Mapping[str, float]) -> str:
    """Score, level, and how long it ran.

    Args:
        newest: the last segment that was heard.
        ran: s in the last 24 h.
        states: s of them in each state, of a machine that has several.
    """
    parts = []
    if newest and newest.state in states:
        parts.append(f"{newest.state} state")
    if newest and newest.score is not None and newest.threshold is not None:
        parts.append(f"score {newest.score:.3g}, threshold {newest.threshold:.3g}")
    if newest and newest.level is not None:
        parts.append(f"{newest.level:.0f} dBFS")
    parts.append(f"ran {duration(ran)} of the last 24 h{in_words(states, ran)}")
    return " · ".join(parts)


def in_stretch(heard: float, ran: float, states: Mapping[str, float]) -> str | None:
    """How long it ran in what is shown; None where it did all the time, in one state.

    Args:
        heard: s of sound.
        ran: s of it in which it ran.
        states: s of these in each state, of a machine that has several.
    """
    off = heard - ran
    if off < 1 and not any(states.values()):
        return None
    said = f"In this stretch it ran {duration(ran)}{in_words(states, ran)}"
    return f"{said} and was off {duration(off)}." if off >= 1 else f"{said}."


def microphone(told: Sequence[Notice]) -> str:
    """What is wrong with it, a sentence each, where it is known of which machine."""
    said = [n.text.removeprefix(f"{n.machine}: ") for n in told if n.about != "alarm"]
    return " ".join(f"{text[0].upper()}{text[1:]}" for text in said)


def of_all(alarms: Sequence[str], unheard: Sequence[str], count: int) -> Headline:
    """How all machines stand.

    Args:
        alarms: names of those whose alarm is on.
        unheard: names of those of which nothing is heard.
        count: of all machines.
    """
    if alarms:
        among = "" if count == 1 else f" ({len(alarms)} of {count} machines)"
        return Headline("notifications_active", "red", f"Alarm: {', '.join(alarms)}{among}")
    if unheard:
        return Headline("hearing_disabled", "grey", f"Nothing is heard of {', '.join(unheard)}")
    among = "" if count == 1 else f" of {count} machines"
    return Headline("check_circle", "green", f"No alarm{among}")


def alarm(one: Alarm, now: datetime, clock: Clock) -> str:
    """When it was and how long."""
    began = when(clock(one.since), now)
    if one.until is None:
        return f"{began}, still on"
    return f"{began}, for {duration(one.until - one.since)}"


def when(then: datetime, now: datetime) -> str:
    """A time as one says it: the day only where it is another one.

    Example:
        >>> when(datetime(2026, 5, 3, 14, 5), datetime(2026, 5, 3, 18, 0))
        '14:05'
        >>> when(datetime(2026, 5, 3, 14, 5), datetime(2026, 5, 4, 18, 0))
        '3 May 14:05'
    """
    time = f"{then:%H:%M}"
    if then.date() == now.date():
        return time
    year = "" if then.year == now.year else f" {then.year}"
    return f"{then.day} {then:%b}{year} {time}"
