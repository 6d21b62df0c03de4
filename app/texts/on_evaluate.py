"""What the Evaluate page says whatever is evaluated."""

from __future__ import annotations

from mimimi.estimate import Estimate
from mimimi.evaluation.decisions import Confusion, exact
from mimimi.evaluation.metrics import enough_for_interval
from texts.formats import plain, share

INTRODUCTION = (
    "Let a detector judge recordings of which you know whether the machine was all right."
)
AT_HAND = "Clips of simulated machines of this kind, half of them faulty, made on this computer."
OF_ONE_MACHINE = (
    "Give it recordings that it was not taught with, and say how the machine was. The more there "
    "are of both kinds, the more it says."
)
IT_RAN_WELL, IT_WAS_FAULTY = "The machine ran well", "The machine was faulty"
WHICH_MACHINE = "Which machine was it?"
NOW_THE_MACHINE = "Say which machine was recorded: each is compared with itself running well."
OF_A_DEMO_MACHINE = (
    "Of another machine of yours this would say nothing: the demo machines are all that it knows. "
    "Teach it yours on the page Analyse, then choose it above."
)
LAYOUTS = (
    "Laid out as MIMII (`fan/id_00/normal/0001.wav`, `.../abnormal/...`), as DCASE 2020 "
    "(`fan/test/normal_id_00_0001.wav`, `anomaly_...`), or with a table `index.csv`. Every "
    "recording counts that the detector was not trained on."
)

HELP_OF_BESIDE = "Another detector that knows some of the same machines, on the same recordings."
WHAT_IS_COMPARED = (
    "Only recordings that neither of them was trained on, with the machine's id given. The "
    "difference is that of the second from the first, over recordings drawn anew for both alike, "
    "with its 95 % interval: where that holds 0, these recordings do not say which is better."
)
TOO_FEW = "too few"

HELP_OF_COLUMNS = {
    "AUC": "How often a faulty recording is scored higher than a normal one: 0.5 is chance, 1 is "
    "perfect. In brackets the 95 % interval over recordings. Below five normal or five faulty "
    "recordings it would be luck: the counts say all there is.",
    "AUC, id inferred": "The same when the detector has to infer which machine it hears.",
    "pAUC": "The same as AUC where at most one in ten normal recordings raises an alarm.",
    "found": "Faulty recordings above the detector's threshold, with the 95 % interval.",
    "false alarms": "Normal recordings above it, without those that the threshold comes from.",
}

FOR_EXPERTS = "For experts: AUC, thresholds, ROC curves, which clips sound alike"
EVERY_CLIP = "Every recording, the most unusual first"

NO_ROC = "No machine has both normal and faulty clips."
NO_NORMAL = "There are no normal clips."
WHAT_IDS_SHOW = "Normal clips of each machine, where the detector had to infer the id."
NO_MAP = "A map needs at least three clips, and a detector that knows two machines."
CLICK_A_POINT = "Click a point to hear the clip."
CLICK_A_ROW = "Click a row's box to hear the clip."

NO_THRESHOLD = "To try thresholds there must be normal and faulty clips."
HELP_OF_PRECISION = (
    "The share of the clips called unusual that really are. It depends on how many normal clips "
    "there are for each faulty one."
)
HELP_OF_FALSE_ALARMS_A_DAY = (
    "If a clip of 10 s were judged all day long, one directly after another. Neighbouring clips "
    "sound alike in practice, so the true number can differ."
)
FITTED = "The threshold was set with these very clips: new ones will raise more alarms."


def recordings(count: int) -> str:
    """What it was tried on."""
    return "1 recording" if count == 1 else f"{count} recordings"


def have_come(normal: int, faulty: int) -> str:
    """Below the places where they are dropped: what is shown there may still be on its way."""
    return f"{recordings(normal + faulty)} here: {normal} normal, {faulty} faulty."


def since_then(chosen: str) -> str:
    """Above a result of something else than what is chosen now."""
    return (
        "What you chose has changed since the result below: press **Evaluate** to judge "
        f"{plain(chosen)}."
    )


def found(counts: Confusion) -> str:
    """What came of it, in a sentence."""
    faulty, normal = counts.anomalous, counts.normal
    said = []
    if faulty:
        said.append(f"{counts.detected} of {faulty} faulty recordings found")
    if normal:
        of = f"{counts.false_alarms or 'none'} of {normal} normal"
        of += " ones" if faulty else " recordings"
        said.append(f"{of} called unusual")
    text = ", ".join(said) or "no recording counts"
    return f"{text[0].upper()}{text[1:]}"


def how_sure(counts: Confusion) -> str:
    """How far the next recordings may be from that, and what could not be seen at all."""
    said, kinds = [], []
    for some, every, what in (
        (counts.detected, counts.anomalous, "such faults would be found"),
        (counts.false_alarms, counts.normal, "normal recordings would be called unusual"),
    ):
        if every:
            low, high = (round(100 * end) for end in exact(some, every))
            said.append(f"{low} to {high} of 100 {what}")
    if counts.anomalous:
        kinds.append(f"{counts.anomalous} faulty")
    if counts.normal:
        kinds.append(f"{counts.normal} normal")
    text = f"With {' and '.join(kinds)} to go by: {', and '.join(said)}." if said else ""
    if not counts.normal:
        text += (
            " How many normal ones would be called unusual cannot be said: there is none that its "
            "threshold does not come from."
        )
    elif not counts.anomalous:
        text += " Whether it finds faults is not known: there was no faulty one."
    return text.strip()


def last(data: str, said: str) -> str:
    """What came of a detector when it was last tried here."""
    return f"Tried in this visit on {data}: {said[0].lower()}{said[1:]}"


def of_all(some: int, every: int) -> str:
    """A count."""
    return f"{some} of {every}" if every else "n/a"


def rate(estimate: Estimate | None, some: int, every: int) -> str:
    """A share with its interval; of a handful of clips the counts, which say all there is."""
    return share(estimate) if enough_for_interval(every) else of_all(some, every)


def several_thresholds(machines: int, lowest: float, highest: float) -> str:
    """Where machines differ in theirs, or the recordings of one that was taught."""
    what = "These machines have thresholds" if machines > 1 else "Each recording has a threshold"
    whose = "their" if machines > 1 else "its"
    return f"{what} of {whose} own, {lowest:.3g} to {highest:.3g}; here one is tried for all."


def false_alarms_a_day(normal: int, low: float, high: float) -> str:
    """How far their number is known."""
    return (
        f"With {normal} normal clips to go by, it may be anything from {low:,.0f} to {high:,.0f} "
        "false alarms a day."
    )


def behind_the_threshold(clips: int) -> str:
    """What is left out of the figures at a threshold."""
    return f"The threshold was set with {clips} of the normal clips, which are not counted here."


def too_many(clips: int, most: float) -> str:
    """More recordings than an installation judges."""
    return (
        f"There are {clips} recordings to judge, and this installation judges {most:g} at a time; "
        "give fewer, or use a computer of your own."
    )


def too_long(minutes: float, most: float) -> str:
    """An installation's limit on sound."""
    return (
        f"That is {minutes:.0f} minutes of sound, and this installation judges {most:.0f} at a "
        "time; give less, or use a computer of your own."
    )
