"""What the Train page says whatever is trained."""

from __future__ import annotations

from mimimi.data.collection import EVERY, CollectedMachine
from mimimi.data.download.disk import size_text
from mimimi.data.download.public_sets import Size
from mimimi.data.pieces import PIECE
from mimimi.detector.threshold import DEFAULT_FALSE_ALARM_RATE, FEWEST_TO_BE_SURE
from mimimi.terminal import duration
from texts.formats import percent

_NAMED = 3  # recordings in a sentence

INTRODUCTION = (
    "Networks listen to machines that run well and learn to tell each from the others; what they "
    "no longer recognise is unusual. A training goes on when this page is closed."
)
WHEN_IT_IS_WORTH_IT = (
    "**One machine?** Teach it on the page Analyse: seconds of work, and of a faulty and a normal "
    "recording it picks the faulty one 95 times in 100. **Two machines of a kind or more, and an "
    "hour?** Networks learn to tell them apart, and say which of them they hear. Of faults they "
    "found no more: 95 times in 100, from sixteen machines of four kinds with simulated ones "
    "beside them, after 46 minutes of computing; from a single machine 66. (A minute of each of "
    "16 real machines; 95 by recipes that were chosen on others of them.)"
)
NOT_HERE = (
    "Nothing can be trained on this installation, which is shared by many. Install MIMIMI on a "
    "computer of your own, and train there."
)

HOW_TO_RECORD = (
    "Record each machine while it runs well: some minutes, in all states of its normal work, with "
    "the microphone in the same place each time. Two machines of one kind or more."
)
HELP_OF_COLLECTION = (
    "Machines of one kind that are told apart. Type a new name to begin another collection."
)
HELP_OF_MACHINE_NAME = "A new machine, or one of those below that gets more recordings."
NAME_IS_MISSING = "Write the name of the machine that made them."
WHAT_TO_UPLOAD = "Recordings, or a ZIP with a folder for each machine"
CLICK_A_CLIP = "Click a row's box to hear the clip, to mark it as faulty or to remove it."
HELP_OF_FAULTY = (
    "Nothing is trained on clips of a faulty machine; they show afterwards whether its faults are "
    "found."
)
COST_OF_SIMULATED = (
    "Let simulated machines be the others. It costs much: your microphone and your hall alone set "
    "your machine apart from them, so that faults are missed which a second real machine, recorded "
    "alike, would have taught it to hear. Of 16 real machines tried so, a fault was told from "
    "normal running 66 times in 100; beside three real machines of its kind, 86 times; and without "
    "any training, taught on the page Analyse, 95 times."
)
WHAT_IS_SIMULATED = (
    "Machines that exist nowhere, made from the physics of a machine and the noise of a factory: "
    "to try everything out. Some of the recordings are of faults, to see how well they are found."
)
WHAT_IS_DOWNLOADED = (
    "Recordings of real machines, from Zenodo: gigabytes each. Before anything is fetched you are "
    "told how large they are."
)
HELP_OF_FOLDER = (
    "A folder on the computer that runs this page. Known are MIMII's layout "
    "(fan/id_00/normal/*.wav), that of DCASE 2020 (fan/train/normal_id_00_*.wav), and a table "
    "index.csv with the columns path, machine_type, machine_id, label and split."
)

HELP_OF_COLUMNS = {
    "calibration set": "Normal recordings that set the threshold; the detector is not trained on "
    "them.",
    "damaged": "Or too short: left out.",
    "silent": "Left out.",
    "clipped": "Too loud for the recorder.",
    "twice": "The same recording under another name.",
}
NOTHING_WRONG = "Nothing is wrong with them."

HELP_OF_RECIPE = (
    "**ensemble**: five small networks that judge together; the one for minutes of sound. "
    "**paper**: the network of Kim, Ho and Kang alone, as they trained it; some ten times slower, "
    "and meant for thousands of recordings."
)
HELP_OF_EPOCHS = (
    "How often all recordings are gone through. It ends earlier where nothing gets better."
)
HELP_OF_SEED = "Another seed, another draw of luck."
FIX_FIRST = "Fix the errors marked :material/block: above first."

NO_RUNS = "Nothing has been trained here yet."
SEEN_BY_ALL = "Everyone who opens this page sees these runs, and can use their detectors."
SOMEONE_ELSES = "Someone else has started it; only they can stop or delete it."
NO_CURVES_YET = "Curves appear at the end of the first epoch."
HELP_OF_BEST_EPOCH = "The one whose network is kept: it did best on the validation set."
HELP_OF_PACE = "How fast it learns; a window is 2 s of sound."
WHAT_CURVES_COMPARE = "On the validation set, or else the total."
NOTHING_DIFFERS = "They were asked for alike: what differs between them is chance."
WHAT_CURVES_SHOW = (
    "Loss: how badly machines are told apart; lower is better. Where “validation” rises while the "
    "others fall, it learns by heart. “Recognised” is how much of the validation set was taken for "
    "the machine that it is of: it says nothing of faults."
)
NOBODY_KNOWS = (
    "There were no recordings of faults among those it was given, so nobody knows. Listen to it "
    "for a while before you trust it."
)
HELP_OF_AUC = (
    "How often a faulty recording is scored higher than a normal one: 0.5 is chance, 1 is perfect."
)
HELP_OF_FALSE_ALARMS = (
    "Of recordings of the machine running well, those called unusual; without those that the "
    "threshold was set by."
)
WHERE_FIGURES_COME_FROM = "On recordings that it was not trained on, with the machine id given."


def takes(seconds: float | None) -> str:
    """How long it will take; None where that is not known."""
    if seconds is None:
        return "How long it takes depends on the cluster."
    return f"**About {duration(seconds)}** on this computer, if nothing else runs on it."


def finds(machines: int, minutes: float, *, helped: bool) -> str:
    """How well such trainings told faults of real machines from normal running, as measured.

    Args:
        machines: that are told apart.
        minutes: of the machine of which there is least.
        helped: whether the others are simulated.
    """
    if helped and machines == 1:
        return (
            "Of a single real machine, faults were told from normal running 66 times in 100 so; "
            "taught on the page Analyse, 95 times."
        )
    text = (
        "From a minute of each machine, faults of real machines were told from normal running 86 "
        "times in 100 where there were four of a kind (by one such network), and 95 times where "
        "there were sixteen of four kinds."
    )
    return f"{text} You have less than a minute of one: expect less." if minutes < 1 else text


def false_alarms(calibration: int) -> str:
    """What the threshold will promise.

    Args:
        calibration: normal recordings behind it.
    """
    if not calibration:
        return "How many false alarms to expect nobody can say: the calibration set is empty."
    rate = max(DEFAULT_FALSE_ALARM_RATE, 1 / (calibration + 1))
    text = f"Expect false alarms in about {percent(rate)} of recordings of a machine running well"
    if calibration >= FEWEST_TO_BE_SURE:
        return f"{text}."
    enough = duration(EVERY * FEWEST_TO_BE_SURE * PIECE)
    return (
        f"{text}: the threshold rests on {calibration} recordings only, so what is unusual will be "
        f"shown as a trend and not as an alarm. About {enough} of sound in all would be enough."
    )


def size(found: Size) -> str:
    """What a public data set takes, and what there is."""
    text = (
        f"**{size_text(found.fetched)}** to fetch. While it is unpacked it takes up to "
        f"{size_text(found.disk)} on the disk, which has {size_text(found.free)} free"
    )
    return f"{text}." if found.fits else f":material/block: {text}: too little. Take fewer."


def whose(names: list[str]) -> str:
    """Of recordings that wait for the name of their machine."""
    count = "1 recording" if len(names) == 1 else f"{len(names)} recordings"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"**Which machine made this?** {count}: {', '.join(names[:_NAMED])}{more}"


def collected(machine: CollectedMachine) -> str:
    """A machine and what there is of it, in a line."""
    clips = "1 clip" if machine.clips == 1 else f"{machine.clips} clips"
    faulty = f", {machine.faulty} of it being faulty" if machine.faulty else ""
    return f"**{machine.name}**: {machine.minutes:.1f} min of it running well in {clips}{faulty}"


def everything_of(machine: CollectedMachine) -> str:
    """The question before a machine is removed."""
    count = machine.clips + machine.faulty
    return f"Remove **{machine.name}** and {'its clip' if count == 1 else f'its {count} clips'}?"


def this_clip(name: str, start: str) -> str:
    """The question before a clip is removed."""
    return f"Remove **{name}** from {start}?"


def removed(what: str) -> str:
    """What was removed last."""
    return f"Removed: {what}."


def too_many_jobs(going: int, most: float) -> str:
    """An installation's limit."""
    return (
        f"There are {going} jobs waiting or running, and this installation takes {most:g} at a "
        "time; wait until one is done, or train on a computer of your own."
    )


def no_room(most: float) -> str:
    """An installation's limit on a visitor's recordings."""
    return (
        f"This installation keeps {most:g} MB of recordings for a visitor; give fewer, or use a "
        "computer of your own."
    )
