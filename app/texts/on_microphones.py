"""What the page says of a second microphone that hears the hall."""

from __future__ import annotations

SECOND = "A second microphone, against a loud hall"
SECOND_TEXT = (
    "Is another machine louder than yours? With a recorder of two channels, one microphone stands "
    "at your machine, the other three metres off or more, where it hears the other machine and "
    "not yours. What it hears is taken out of every recording before it is judged. A machine that "
    "is learnt so is always judged with both."
)
WHICH = "Second microphone hears the hall"
NONE = "none"
AS_HEARD, WITHOUT = "As heard", "Without the hall"
EQUALLY_LOUD = "Both are made equally loud, so that what is left can be heard."
TAKEN_OUT = "What the second microphone took out"


def name(channel: int, channels: int) -> str:
    """A channel as one says it; others than those of stereo as on the command line, from 0."""
    if channels == 2:
        return ("left channel", "right channel")[channel]
    return f"channel {channel}"


def near(channel: str) -> str:
    """Which microphone is then at the machine."""
    return f"The {channel} is at the machine."


def needed(machine: str) -> str:
    """Of a machine that was learnt with both."""
    return f"{machine} was learnt with a second microphone: give recordings that have both."
