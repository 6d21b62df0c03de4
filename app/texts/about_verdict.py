"""A verdict in plain sentences; never more certainty than its calibration holds."""

from __future__ import annotations

from typing import Any

from mimimi.config import FrontEnd
from mimimi.detector.publishing.about import recordings
from mimimi.detector.threshold import realised_rate, recordings_for
from mimimi.detector.verdict import ChannelWeights, Verdict, Window
from texts.formats import percent
from texts.headline import Headline


def headline(verdict: Verdict) -> Headline:
    """The verdict in five words."""
    if verdict.error is not None:
        return Headline("block", "grey", "Could not be judged")
    machine = machine_name(verdict)
    if verdict.recognised is False:
        unlike = f"not like any {verdict.machine_type} I know"
        if verdict.is_anomalous:
            return Headline("warning", "red", f"Unusual, and {unlike}")
        return Headline("help", "orange", f"Sounds {unlike}")
    if verdict.is_anomalous:
        return Headline("warning", "red", f"Unusual for {machine}")
    return Headline("check_circle", "green", f"Sounds normal for {machine}")


def in_a_word(verdict: Verdict) -> str:
    """The verdict in a cell of a table."""
    if verdict.is_anomalous is None:
        return "✕ not judged"
    if verdict.recognised is False:
        return "▲ unusual, unlike any" if verdict.is_anomalous else "? unlike any"
    return "▲ unusual" if verdict.is_anomalous else "✓ normal"


def machine_name(verdict: Verdict) -> str:
    """The machine it was judged as: "fan id_00"."""
    return f"{verdict.machine_type} {verdict.machine_id}"


def caution(verdict: Verdict) -> str | None:
    """What weakens the verdict: a mended recording, a machine that nobody named."""
    said = []
    if verdict.recognised is False:
        said.append(
            f"Its colour of sound is far from that of every {verdict.machine_type} known here: "
            "another machine, another microphone or place, no machine at all, or one badly broken. "
            "What follows is not to be trusted."
        )
    if verdict.warning:
        said.append(f"{verdict.warning[0].upper()}{verdict.warning[1:]}.")
    if verdict.error is None and not verdict.machine_id_given:
        said.append(
            f"Of the {verdict.machine_type}s it knows this sounds most like {verdict.machine_id}; "
            "choose the id to be surer."
        )
    return " ".join(said) or None


def comparison(verdict: Verdict) -> str | None:
    """This recording among those the threshold was calibrated with."""
    n = verdict.calibration_clips
    if verdict.score is None or not n:
        return None
    recordings = "normal recording" if n == 1 else "normal recordings"
    stranger = sum(score >= verdict.score for score in verdict.calibration_scores)
    if stranger == 0:
        return f"None of {n} {recordings} sounded this strange."
    if stranger == n:
        return f"All of {n} {recordings} sounded at least as strange."
    return f"{stranger} of {n} {recordings} sounded at least as strange."


def how_often(verdict: Verdict) -> str | None:
    """The p-value in words."""
    n = verdict.calibration_clips
    if verdict.p_value is None or not n:
        return None
    running_well = f"A {verdict.machine_type} running well sounds this strange"
    if verdict.p_value * (n + 1) < 1.5:
        return f"{running_well} in about 1 of {n + 1} recordings, or more rarely."
    return f"{running_well} in about {percent(verdict.p_value)} of its recordings."


def meaning_of_score() -> str:
    return (
        "How badly the sound fits its machine, averaged over the recording: the cross-entropy of "
        "naming its id. Higher is stranger. Scores of different detectors cannot be compared."
    )


def meaning_of_threshold(verdict: Verdict) -> str:
    text = "Above it a recording is called unusual."
    if verdict.calibration_clips:
        text += f" Found from {verdict.calibration_clips} recordings of the machine running well."
    return text


def meaning_of_p_value(verdict: Verdict) -> str:
    n = verdict.calibration_clips or 0
    return (
        "How often a recording of the machine running well would sound at least this strange. "
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
        f"one detector in twenty gives false alarms in more than "
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


def strangest(windows: list[Window]) -> str | None:
    """Where to listen first."""
    if len(windows) < 2:
        return None
    window = max(windows, key=lambda window: window.score)
    return f"Strangest from {window.start:.1f} s to {window.start + window.seconds:.1f} s."


def leaning(attention: ChannelWeights) -> str:
    """Which features the network leant on."""
    magnitude = sum(attention.magnitude.values())
    share = magnitude / (magnitude + sum(attention.complex.values()))
    if abs(share - 0.5) < 0.05:
        return "The network leant on magnitude and complex features alike."
    name, part = ("magnitude", share) if share > 0.5 else ("the complex features", 1 - share)
    return f"The network leant mostly on {name} ({round(100 * part)} % of its attention)."


def origin(machine_type: str, place: str, about: dict[str, Any]) -> str:
    """Which detector judged, and what it has learnt from."""
    text = f"Judged by the {machine_type} detector ({place})"
    if learnt := learnt_from(about):
        text += f", learnt from {learnt}"
    return text + "."


def learnt_from(about: dict[str, Any]) -> str:
    """The recordings behind the weights."""
    return " and ".join(
        f"{count} simulated recordings" if corpus == "simulated" else f"{count} of {corpus}"
        for corpus, count in recordings(about).items()
    )


_TIME = """
**Score of each window.** The recording is cut into windows of about 2 s and each is scored. The
verdict is about all of them together, so one tall bar alone need not make a recording unusual. The
dashed line is the threshold of the whole recording, drawn here for comparison.

**Magnitude.** How loud each frequency is at each moment, as in a musical score: steady tones of
something that turns are horizontal lines, clicks are vertical ones. In decibels below a tone at
full scale. {pace}

**Phase: its change in time.** How fast the phase of each frequency turns, less what a tone in the
middle of its bin would do: the distance of the sound's true (instantaneous) frequency from the
bin's, in Hz. A steady tone keeps one shade; a wavering one changes shade; noise is a mixture.

**Phase, raw.** The angle of each frequency at each moment, which turns so fast that it looks like
noise; the network reads it all the same. Both maps are cyclic: their two ends are the same angle.

Drag to zoom: all pictures follow. Double-click to see everything again. The camera saves a PNG.
"""


def what_time_shows(columns: int, seconds: float) -> str:
    """The explanation of the three pictures over time."""
    per_column = seconds / columns
    pace = (
        f"This recording is long: one column stands for {per_column:.1f} s and shows, for each "
        "frequency, its loudest moment."
        if per_column > 0.05
        else ""
    )
    return _TIME.format(pace=pace)


WHAT_THE_OUTLINE_SHOWS = """
**The outline**, drawn for unusual recordings, holds two thirds of what raised the score: the bands
and tones that are louder or quieter than they usually are on this machine, weighed by how much the
networks mind. What loudness does not explain lies in the **phase**, and with it in timing; where
that is, is known less well. The bar below the verdict shows the two shares.
"""

WHAT_ATTENTION_SHOWS = """
The network has two pairs of eyes. The **magnitude** features see only how loud each frequency is;
the **complex** features see its phase too. Each has one channel for each machine it knows. The
attention weight *A* says by how much a channel was turned up for this recording,
*F_out = (1 + A) · F*. It tells where the network looked, not whether what it saw was strange. A
network that knows machines of other types has channels for them too; their weights are summed up.
"""

WHAT_PROBABILITIES_SHOW = """
The detector has learnt to tell machines of one type apart by their normal sound. A machine that
runs well is recognised; one that sounds like another, or like none, is unusual. The marked id is
the one the recording was judged as.
"""
