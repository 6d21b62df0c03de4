"""Machines of one's own: learnt from a minute of sound, and told more afterwards.

They are kept with the runs of this computer; on a shared installation in folders that go when the
visit ends, where no other visitor finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from guard import room
from mimimi import deployment, names
from mimimi.audio import Waveform
from mimimi.errors import AudioError, UserError
from mimimi.jobs.names import runs
from state import detectors, keys, logbooks, visits
from state.clips import Clip
from state.measurements import turn
from state.waveforms import waveform
from texts import on_teach, on_train

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.memory import Occasion

LEAST = 10.0  # s in all


@dataclass(frozen=True)
class Learnt:
    """A machine that has just been learnt.

    Args:
        name: of its detector.
        seconds: of sound that it was learnt from.
        problems: of the recordings, a sentence each.
        states: the states that were found in it, in words.
    """

    name: str
    seconds: float
    problems: list[str]
    states: str | None = None


def learn(machine: str, recordings: Sequence[Clip]) -> Learnt:
    """Learn a machine from recordings of it running well.

    Args:
        machine: its name, as the visitor wrote it.
        recordings: of it.

    Raises:
        AudioError: there is too little sound, or a recording cannot be learnt from.
        UserError: it cannot have this name.
    """
    from mimimi.detector.detector import Detector  # slow to import

    room.require()
    machine = names.checked(machine)
    name = names.slug(machine)
    if not name or name in detectors.known() or (runs() / name).exists():
        raise UserError(on_teach.taken(machine))
    heard = _heard(recordings)
    with turn():
        detector = Detector.learn(machine, heard)
    keep(name, detector)
    logbooks.keep_learnt(name, recordings)
    return Learnt(name, sum(one.seconds for one in heard), _problems(heard), states_of(detector))


def keep(name: str, detector: Detector) -> None:
    """Save a detector of one's own under a name that is free."""
    if deployment.shared():
        folder = TemporaryDirectory(dir=visits.folder())
        detector.save_pretrained(folder.name)
        st.session_state.setdefault(keys.LEARNT, {})[name] = folder
    else:
        detector.save_pretrained(runs() / name)


def add(name: str, recordings: Sequence[Clip]) -> list[str]:
    """More of its normal sound; gives what is wrong with the recordings, and raises as `learn`."""
    heard, before = _heard(recordings, least=0.0), len(occasions(name))
    _change(name, lambda detector: detector.remember(heard))
    if len(occasions(name)) == before:
        return [on_teach.HEARD_BEFORE]
    logbooks.keep_learnt(name, recordings)
    return _problems(heard)


def adapt(name: str, recordings: Sequence[Clip]) -> list[str]:
    """As `add`, where the machine sounds otherwise: another place, microphone or noise."""
    heard = _heard(recordings)
    _change(name, lambda detector: detector.adapt(heard))
    logbooks.keep_learnt(name, recordings)
    return _problems(heard)


def was_normal(name: str, clip: Clip) -> None:
    """A recording that was called unusual, or not, and was normal; raises UserError."""
    _change(name, lambda detector: detector.was_normal(waveform(clip)))


def was_fault(name: str, clip: Clip, fault: str) -> None:
    """A recording of a fault of this name; raises UserError."""
    _change(name, lambda detector: detector.was_fault(waveform(clip), fault))


def undo(name: str) -> None:
    """Take back what it was told last; raises UserError."""
    _change(name, lambda detector: detector.undo())


def occasions(name: str) -> tuple[Occasion, ...]:
    """What it was told, the last one at the end."""
    return detectors.load(name).occasions


def recordings_behind(name: str) -> int:
    """How many recordings of normal sound its promise rests on."""
    from mimimi.detector.learning import memory_of

    heard = memory_of(detectors.load(name).ensemble).promising
    return sum(len(occasion.fingerprints) for occasion in heard)


def states_of(detector: Detector) -> str | None:
    """The states that were found in its normal sound, in words."""
    from mimimi.detector.learning import of_states

    member = detector.ensemble.memory
    return of_states(member) if member else None


def has_one_state(name: str) -> bool:
    """Whether that was said of it."""
    from mimimi.detector.learning import memory_of

    return memory_of(detectors.load(name).ensemble).has_one_state


def say_states(name: str, *, one: bool) -> None:
    """It has one state, whatever was found; or they are looked for again. Raises UserError."""
    _change(name, lambda before: before.with_one_state() if one else before.with_states())


def _change(name: str, change: Callable[[Detector], Detector]) -> None:
    if detectors.known()[name].group != "mine":
        raise UserError(on_teach.NOT_YOURS)
    with turn():
        changed = change(detectors.load(name))
    changed.save_pretrained(detectors.known()[name].folder)


def _heard(recordings: Sequence[Clip], least: float = LEAST) -> list[Waveform]:
    """The recordings, decoded.

    Raises:
        AudioError: there is too little sound, or a recording holds none.
        UserError: there is more than this installation takes.
    """
    most = deployment.limits().megabytes
    if most is not None and sum(len(clip.content) for clip in recordings) > most * 1e6:
        raise UserError(on_train.no_room(most))
    heard = [waveform(clip) for clip in recordings]
    seconds = sum(one.seconds for one in heard)
    if seconds < least:
        raise AudioError(on_teach.too_short(seconds))
    return heard


def _problems(heard: Sequence[Waveform]) -> list[str]:
    return [f"{one.name}: {one.warning}." for one in heard if one.warning]
