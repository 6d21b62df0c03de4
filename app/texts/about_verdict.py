"""A verdict in plain sentences; never more certainty than its calibration holds."""

from __future__ import annotations

from collections.abc import Sequence

from mimimi.config import FrontEnd
from mimimi.detector.threshold import FEWEST_TO_BE_SURE, realised_rate, recordings_for
from mimimi.detector.verdict import Verdict
from texts.formats import machine, percent
from texts.headline import Headline

WHILE_WELL = "while all is well"
MEANING_OF_WHILE_WELL = (
    "How many recordings sound at least as unusual while the machine runs well: the p-value, "
    "counted, and never rarer than the recordings that it is compared with can show."
)
FOR_EXPERTS = "For experts: numbers, false alarms, phase, attention"


def headline(verdict: Verdict) -> Headline:
    """The verdict in five words."""
    if verdict.error is not None:
        return Headline("block", "grey", "Could not be judged")
    name = machine_name(verdict)
    foreign = verdict.recognised is False
    if foreign and not (verdict.is_anomalous and verdict.machine_id_given):
        return Headline("help", "grey", f"Matches no known {verdict.machine_type}")
    if verdict.is_anomalous and verdict.tentative:
        return Headline("trending_up", "orange", f"Perhaps unusual for {name}")
    if verdict.is_anomalous:
        return Headline("warning", "red", f"Unusual for {name}")
    return Headline("check_circle", "green", f"Sounds normal for {name}")


def in_a_word(verdict: Verdict) -> str:
    """The verdict in a cell of a table."""
    if verdict.is_anomalous is None:
        return "✕ not judged"
    if verdict.recognised is False:
        return "▲ unusual, no match" if verdict.is_anomalous else "? no match"
    if verdict.is_anomalous and verdict.tentative:
        return "△ perhaps unusual"
    return "▲ unusual" if verdict.is_anomalous else "✓ normal"


def how_many_unusual(verdicts: Sequence[Verdict | None]) -> str:
    """A count in the words of the verdicts, "1 unusual, 2 perhaps unusual"."""
    unusual = [verdict for verdict in verdicts if verdict and verdict.is_anomalous]
    perhaps = sum(verdict.tentative for verdict in unusual)
    sure = len(unusual) - perhaps
    if not perhaps:
        return f"{sure} unusual"
    return f"{sure} unusual, {perhaps} perhaps unusual" if sure else f"{perhaps} perhaps unusual"


def one_in(verdict: Verdict) -> int | None:
    """Of how many recordings of the machine running well at most one sounds this unusual."""
    return int(1 / verdict.p_value + 1e-9) if verdict.p_value else None


def machine_name(verdict: Verdict) -> str:
    """The machine it was judged as: "fan id_00"."""
    return machine(verdict.machine_type, verdict.machine_id)


def caution(verdict: Verdict) -> str | None:
    """What weakens the verdict: a repaired recording, a machine that nobody named."""
    said = []
    if verdict.is_anomalous and verdict.tentative:
        said.append(trend(verdict.calibration_clips or 0))
    if verdict.warning:
        said.append(f"{verdict.warning[0].upper()}{verdict.warning[1:]}.")
    if verdict.error is None and not verdict.machine_id_given:
        said.append(
            f"Of the {verdict.machine_type}s it knows, this sounds most like {verdict.machine_id}; "
            "choose the id for a more reliable verdict."
        )
    return " ".join(said) or None


def trend(n: int) -> str:
    """Why so few normal recordings make a trend and no alarm."""
    those = "one normal recording" if n == 1 else f"{n} normal recordings"
    return (
        f"The threshold rests on {those}, so about 1 in {n + 1} recordings of the machine running "
        "well is above it too. Watch whether it goes on, and give it more normal sound."
    )


def rests_on_little(verdict: Verdict) -> str | None:
    """How often it is wrong of a machine that was taught with little sound."""
    n = verdict.calibration_clips or 0
    if not verdict.is_anomalous or verdict.tentative or not 0 < n < FEWEST_TO_BE_SURE:
        return None
    return (
        f"With {n} normal recordings to go by, {percent(verdict.false_alarm_rate)} of those of the "
        "machine running well are called unusual, too; more of its normal sound makes that rarer."
    )


def footnote(verdict: Verdict) -> str | None:
    """A sound that is far from all that is known."""
    if verdict.recognised is not False:
        return None
    return (
        f"Its spectrum matches no {verdict.machine_type} known here: that may be the machine, but "
        "another machine, place or microphone would do the same."
    )


def how_often(verdict: Verdict) -> str | None:
    """The p-value in words."""
    n = verdict.calibration_clips
    if verdict.p_value is None or not n:
        return None
    running_well = f"A {verdict.machine_type} running well sounds this unusual"
    if verdict.p_value * (n + 1) < 1.5:
        return f"{running_well} in about 1 of {n + 1} recordings, or more rarely."
    return f"{running_well} in about {percent(verdict.p_value)} of its recordings."


def meaning_of_score(learnt: bool = False) -> str:
    """What the number says.

    Args:
        learnt: whether it is of a machine that was learnt by itself.
    """
    if learnt:
        return (
            "How far the sound is from the nearest normal sound that was heard of this machine: in "
            "its tones, its peaks, how its level varies and how these go together. 0.7 is usual."
        )
    return (
        "How badly the sound fits its machine, averaged over the recording: the cross-entropy of "
        "naming its id. Higher is more unusual. Scores of different detectors cannot be compared."
    )


def meaning_of_threshold(verdict: Verdict) -> str:
    text = "Above it a recording is called unusual."
    if verdict.calibration_clips:
        text += f" Set from {verdict.calibration_clips} recordings of the machine running well"
        text += f", in its {verdict.state} state." if verdict.state else "."
    return text


def meaning_of_p_value(verdict: Verdict) -> str:
    n = verdict.calibration_clips or 0
    return (
        "How often a recording of the machine running well would sound at least this unusual. "
        f"With {n} recordings to compare with, nothing rarer than 1 in {n + 1} can be said."
    )


def meaning_of_false_alarms() -> str:
    return (
        "What the threshold promises: about this share of recordings of a machine running well "
        "is called unusual all the same."
    )


def what_is_promised(n: int, rate: float) -> str:
    """The promise of a threshold, and how far this very threshold can be off."""
    return (
        f"At {percent(rate)}, about that share of recordings of a machine running well is called "
        f"unusual all the same. That holds on average: with only {n} normal recordings to go by, "
        f"one time in twenty there are false alarms in more than "
        f"{percent(realised_rate(n, rate))} of them."
    )


def where_it_stops(n: int) -> str:
    """Why the slider stops, and what more recordings would buy."""
    text = (
        f"The slider stops at 1 in {n + 1}: {n} normal recordings cannot show what happens more "
        "rarely."
    )
    better = [rate for rate in (0.05, 0.01, 0.001) if recordings_for(rate) > n][:2]
    wanted = [
        f"{recordings_for(rate) - n} more ({_minutes(recordings_for(rate) - n)}) would allow "
        f"{percent(rate)}"
        for rate in better
    ]
    return f"{text} {', '.join(wanted)}." if wanted else text


def _minutes(recordings: int) -> str:
    minutes = recordings * FrontEnd().segment_seconds / 60
    return f"{minutes:.0f} min of sound" if minutes >= 1 else f"{60 * minutes:.0f} s of sound"
