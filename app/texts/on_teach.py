"""What the page says while it is taught a machine of one's own, and told more about it."""

from __future__ import annotations

from collections.abc import Sequence

from mimimi import deployment

A_MINUTE = 60.0  # s
_NAMED = 3  # recordings in a sentence

TRY_IT = "Try it"
TRY_IT_TEXT = "A machine running well, and the same one going wrong. Do you hear it? Choose one:"
WHICH_EXAMPLE = "Which machine?"
LISTEN_FIRST = "Listen first: both recordings are of the same machine."
RUNNING_WELL, GOING_WRONG = "Running well", "Going wrong"
HARDER_ONES = "Harder ones"
HARDER_ONES_TEXT = "Other faults of this machine, fainter beside the noise of the factory."
TEACH_IT = "Teach it your machine"
TEACH_ANOTHER = "Teach it another machine"
TEACH_IT_TEXT = (
    "A minute of its sound while all is well, and every later recording is compared with it."
)
TEACH_IT_MINE = "It is my own machine: teach it"
NAME_OF_MACHINE = "What is it called?"
LIKE_COMPRESSOR = "such as compressor 2"
NOW_A_NAME = "Now give it a name, then press “Learn it”."
LEARN_IT = "Learn it"
LEARNING = "Listening to how it sounds …"
RECORD_A_MINUTE = "Hold the microphone close to the machine. It stops by itself after a minute."
OR_DROP_FILES = "Or drop recordings of it running well"

KNOWS_DEMO_MACHINES_ALONE = (
    "These are demo machines. If yours is another one, it was never heard here, and beside them it "
    "would nearly always be called unusual."
)
IT_IS_A_DEMO_MACHINE = "Or it is one of these, and is compared with that one running well:"
NEVER_HEARD = "This machine has never been heard here"
NEVER_HEARD_TEXT = (
    "Only demo machines are known here, and beside them nearly every machine sounds unusual. Teach "
    "it yours: a minute of its sound while all is well is enough."
)
NOT_YOURS = "Only the person who taught it this machine can tell it more about it."

WAS_NORMAL = "This was normal"
WAS_FAULT = "This was a fault"
WHAT_FAULT = "What was it?"
REMEMBER_IT = "Remember it"
UNDO = "Undo"
ONE_STATE = "It has one state"
HELP_OF_ONE_STATE = (
    "Where it always runs alike, and two states were found by mistake: it is then judged by all of "
    "its recordings. You can take that back here."
)
LOOK_FOR_STATES = "Look for states again"
HELP_OF_STATES = "Where it does idle and work: its states are looked for in all that it has heard."
TELL_IT = "You know better? Tell it, and the next recording is judged by that too."

HEARD_BEFORE = "It has heard all of these recordings before."

MORE = "More of its normal sound"
MOVED = "It has moved, or has another microphone"
HELP_OF_MORE = {
    MORE: "At other hours, loads and in other weather: what it has heard it does not call unusual.",
    MOVED: "A minute where it stands now; from then on that is what is normal.",
}


def judge_it(which: str) -> str:
    """The button under a recording that was listened to."""
    return f"Judge “{which}”"


def as_demo(machine: str) -> str:
    """Where somebody said that it is a demo machine."""
    return (
        f"Judged as the demo machine {machine}. If your recording is of another one, this "
        "verdict says nothing about it: that machine has never been heard here."
    )


def kept_where() -> str:
    """What becomes of the recordings."""
    if deployment.shared():
        return "What it learns is kept for this visit only, and nobody else sees it."
    return "Recordings and what is learnt from them stay on the computer behind this page."


def taken(machine: str) -> str:
    """Two machines of one name."""
    return f"There is a {machine} already; give this one another name."


def too_short(seconds: float) -> str:
    """Less than can be learnt from."""
    return f"That is only {seconds:.1f} s of sound: 10 s is the least, a minute is much better."


def learnt(machine: str, seconds: float) -> str:
    """The next step."""
    return (
        f"{machine} is learnt from {seconds:.0f} s of sound. Now give it a recording to judge: "
        "upload one, or record 10 s."
    )


def advice(seconds: float) -> str | None:
    """What more sound would buy; None where there is a minute of it."""
    from mimimi.detector import learning

    said = learning.advice(seconds) if seconds < A_MINUTE - 0.5 else None
    return said and f"{seconds:.0f} s is little; {said}. Add more below."


def heard_then(what: str, seconds: float) -> str:
    """What was told of a machine, and how much of it was heard then."""
    return f"{what}: {seconds:.0f} s" if seconds else what


def of_one_hour(recordings: int) -> str | None:
    """What one or two recordings cannot promise; None where there are more."""
    from mimimi.detector import learning

    said = learning.of_one_hour(recordings)
    return said and f"{said[0].upper()}{said[1:]}. Add some below when you have them."


def of_states(states: str | None) -> str | None:
    """The states that were found."""
    return states and f"{states[0].upper()}{states[1:]}."


def carried(name: str) -> str:
    """The recording that was being judged."""
    return f"The machine was running well in {name}, too: learn from it"


def judged_afterwards(name: str) -> str:
    return f"{name} is kept, and judged as soon as your machine is learnt."


def waiting(names: Sequence[str]) -> str:
    said = ", ".join(names) if len(names) <= _NAMED else f"{len(names)} recordings"
    return f"Ready to learn from {said}: press “{LEARN_IT}”."


def noted(text: str) -> str:
    """What it was told.

    Args:
        text: such as "was a fault: bearing, 3 May 2026".
    """
    return f"Noted: this {text}."


def what_it_knows(machine: str) -> str:
    return f"What it knows of {machine}"
