"""What the Live page says whatever is heard."""

from __future__ import annotations

from mimimi.terminal import duration

INTRODUCTION = (
    "Put the microphone close to the machine, and leave this page open while the machine runs."
)
WHICH_ONE = "Which machine is the microphone at?"
RING = "Sound and tab title at an alarm"
HELP_OF_RINGING = (
    "Three short tones as an alarm begins; the tab's title says it as long as it is on."
)
JUDGE_IT = "Judge it on Analyse"
HELP_OF_JUDGING = (
    "Takes its most unusual 10 s along: there are its pictures, and there you say of a machine of "
    "your own whether it was normal or a fault. Leaving this page closes the microphone."
)
LAST_MINUTE = "The last minute: how loud, and at which pitch"
RECORD = "Record of this session"
BEFORE_THE_FIRST_VERDICT = "The first verdict needs 10 s of sound; a new one comes every 5 s."

KEEP_LISTENING = "Keep listening without this page"
WITHOUT_PAGE = (
    "The microphone of this browser ends with this page. A listener on the computer that runs it "
    "goes on, by day and by night: with that computer's own sound card, or a stream that it can "
    "reach. It listens for the machine above, by the same alarm rule."
)
WITHOUT_PAGE_ELSEWHERE = (
    "This installation is shared by many and listens to nobody's machine. On a computer of your "
    "own, with MIMIMI and this detector, this does, with the sound card of that computer or, in "
    "place of `card`, the address of a stream:"
)
WHICH_ONE_FIRST = "Choose above which machine it is; a listener judges one that is known."
SOURCE = "Address of a stream; empty: the sound card of this computer"
HELP_OF_SOURCE = "Such as a camera's, rtsp:// or http://; or a folder into which recordings come."
CALL_IT = "Name of the machine"
START = "Start listening"
NO_CARD = (
    "No microphone is connected to the computer that runs this page; connect one, or give the "
    "address of a stream."
)

HOW_IT_WORKS = """
The microphone's sound is taken as it is: no echo cancellation, no noise suppression, no gain
control, no compression. It goes to the computer that runs this page, which judges the last 10 s
every 5 s. The scores of twelve hours are kept, the sound of the last minute and that of the last
ten alarms; the rest is forgotten. Where sound is lost on its way, or the computer is too slow to
judge it all, the page says so and marks it.

At an alarm the browser plays three short tones, which the microphone hears, too, and says so in its
tab's title. That can be switched off.

With the rule “5 of 6”, a clear fault raises the alarm within 35 s (measured with a simulated slide
rail whose belt comes loose); with a milder rule it comes sooner.

Leaving the page closes the microphone. Scores, alarms and the choice of the machine stay until the
browser's tab is closed, and go on when you listen again; to keep more, download the record.
"""


def at(clock: str, heard: float, *, closed: bool) -> str:
    """When the last verdict was, before its figures.

    Args:
        clock: of the day.
        heard: s since the microphone was opened.
        closed: whether it was closed since.
    """
    text = f"At {clock}, after {duration(heard)}: "
    return f"The microphone is closed. {text}" if closed else text


def reason(at: str, sentence: str) -> str:
    """What is unusual in the segment of an alarm that began at this time of day."""
    return f"Most unusual in the 10 s from {at}: **{sentence}**"


def sound_of(at: str) -> str:
    """The sound of an alarm that began at this time of day."""
    return f"Sound of the alarm at {at}"


def no_microphone(reason: str) -> str:
    """Where the browser gives no unfiltered sound."""
    return (
        f"The microphone cannot be used here: {reason}. Record a file with another program and "
        "upload it on the page Analyse."
    )


def browsers_own_recorder(reason: str) -> str:
    """What stands in for it on the other pages."""
    return (
        f"Recording unfiltered does not work here: {reason}. The browser's own recorder may cancel "
        "echoes, suppress noise and level the sound, which makes a verdict less reliable."
    )


def handed_over(name: str) -> str:
    """The next step."""
    return (
        f"{name} is listened to from now on, also when this page is closed. In half a minute the "
        "page Monitor shows how it is."
    )
