"""An alarm, and why there is none, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mimimi.detector.threshold import odds
from mimimi.monitor.alarm import Event, Rule, ScoredSegment, clock
from texts.formats import percent, plain
from texts.headline import Headline

MEANING_OF_WHILE_WELL = (
    "How many segments sound as unusual as those of the alarm on average, while the machine runs "
    "well: the mean p-value, counted."
)
_NOTICED = 4  # things in a sentence


def now(
    segments: Sequence[ScoredSegment],
    found: Sequence[Event],
    rule: Rule,
    machine: str,
    at: Callable[[float], str],
) -> Headline:
    """How it sounds at this moment.

    Args:
        segments: judged so far, not empty.
        found: events in them.
        rule: when an alarm is raised.
        machine: "fan id_00".
        at: a time in s as the clock of the day.
    """
    last = segments[-1]
    unknown = f"atches no known {machine.split()[0]}" if last.recognised is False else ""
    if rule.is_on(segments):
        text = f"Alarm: unusual for {machine} since {at(found[-1].start)}"
        text += f", and m{unknown}" if unknown else ""
        return Headline("notifications_active", "red", text)
    if last.error:
        return Headline("block", "grey", "Could not be judged just now")
    if unknown:
        return Headline("help", "orange", f"M{unknown}")
    if last.is_anomalous:
        return Headline("warning", "orange", f"Unusual for {machine} just now, no alarm yet")
    return Headline("check_circle", "green", f"Sounds normal for {machine}")


def why(segments: Sequence[ScoredSegment], rule: Rule) -> str:
    """The figures behind it."""
    last = segments[-1]
    if last.score is None or last.threshold is None:
        return plain(f"{last.error}.")
    unusual = sum(segment.is_anomalous for segment in segments[-rule.n :])
    score = f"score {last.score:.3g}, threshold {last.threshold:.3g}"
    if last.state:
        score += f" in its {last.state} state"
    if last.is_anomalous and last.p_value:
        score += f"; while all is well, at most {odds(last.p_value)} sounds like this"
    if rule.n == 1:
        return f"{score}."
    return (
        f"{score}. Unusual segments: {unusual} of the last {min(rule.n, len(segments))}; {rule.k} "
        f"of {rule.n} raise the alarm."
    )


def while_well(event: Event) -> str:
    """How often an alarm's segments would sound so, on average."""
    return odds(event.mean_p_value) if event.mean_p_value else ""


def condition(rule: Rule) -> str:
    """When an alarm is raised."""
    if rule.n == 1:
        return "one segment is unusual"
    return f"{rule.k} of {rule.n} consecutive segments are unusual"


def count(found: Sequence[Event]) -> str:
    """How many events there were."""
    if not found:
        return "No alarm so far."
    return "1 alarm" if len(found) == 1 else f"{len(found)} alarms"


def over_all(segments: Sequence[ScoredSegment], found: Sequence[Event], machine: str) -> Headline:
    """The verdict on a long recording: by its alarms, not by its mean.

    Args:
        segments: all of them.
        found: the events in them.
        machine: "fan id_00".
    """
    length = clock(segments[-1].end)
    judged = [segment for segment in segments if segment.score is not None]
    mostly_unknown = 2 * sum(segment.recognised is False for segment in judged) > len(judged)
    unknown = f"most of it matches no known {machine.split()[0]}" if mostly_unknown else ""
    if found:
        alarms = "Alarm: unusual" if len(found) == 1 else f"{len(found)} alarms: unusual"
        total = clock(sum(event.end - event.start for event in found))
        text = f"{alarms} for {machine} during {total} of {length}"
        return Headline("notifications_active", "red", f"{text}; {unknown}" if unknown else text)
    if unknown:
        return Headline("help", "orange", f"No alarm in {length}, but {unknown}")
    return Headline("check_circle", "green", f"No alarm in {length}: sounds normal for {machine}")


def share(segments: Sequence[ScoredSegment], rule: Rule, promised: float) -> str:
    """How many segments were unusual, and how many would be anyway."""
    judged = sum(segment.score is not None for segment in segments)
    unusual = sum(segment.is_anomalous for segment in segments)
    times = f"at least {rule.k} of {rule.n} segments in a row" if rule.n > 1 else "any segment"
    return (
        f"{unusual} of {judged} segments of 10 s were unusual ({percent(unusual / judged)}); of a "
        f"machine running well about {percent(promised)} are. An alarm is raised when {times} "
        f"{'are' if rule.n > 1 else 'is'} unusual: the mean over a long recording would hide a "
        "short fault."
    )


def not_judged(segments: Sequence[ScoredSegment]) -> str | None:
    """What could not be judged, and why."""
    failed = [segment for segment in segments if segment.error]
    if not failed:
        return None
    first = failed[0]
    return (
        f"Not judged: {len(failed)} of {len(segments)} segments, the first at {clock(first.start)} "
        f"({first.error})"
    )


def noticed(segments: Sequence[ScoredSegment]) -> str | None:
    """What is wrong with the recordings, though they could be judged."""
    last = {(s.file, p.kind, p.start): p.text for s in segments for p in s.problems}
    if not (texts := list(dict.fromkeys(last.values()))):
        return None
    more = f"; and {len(texts) - _NOTICED} more, in the JSON" if len(texts) > _NOTICED else ""
    said = "; ".join(texts[:_NOTICED])
    return f"{said[0].upper()}{said[1:]}{more}."


def inferred(machine_id: str) -> str:
    return (
        f"Judged as {machine_id}, which its first minute sounds most like; choose the id for a "
        "more reliable verdict."
    )


MEANING_OF_RULE = """
A single segment of 10 s sounds unusual now and then even when the machine is fine. Several close
together are rarer: a stricter rule means fewer false alarms, and a later alarm. Neighbouring
segments sound alike, though, so no rule is free of false alarms: expect a few a day, and fewer with
a lower false-alarm rate.
"""
