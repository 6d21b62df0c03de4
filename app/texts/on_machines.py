"""What the Machines page says: one machine and what was heard of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mimimi import deployment
from mimimi.detector.verdict import compared
from mimimi.logbook.entry import Entry
from texts import about_verdict
from texts.formats import plain, sentence
from texts.headline import Headline

TITLE = "Your machines"
NONE_YET = "No machine is known here yet. Teach it yours: a minute of its sound is enough."
TEACH_ONE = "Teach it a machine"
NOTHING_JUDGED = "No recording of it was judged yet."
JUDGE_ONE = "Judge a recording"
TREND = "Score over time"
TREND_TEXT = "Each recording's score as a share of its threshold: above 1 it was called unusual."
RECORDINGS = "Recordings so far"
SIDE_BY_SIDE = "Two recordings side by side"
FIRST, SECOND = "One", "The other"
PHOTO, NEW_PHOTO, NO_MORE_PHOTO = "Photo", "A photo of the machine", "Remove the photo"
NO_PHOTO = "This is not a picture that can be shown; take a JPEG or a PNG."
PHOTO_TOO_LARGE = "This picture is too large; 50 megapixels are the most."
OPEN = "Open"
REMOVE = "Remove from this list"
REPORT = "Report to send"
HELP_OF_REPORT = "One page with verdict, sound and pictures: HTML, which prints as a PDF."
TOO_LONG = "Recordings of more than two minutes are not played side by side."
NOT_KEPT = "This verdict could not be entered in the machine's logbook: the disk does not take it."
RESULT_GONE = "The result that this link leads to is not kept here any more."
ITS_PAGE = "All recordings of this machine"


def not_here(machine: str) -> str:
    """Of a link that leads to nothing."""
    return (
        f"The machine that this link leads to, {machine}, is not here: it was renamed or deleted, "
        "or was taught elsewhere. Here is another one."
    )


def kept_where() -> str:
    """How long it is there."""
    if deployment.shared():
        return "This installation is shared: the list is kept for this visit only."
    return "Kept on the computer behind this page: the newest 1,000 recordings, 512 MB of sound."


def of_training(machine_id: str, run: str) -> str:
    """A machine that a training knows."""
    return f"{machine_id} (training {run})"


def learnt_from(recordings: int) -> str:
    """What it was taught with."""
    count = "1 recording" if recordings == 1 else f"{recordings} recordings"
    return f"Learnt from {count} of it running well"


def summary(entries: Sequence[Entry]) -> Headline:
    """How the machine stands: by its last verdict.

    Args:
        entries: with a verdict, the newest first, not empty.
    """
    verdict = entries[0].verdict
    assert verdict is not None
    said = about_verdict.headline(verdict)
    noted = f"; this {plain(told)}" if (told := entries[0].told) else ""
    if len(entries) == 1:
        return replace(said, text=f"{said.text}{noted}")
    last = f"Last recording: {said.text[0].lower()}{said.text[1:]}{noted}"
    so_far = about_verdict.how_many_unusual([entry.verdict for entry in entries])
    return Headline(said.icon, said.colour, f"{last}; of {len(entries)} so far {so_far}")


def reason(entry: Entry) -> str | None:
    """What was said of it; of one whose details nobody looked at, what it was compared with."""
    if entry.sentence or entry.verdict is None:
        return entry.sentence
    said = compared(entry.verdict)
    return said and sentence(said)


def in_a_line(entry: Entry) -> str:
    """The verdict in a list, with what was said of it afterwards."""
    if entry.verdict is None:
        return "● learnt from, as normal"
    word = about_verdict.in_a_word(entry.verdict)
    return f"{word}; this {entry.told}" if entry.told else word
