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
    "Neural networks learn what each of your machines sounds like when it runs well; a sound they "
    "no longer recognise is unusual. Training continues when you close this page."
)
WHEN_IT_IS_WORTH_IT = (
    "**One machine?** Teach it on the page Analyse instead: it takes seconds, and given a faulty "
    "and a normal recording it picks the faulty one 95 times in 100. **Two or more machines of a "
    "kind, and a quarter of an hour to spare?** Networks learn to tell the machines apart, and say "
    "which one they hear. They find no more faults, though: 95 in 100 with sixteen machines of "
    "four kinds and simulated ones beside them, which take longer; and a single machine's network "
    "adds nothing to what Analyse learns of it. (Measured on 16 real machines, a minute of each; "
    "the 95 with settings chosen on the others.)"
)
NOT_HERE = (
    "Nothing can be trained on this installation, which is shared by many. Install MIMIMI on a "
    "computer of your own, and train there."
)
NO_TORCH = (
    "Networks are trained with PyTorch, which is not installed here. Bring it with "
    '`pip install "mimimi[train]"`, then start MIMIMI again.'
)

HOW_TO_RECORD = (
    "Record each machine while it runs well: a few minutes, covering everything it normally does, "
    "with the microphone in the same place each time. Use two or more machines of the same kind."
)
HELP_OF_COLLECTION = (
    "Machines of one kind that are trained together. Type a new name to start another collection."
)
HELP_OF_MACHINE_NAME = "A new machine, or one of those below that gets more recordings."
NAME_IS_MISSING = "Write the name of the machine that made them."
WHAT_TO_UPLOAD = "Recordings, or a ZIP with a folder for each machine"
CLICK_A_CLIP = "Click a row's box to hear the clip, to mark it as faulty or to remove it."
HELP_OF_FAULTY = (
    "Nothing is trained on clips of a faulty machine; they show afterwards whether its faults are "
    "found."
)
WHAT_IS_SIMULATED = (
    "Invented machines in the noise of a factory, computed from physics: a way to try everything "
    "out. Some recordings have faults, to show how well they are found."
)
WHAT_IS_DOWNLOADED = (
    "Recordings of real machines, published on Zenodo: several gigabytes each. You are told the "
    "size before anything is downloaded."
)
HELP_OF_FOLDER = (
    "A folder on the computer that runs this page, laid out as MIMII (fan/id_00/normal/*.wav) or "
    "DCASE 2020 (fan/train/normal_id_00_*.wav), or with a table index.csv that has the columns "
    "path, machine_type, machine_id, label and split."
)

HELP_OF_COLUMNS = {
    "recordings": "To learn from; the calibration set comes on top.",
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
    "How many times the networks go through all recordings. Training stops earlier when it no "
    "longer improves."
)
HELP_OF_SEED = "Fixes everything that is left to chance; another seed gives another result."
FIX_FIRST = "Fix the errors marked :material/block: above first."

NO_RUNS = "Nothing has been trained here yet."
SEEN_BY_ALL = "Everyone who opens this page sees these runs, and can use their detectors."
SOMEONE_ELSES = "Somebody else started this run; only they can stop or delete it."
NO_CURVES_YET = "Curves appear at the end of the first epoch."
HELP_OF_BEST_EPOCH = "The epoch whose network is kept: it did best on the validation set."
HELP_OF_PACE = "How fast it trains; a window is 2 s of sound."
WHAT_CURVES_COMPARE = "Loss on the validation set, or on the training set where there is none."
NOTHING_DIFFERS = "They were trained with the same settings; any difference is chance."
WHAT_CURVES_SHOW = (
    "Loss: how badly the machines are told apart; lower is better. If “validation” rises while the "
    "others fall, it is learning the recordings by heart. “Recognised” is the share of the "
    "validation set attributed to the right machine: it says nothing about faults."
)
NOBODY_KNOWS = (
    "It was given no recordings of faults, so nobody knows. Mark some clips as faulty, or watch it "
    "for a while before you rely on it."
)
HELP_OF_AUC = (
    "How often a faulty recording is scored higher than a normal one: 0.5 is chance, 1 is perfect."
)
HELP_OF_FALSE_ALARMS = (
    "Recordings of the machine running well that were called unusual, not counting those the "
    "threshold was set with."
)
WHERE_FIGURES_COME_FROM = "On recordings that it was not trained on, with the machine id given."


def takes(seconds: float | None) -> str:
    """How long it will take; None where that is not known."""
    if seconds is None:
        return "How long it takes depends on the cluster."
    return f"**About {duration(seconds)}** on this computer, as busy as it is now."


def finds(machines: int, minutes: float, *, alone: bool) -> str:
    """How well such trainings told faults of real machines from normal running, as measured.

    Args:
        machines: that are told apart.
        minutes: of the machine of which there is least.
        alone: whether a single machine is told apart from those of MIMII.
    """
    if alone:
        return (
            "Do not expect to gain by it: of sixteen real machines of MIMII, each trained by "
            "itself, a network picked the faulty one of two recordings 95 times in 100, network "
            "and memory together 97 times, and the memory by itself, taught on the page Analyse "
            "in seconds, 97 times."
        )
    text = (
        "With a minute of each real machine, such networks picked the faulty one of two recordings "
        "86 times in 100 with four machines of a kind, and 95 times with sixteen of four kinds."
    )
    return (
        f"{text} You have less than a minute of one machine: expect less." if minutes < 1 else text
    )


def false_alarms(calibration: int) -> str:
    """What the threshold will promise.

    Args:
        calibration: normal recordings behind it.
    """
    if not calibration:
        return "The calibration set is empty, so the false-alarm rate is unknown."
    rate = max(DEFAULT_FALSE_ALARM_RATE, 1 / (calibration + 1))
    text = f"Expect false alarms in about {percent(rate)} of recordings of a machine running well"
    if calibration >= FEWEST_TO_BE_SURE:
        return f"{text}."
    enough = duration(EVERY * FEWEST_TO_BE_SURE * PIECE)
    return (
        f"{text}: the threshold rests on only {calibration} recordings, so an unusual sound is "
        f"shown as a trend, not as an alarm. About {enough} of sound in all would be enough."
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


def kept_as(name: str) -> str:
    """A machine's name as its folder has it."""
    return f"It will be called {name}."


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
