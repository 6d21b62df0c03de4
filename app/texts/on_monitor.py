"""What the Monitor page says whatever is heard."""

from __future__ import annotations

from mimimi.terminal import duration

INTRODUCTION = "Machines that are listened to around the clock, and what was heard of them."
WHAT_IT_IS_FOR = """
## Nothing is listened to yet

A listener hears a machine by day and by night, and nobody has to look. It runs on this computer,
with a microphone that is connected to it, with the stream of a camera, or with a folder into which
a recorder drops files. It keeps what it heard, and the sound before each alarm; here you see it,
and say what was normal and what was a fault.

1. Teach it your machine on the page Analyse, with a minute of its sound.
2. On the page Live, choose the machine and open **Keep listening without this page**.
"""
IN_A_TERMINAL = "Or in a terminal"
FROM_A_TERMINAL = (
    "In the folder of MIMIMI, with `.venv` activated, and with the name of your machine:"
)
OTHER_SOURCES = (
    "In place of `card`, which is a microphone of this computer: the address of a stream, such as "
    "`rtsp://camera.local/audio`, or a folder. Several machines, and whom to tell of an alarm, are "
    "listed in a file; `python -m mimimi listen --init` writes one to begin with."
)
NOT_HERE = (
    "What listeners heard is not shown on this installation, which is shared by many. Who runs it "
    "can show it to everyone who opens this page: `MIMIMI_MONITOR=on`."
)
READ_ONLY = "Everyone who opens this page sees this; nobody can change it here."

LISTENER = "The listener that this page has started"
FORGET = "Stop listening to it"
NO_LOG = "Nothing yet."

ALL_MACHINES = "All machines"
SPANS = "Shown"
EARLIER, LATER, NOW = "Earlier", "Later", "Now"
NO_ALARMS = "No alarm in this stretch."
ONE_ALARM = "1 alarm in this stretch"
WHY = "Why was there an alarm, or none?"
ANY_MOMENT = "At any other moment"
WHICH_TIME = "When?"
SAY_WHY = "Say why"
NO_SOUND = (
    "The sound of this moment was not kept: of each alarm the minute before it is, and now and "
    "then a sample of normal running. What was kept is marked on the chart."
)
SOUND_IS_GONE = (
    "The sound of this moment was kept on the disk of the listener, and is not there any more, or "
    "that is another computer."
)
NO_DETECTOR_HERE = (
    "The detector that judged it is not among those of this page; the sound can be heard all the "
    "same."
)

ACKNOWLEDGE = "Acknowledge"
HELP_OF_ACKNOWLEDGE = "You have seen this alarm, so that whoever looks next need not wonder."
ACKNOWLEDGED = "Somebody has seen this alarm."
MUTE = "Mute"
MUTE_IT_FOR = "Tell nobody for"
HELP_OF_MUTE = (
    "Nobody is told of this machine for a while. It is listened to as before, and what still lasts "
    "afterwards is told then."
)
UNMUTE = "Tell again"
MUTE_FOR = {"1 hour": 3600.0, "8 hours": 8 * 3600.0, "1 day": 86_400.0, "1 week": 7 * 86_400.0}


def not_here(machine: str) -> str:
    """Of a link that leads to nothing."""
    return (
        f"Nothing was heard of {machine}, to which this link leads: it is called otherwise, or is "
        "listened to elsewhere. Here are all machines of which something was heard."
    )


def command(machine: str | None) -> str:
    """What starts the listener.

    Args:
        machine: one that was taught; None: there is none yet.
    """
    return f'python -m mimimi listen "{machine or "compressor 2"}" card'


def muted(until: str) -> str:
    return f":material/notifications_off: Nobody is told of it until {until}."


def in_short(seconds: float) -> str:
    """What the small picture of a machine shows."""
    how_long = duration(seconds).replace(".0 h", " h")
    return f"Score over the last {how_long}, dashed: threshold"


def first_heard(when: str) -> str:
    """All that there is of a machine is less than was asked for."""
    return f"It was first heard at {when}; all of it since then is shown."


def which_moment(touch: bool) -> str:
    """What the chart is for; a first tap on it only points."""
    how = "Tap a point twice" if touch else "Click a point"
    return (
        f"{how} to hear it, where its sound was kept, and to read why there was an alarm, or none."
    )


def alarms(count: int) -> str:
    """How many there were."""
    if not count:
        return NO_ALARMS
    return ONE_ALARM if count == 1 else f"{count} alarms in this stretch"


def all_of_it(seconds: float) -> str:
    """Over the player."""
    return f"All {seconds:.0f} s that were kept; below, the segment of this moment"


def history_away(reason: str) -> str:
    """The database does not answer."""
    return f"The history cannot be reached ({reason})."
