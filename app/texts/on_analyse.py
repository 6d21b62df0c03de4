"""What the Analyse page says whatever is analysed."""

from __future__ import annotations

from collections.abc import Sequence

from mimimi.data.download.remote_clip import SNR
from mimimi.detector.verdict import Verdict
from state.examples import SEVERITY
from texts import about_verdict

TITLE = "Is this machine all right?"
INTRODUCTION = (
    "Its sound tells. Teach it how yours sounds while all is well, then record it whenever you "
    "want to know."
)
RECORDING_OF_A_KNOWN_ONE = "A recording of a machine that it knows already"
NO_SUCH_MACHINE = (
    "The machine that this link leads to is not here: it was renamed or deleted, or was taught "
    "elsewhere. Choose another one, or teach it."
)
NO_DETECTOR = "There is no detector in checkpoints/: download the whole repository."

UPLOAD, RECORD, EXAMPLES = "Upload", "Record", "Try an example"
HELP_OF_INPUTS = {
    UPLOAD: "Each at least 2.05 s long, best 10 s. Of several channels the first one is judged. "
    "Files stay on the computer behind this page.",
    RECORD: "The sound as the microphone hears it: no echo cancellation, no noise suppression, "
    "no gain control, no compression.",
    EXAMPLES: "Made on the spot from the physics of the machine, 10 s long, in factory "
    "noise that is 6 dB louder than the machine. The faults are "
    f"{SEVERITY:g} times as strong as those that the model cards report on.",
}
SOURCE_OF_REAL_RECORDINGS = (
    "Downloaded from [Zenodo](https://zenodo.org/records/3384388) when you press a button, once "
    f"and about 2 MB each; factory noise {-SNR} dB louder than the machine. MIMII data set, "
    "© Hitachi, Ltd., [CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)."
)

HELP_OF_MACHINE = (
    "The machine that made the sound. Yours come first; the demo machines are known from "
    "recordings that others have published, and from simulated ones."
)
HELP_OF_MACHINE_ID = (
    "A recording is compared with this very machine running well: id_00 to id_06 are the real "
    "machines of MIMII, id_50 and above are simulated. To detect which of your own machines it is "
    "is less reliable: a failing one may sound like another."
)
WHY_ASK_FOR_ID = (
    "A recording is compared with its own machine running well. If you do not know which one it "
    "is, have it detected; the verdict is less reliable then."
)
AS_ONE = "Judge them as one long recording"
ONE_AFTER_THE_OTHER = (
    "Take the recordings in the order of their names, such as the clips of a day. You then get "
    "alarms instead of a verdict on each."
)
CHANGE = "another recording or machine"
HOW_TO_USE_TABLE = "Click a column's header to sort, a row's box to see its details below."
LONG_IN_TABLE = " Of recordings longer than 2 minutes this is the mean score; alarms are below."


def which_one(machine_type: str) -> str:
    """The question before a verdict."""
    return f"Which {machine_type} made this sound?"


def left_on(stages: list[str]) -> str:
    """What the browser did to the microphone's sound although it was asked not to."""
    return (
        f"This browser did not switch off {' and '.join(stages)}, so the recording may differ from "
        "what the machine sounded like."
    )


def missed_fault(machine_type: str, fault: str) -> str:
    """Of an example that passes as normal: else it would look like a mistake."""
    return (
        f"This {machine_type} has a fault, {fault}, and this detector does not hear it. Its "
        "card, on the page Models, says how many faults it finds."
    )


def summary(verdicts: Sequence[Verdict]) -> str:
    """What stands above a table of recordings, in the words of its rows."""
    parts = [f"{len(verdicts)} recordings: {about_verdict.how_many_unusual(verdicts)}"]
    if unknown := sum(verdict.recognised is False for verdict in verdicts):
        parts.append(f"{unknown} matching no known {verdicts[0].machine_type}")
    if failed := sum(verdict.error is not None for verdict in verdicts):
        parts.append(f"{failed} could not be judged")
    return ", ".join(parts)


def was_before(verdict: Verdict) -> str:
    """Of a recording that is judged otherwise since another one was spoken of."""
    return f"was {about_verdict.in_a_word(verdict)} before"


def judged_anew(told: int, others: int, changed: int) -> str:
    """What became of the other recordings when something was said of some.

    Args:
        told: of how many something was said.
        others: of how many nothing was.
        changed: how many of those have another verdict since.
    """
    if told == 1:
        said = "What you said of one of them was learnt; its verdict stays as it was."
    else:
        said = f"What you said of {told} of them was learnt; their verdicts stay as they were."
    if not others:
        return said
    rest = "The other one is" if others == 1 else f"The other {others} are"
    now = f"{changed or 'none'} of them {'are' if changed > 1 else 'is'} called otherwise now"
    if others == 1:
        now = "it is called otherwise now" if changed else "it is called the same as before"
    return f"{said} {rest} judged by it, too: {now}."
