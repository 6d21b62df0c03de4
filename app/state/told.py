"""What a visitor said of a verdict, which stays as it was: the memory now knows the recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from mimimi.detector.verdict import Verdict
from mimimi.errors import UserError
from state import detectors, keys, learnt, logbooks
from state.clips import Clip
from state.verdicts import found

if TYPE_CHECKING:
    from mimimi.explain.evidence import Explanation


@dataclass(frozen=True)
class Told:
    """A verdict, what it rested on, and what was said of it.

    Args:
        verdict: before it was said.
        where: what raised the score then.
        text: such as "was a fault: bearing, 3 May 2026".
        occasions: that the machine's memory had afterwards.
        stamp: of the detector before.
    """

    verdict: Verdict
    where: Explanation | None
    text: str
    occasions: int
    stamp: str


def find(clip: Clip, name: str) -> Told | None:
    """What was said of this recording, judged by this detector."""
    return _all().get((clip.key, name))


def before(clip: Clip, name: str, verdict: Verdict) -> Verdict:
    """The verdict as it was when something was said of it; else the one that is given."""
    said = find(clip, name)
    return said.verdict if said else verdict


def unheeded(clip: Clip, name: str, machine_id: str | None) -> Verdict | None:
    """The verdict before anything was said in this visit of any recording; None: it had none."""
    first = next((said for (_, of), said in _all().items() if of == name), None)
    return found(clip, first.stamp, machine_id) if first else None


def normal(clip: Clip, name: str, verdict: Verdict, where: Explanation | None) -> None:
    """It was normal; only from a callback."""
    _tell(clip, name, verdict, where, lambda: learnt.was_normal(name, clip))


def fault(clip: Clip, name: str, verdict: Verdict, where: Explanation | None) -> None:
    """It was a fault, the one whose name was given; only from a callback."""
    said: str = st.session_state[keys.FAULT]
    _tell(clip, name, verdict, where, lambda: learnt.was_fault(name, clip, said))


def undo(name: str) -> None:
    """What was said last was not said; only from a callback."""
    if _refused(lambda: learnt.undo(name)):
        return
    left, kept = len(learnt.occasions(name)), _all()
    for key in [key for key, said in kept.items() if key[1] == name and said.occasions > left]:
        del kept[key]
        logbooks.tell(key[0], name, None)


def can_undo(told: Told, name: str) -> bool:
    """Whether nothing was told since."""
    return len(learnt.occasions(name)) == told.occasions


def _tell(
    clip: Clip,
    name: str,
    verdict: Verdict,
    where: Explanation | None,
    change: Callable[[], None],
) -> None:
    stamp = detectors.known()[name].stamp
    if _refused(change):
        return
    occasions = learnt.occasions(name)
    logbooks.tell(clip.key, name, occasions[-1].text)
    _all()[clip.key, name] = Told(verdict, where, occasions[-1].text, len(occasions), stamp)


def _refused(change: Callable[[], None]) -> bool:
    try:
        change()
    except UserError as error:
        st.session_state[keys.TELL_REFUSED] = str(error)
        return True
    return False


def _all() -> dict[tuple[str, str], Told]:
    kept: dict[tuple[str, str], Told] = st.session_state.setdefault(keys.TOLD, {})
    return kept
