"""What the Train page says whatever is trained."""

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
HELP_OF_MACHINE_NAME = "Recordings that you add now are of this machine."
NAME_FIRST = "Give the machine a name first; then record it here."
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
WHAT_IS_DOWNLOADED = "Recordings of real machines, from Zenodo. They are large: gigabytes each."
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
HELP_OF_RECOGNISED = (
    "Of the sound in the validation set, the share that was recognised as its machine's by the "
    "network as it was after the last epoch."
)
HELP_OF_BEST_EPOCH = "The one whose network is kept: it did best on the validation set."
HELP_OF_PACE = "How fast it learns; a window is 2 s of sound."
WHAT_CURVES_COMPARE = "On the validation set, or else the total."
WHAT_CURVES_SHOW = (
    "Loss: how badly machines are told apart; lower is better. Where “validation” rises while the "
    "others fall, it learns by heart."
)
NOBODY_KNOWS = (
    "There were no recordings of faults among those it was given, so nobody knows. Listen to it "
    "for a while before you trust it."
)
HELP_OF_AUC = (
    "How often a faulty recording is scored higher than a normal one: 0.5 is chance, 1 is perfect."
)
HELP_OF_PAUC = "The same where at most one in ten normal recordings raises an alarm."
WHERE_FIGURES_COME_FROM = "On recordings that it was not trained on, with the machine id given."


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
