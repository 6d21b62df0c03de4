"""The logbooks of the visitor's own machines, each beside the detector that knows the machine.

So it goes where the machine goes: on a shared installation with the visit, else it stays until the
machine is deleted. A link to an entry opens its result again.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from mimimi import deployment
from mimimi.detector.verdict import Verdict
from mimimi.errors import UserError
from mimimi.explain.account import Account
from mimimi.logbook.entry import Entry, now
from mimimi.logbook.logbook import Logbook
from mimimi.names import slug
from state import clips, detectors, keys, microphones, zone
from state.clips import Clip
from texts import on_machines

_LONGEST_SIDE = 1024  # px of a photo
_MOST_PIXELS = 50_000_000
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Machine:
    """A machine of the visitor's own, and its logbook."""

    detector: str  # the name of the one that knows it
    machine_id: str | None  # None: that knows this machine alone
    label: str
    book: Logbook

    @property
    def key(self) -> str:
        """What the address of its page calls it; no detector's name holds a slash."""
        return f"{self.detector}/{self.machine_id}" if self.machine_id else self.detector

    @property
    def address(self) -> dict[str, str]:
        """Of the page Analyse for it."""
        given = {"id": self.machine_id} if self.machine_id else {}
        return {"detector": self.detector} | given


def machines() -> dict[str, Machine]:
    """By key: those that were taught, and those of trainings once something was entered."""
    known = detectors.known()
    own = [machine(name, machine_id) for name, one in known.items() for machine_id in one.ids]
    return {one.key: one for one in own if one and (not one.machine_id or one.book.folder.is_dir())}


def machine(name: str, machine_id: str | None = None) -> Machine | None:
    """One of a detector's machines; None where it is nobody's own.

    What was trained on a shared installation is everybody's.

    Args:
        name: of the detector, from an address, so anything.
        machine_id: likewise; where the detector has learnt one machine alone, it is that.
    """
    chosen = detectors.known().get(name)
    if chosen and chosen.group == "mine":
        return Machine(name, None, chosen.label, Logbook(chosen.folder / "logbook"))
    if not chosen or chosen.group != "trained" or deployment.shared():
        return None
    if machine_id not in chosen.ids:
        return None
    book = Logbook(chosen.folder / "logbook" / slug(machine_id))
    return Machine(name, machine_id, on_machines.of_training(machine_id, name), book)


def judged(name: str, verdict: Verdict) -> Machine | None:
    """The machine whose logbook a verdict belongs in: nobody's where it was inferred."""
    given = verdict.machine_id if verdict.machine_id_given else None
    return machine(name, given)


def keep(clip: Clip, verdict: Verdict, name: str) -> Entry | None:
    """Enter a verdict, once; gives its entry, in which nothing is said of it yet."""
    of = judged(name, verdict)
    if of is None or verdict.error or st.session_state.get(keys.SOURCE) not in clips.OWN:
        return None
    if entry := reopened(clip, name):
        return entry
    number = _digits(f"{clip.key} {detectors.known()[name].stamp} {verdict.threshold}")
    if entry := of.book.find(number):
        return entry
    entry = Entry(number, now(), clip.name, _digits(clip.key), verdict)
    return _written(of.book, entry, clip.content)


def say(entry: Entry, account: Account, name: str) -> None:
    """Add what is said of a verdict to its entry."""
    of = judged(name, account.verdict)
    if of and account.sentence and not entry.sentence:
        try:
            of.book.say(entry.number, account.sentence)
        except OSError:
            logger.exception("the logbook of %s could not be written", name)


def keep_learnt(name: str, recordings: Sequence[Clip]) -> None:
    """Enter what was learnt from."""
    if of := machine(name):
        for clip in recordings:
            number = _digits(f"{clip.key} learnt")
            entry = Entry(number, now(), clip.name, _digits(clip.key), told="learnt")
            _written(of.book, entry, clip.content)


def tell(clip_key: str, name: str, told: str | None) -> None:
    """Note what was said of a recording, or that it was taken back.

    Args:
        clip_key: of the recording.
        name: of the machine's detector.
        told: such as "was a fault: bearing, 3 May 2026".
    """
    if of := machine(name):
        try:
            of.book.tell(_digits(clip_key), told)
        except OSError:
            logger.exception("the logbook of %s could not be written", name)


def clip_of(book: Logbook, entry: Entry, name: str) -> Clip | None:
    """The recording of an entry, as its machine is heard; None where it is not kept any more."""
    from mimimi.audio import recording_hash

    content = book.sound(entry.sound)
    if content is None:
        return None
    [clip] = microphones.heard([Clip(entry.file, content, recording_hash(content))], name)
    return clip


# --- a result that is opened again


def open_again(number: str, name: str, machine_id: str | None) -> None:
    """Show the recording of an entry with its verdict as it was; before widgets are drawn.

    Args:
        number: of the entry, from the address, so anything.
        name: of the detector, likewise.
        machine_id: likewise.
    """
    of = machine(name, machine_id)
    entry = of.book.find(number) if of else None
    clip = clip_of(of.book, entry, name) if of and entry else None
    if entry is None or clip is None or entry.verdict is None:
        st.session_state[keys.RESULT_GONE] = True
        return
    clips.keep_clip(clip)
    st.session_state[keys.RESULT] = clip.key, name, entry


def reopened(clip: Clip, name: str) -> Entry | None:
    """The entry that a recording was opened from, where it was."""
    kept = st.session_state.get(keys.RESULT)
    return kept[2] if kept and kept[:2] == (clip.key, name) else None


def before(clip: Clip, name: str, verdict: Verdict) -> Verdict:
    """The verdict of the entry that it was opened from; else the one that is given."""
    entry = reopened(clip, name)
    return entry.verdict if entry and entry.verdict else verdict


def asked() -> str | None:
    """The number of the entry that the address asks for, unless it is the one on the screen."""
    number = st.query_params.get("result")
    return number if number != st.session_state.get(keys.RESULT_SHOWN) else None


def note_shown(entry: Entry | None) -> None:
    """From now on the address leads to the result of this entry, or to none."""
    st.session_state[keys.RESULT_SHOWN] = entry and entry.number
    if entry:
        st.query_params["result"] = entry.number
    else:
        st.query_params.pop("result", None)


def address() -> dict[str, str]:
    """What of the shown entry belongs into the address."""
    number = st.session_state.get(keys.RESULT_SHOWN)
    return {"result": number} if number else {}


# --- the machine's photo


def keep_photo(book: Logbook, content: bytes) -> None:
    """Keep a photo, made small and new, without what a camera writes into it.

    Raises:
        UserError: it is no picture.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise UserError(on_machines.PHOTO_TOO_LARGE)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            jpeg = io.BytesIO()
            upright.save(jpeg, "JPEG", quality=85)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError(on_machines.NO_PHOTO) from error
    book.keep_photo(jpeg.getvalue())


def local(when: datetime) -> datetime:
    """As the visitor's clock shows it."""
    return zone.local(when.timestamp())


def when(entry: Entry) -> str:
    """The visitor's time at which an entry was made, such as "2026-05-03 14:20"."""
    return f"{local(entry.when):%Y-%m-%d %H:%M}"


def _written(book: Logbook, entry: Entry, sound: bytes) -> Entry | None:
    """A disk that is full costs the entry, not the verdict."""
    try:
        return book.write(entry, sound)
    except OSError:
        logger.exception("a logbook could not be written")
        st.warning(on_machines.NOT_KEPT, icon=":material/info:")
        return None


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
