"""What the Evaluate page says whatever is evaluated."""

INTRODUCTION = (
    "Have it judge recordings for which you know whether the machine was running as it should."
)
AT_HAND = "Simulated clips of the detector's kind of machine are available at once."
LAYOUTS = (
    "Laid out as MIMII (`fan/id_00/normal/0001.wav`, `.../abnormal/...`), as DCASE 2020 "
    "(`fan/test/normal_id_00_0001.wav`, `anomaly_...`), or with a table `index.csv`. Recordings "
    "for training, and those that the detector was trained on, are left out."
)

HELP_OF_COLUMNS = {
    "AUC": "How often a faulty recording is scored higher than a normal one: 0.5 is chance, 1 is "
    "perfect. In brackets the 95 % interval over recordings.",
    "AUC, id inferred": "The same where the detector has to infer which machine it hears.",
    "pAUC": "The same as AUC where at most one in ten normal recordings raises an alarm.",
    "found": "Faulty recordings above the detector's threshold, with the 95 % interval.",
    "false alarms": "Normal recordings above it, without those that the threshold comes from.",
}

NO_ROC = "No machine has normal and anomalous clips."
NO_NORMAL = "There are no normal clips."
WHAT_IDS_SHOW = "Normal clips of each machine, where the detector had to infer the id."
NO_MAP = "A map takes three clips, and a detector that knows two machines."
CLICK_A_POINT = "Click a point to hear the clip."
CLICK_A_ROW = "Click a row's box to hear the clip."

NO_THRESHOLD = "A threshold can be tried where there are normal and anomalous clips."
HELP_OF_PRECISION = (
    "Of the clips called unusual, the share that is anomalous. It depends on how many normal clips "
    "there are for each anomalous one."
)
HELP_OF_FALSE_ALARMS_A_DAY = (
    "If every 10 s of a day were judged, and neighbouring segments did not sound alike."
)
FITTED = "The threshold was set from these very normal clips: new ones raise more alarms."


def several_thresholds(lowest: float, highest: float) -> str:
    """Where machines differ in theirs."""
    return (
        f"These machines have thresholds of their own, {lowest:.3g} to {highest:.3g}; here one is "
        "tried for all of them."
    )


def false_alarms_a_day(normal: int, low: float, high: float) -> str:
    """How far their number is known."""
    return (
        f"With {normal} normal clips, anything between {low:,.0f} and {high:,.0f} false alarms a "
        "day is possible."
    )


def behind_the_threshold(clips: int) -> str:
    """What is left out of the figures at a threshold."""
    return f"The threshold was set from {clips} of the normal clips, which are not counted here."


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
