"""One machine learnt from its own normal sound, without training: a memory, judging alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mimimi import __version__, audio, names
from mimimi.audio import Channel, Pair, Waveform
from mimimi.detector.calibration import ENOUGH, calibrate_alone
from mimimi.detector.config import DetectorConfig
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.hearing import channel_of, pair_of, require_alike
from mimimi.detector.memory_member import MemoryMember
from mimimi.detector.references import MOST, References, collect_references, joined
from mimimi.errors import AudioError, DetectorError, UserError
from mimimi.features.fingerprint import fingerprint, is_among
from mimimi.features.segments import SHORTEST_SAMPLES
from mimimi.memory import Memory, Occasion
from mimimi.memory.blocks import FEWEST
from mimimi.memory.occasion import Kind, fingerprints

REAL: tuple[tuple[int, float], ...] = ((10, 0.79), (20, 0.81), (30, 0.91), (40, 0.93), (60, 0.95))
"""Seconds and AUC on 16 real machines, see `benchmarks/memory`.

The last by nested choice of the views; the others without, so they may be a little too good.
"""
_FAINT: tuple[tuple[int, float], ...] = ((60, 0.75), (120, 0.77), (540, 0.82))
"""Seconds and AUC of simulated faults of severity 1, likewise."""


Sound = audio.Source | Waveform


class Learnt(NamedTuple):
    """All of a detector that remembers one machine."""

    config: DetectorConfig
    ensemble: Ensemble
    references: References


def learn(name: str, recordings: Sequence[Sound], kind: str, channel: Channel) -> Learnt:
    """Remember how a machine sounds; see `Detector.learn`."""
    name, kind = names.checked(name), names.checked(kind, "a kind of machine")
    heard = _read(recordings, channel, frozenset())
    pair = pair_of(list(heard.values()))
    memory = Memory.learn(_samples(heard), _occasion("learnt", heard))
    return _made(kind, name, memory, References(), heard, pair)


def after(
    before: Learnt,
    recordings: Sequence[Sound],
    kind: Kind,
    channel: Channel | None,
    *,
    fault: str | None = None,
    name: str | None = None,
) -> Learnt:
    """Remember more of the same machine; see `Detector.remember` and what follows there.

    Args:
        before: as it was.
        recordings: of a verdict (kinds `normal` and `fault`) exactly one.
        kind: of occasion.
        channel: that is heard.
        fault: its name.
        name: of the recording, in messages.
    """
    memory = memory_of(before.ensemble)
    if fault is not None:
        fault = names.checked(fault, "a fault")
    known, of_hall = before.config.trained_on, before.config.channels
    heard_by = channel_of(before.config, channel)
    heard = _read(recordings, heard_by, known, name)
    for waveform in heard.values():
        require_alike(before.config, waveform)
    if not heard and kind in ("normal", "fault"):
        raise _known(memory, hear(recordings[0], heard_by, name))
    if not heard and kind == "learnt":
        return before
    told = memory.after(_samples(heard), _occasion(kind, heard, fault))
    shown = {} if kind == "fault" else heard
    return _made(
        before.config.machine_type, before.config.ids[0], told, before.references, shown, of_hall
    )


def undone(before: Learnt) -> Learnt:
    """As before the last occasion; see `Detector.undo`."""
    return _with(before, memory_of(before.ensemble).undone())


def with_one_state(before: Learnt) -> Learnt:
    """Said to have but one state; see `Detector.with_one_state`."""
    return _with(before, memory_of(before.ensemble).as_one_state(_occasion("one state", {})))


def with_states(before: Learnt) -> Learnt:
    """States are looked for again; see `Detector.with_states`."""
    return _with(before, memory_of(before.ensemble).with_states())


def renamed(before: Learnt, name: str) -> Learnt:
    """The same machine under another name; see `Detector.renamed`."""
    name, memory = names.checked(name), memory_of(before.ensemble)
    entries = tuple(replace(entry, machine_id=name) for entry in before.references.entries)
    kept = replace(before.references, entries=entries)
    return _made(before.config.machine_type, name, memory, kept, {}, before.config.channels)


def memory_of(ensemble: Ensemble) -> Memory:
    """The memory of a detector that was learnt.

    Raises:
        DetectorError: it was trained.
    """
    if not (member := ensemble.memory):
        raise DetectorError(
            "This detector was trained; only one that was learnt from a single machine can be told "
            "more or renamed: train it again with all recordings."
        )
    return member.memory


def advice(seconds: float) -> str | None:
    """What another minute of normal sound would buy; None where that is not known.

    The AUC as a person counts it: how often a faulty recording scores above a normal one.

    Example:
        >>> advice(30).partition("than a normal one ")[2]
        '91 times in 100 after 30 s of sound, 95 after 60 s; by chance it would be 50'
        >>> advice(120)[:75]
        'more would help a bit with faint faults: simulated ones sounded more unusua'
    """
    rows, words = REAL, "another minute would help: on 16 real machines a faulty recording"
    if seconds >= REAL[-1][0] - 0.5:
        more = "another minute" if seconds < 119.5 else "more"
        rows, words = _FAINT, f"{more} would help a bit with faint faults: simulated ones"
    had, auc = max((row for row in rows if row[0] <= seconds + 0.5), default=rows[0])
    if had == rows[-1][0]:
        return None
    most, best = rows[-1] if rows is REAL else next(row for row in rows if row[0] > had)
    return (
        f"{words} sounded more unusual than a normal one {100 * auc:.0f} times in 100 after "
        f"{had} s of sound, {100 * best:.0f} after {most} s; by chance it would be 50"
    )


def of_one_hour(recordings: int) -> str | None:
    """What is to be known where one or two recordings stand for all hours; see `benchmarks/memory`.

    Example:
        >>> of_one_hour(1)[:43], of_one_hour(3)
        ('all of it is one recording: expect more fal', None)
    """
    if recordings >= FEWEST:
        return None
    there = "is one recording" if recordings == 1 else "comes from two recordings"
    return (
        f"all of it {there}: expect more false alarms than promised on another day or under "
        "another load, until recordings of other hours are added"
    )


def of_states(memory: MemoryMember) -> str | None:
    """Which states were found in normal sound, and how clearly; None where it has but one."""
    if memory.bank.has_one_state:
        return "it was said to have one state, and none are looked for"
    if not (found := memory.bank.states):
        return None
    deeper, brighter = found.recordings.values()
    there = (
        f"{deeper} recordings sound deeper and {brighter} brighter, as when a machine idles and "
        "works"
    )
    if not memory.states:
        return (
            f"there seem to be two states, but that may be chance: {there}; with {ENOUGH} of each "
            "they are judged apart"
        )
    apart = "clearly apart" if found.are_clear else "not far apart, so they may as well be one"
    return f"two states were found, {apart}: {there}; each is judged by its own recordings"


def hear(source: Sound, channel: Channel, name: str | None = None) -> Waveform:
    """Read a recording to be learnt from.

    Raises:
        AudioError: it cannot be learnt from.
    """
    if isinstance(source, Waveform):
        waveform = source
    else:
        waveform = audio.read(source, channel=channel, name=name)
    if len(waveform.samples) < SHORTEST_SAMPLES:
        raise AudioError(f"{waveform.name}: 2.05 s is the least that can be learnt from.")
    return waveform


def _with(before: Learnt, memory: Memory) -> Learnt:
    """The same machine, of which something else is remembered."""
    config = before.config
    kept = before.references
    return _made(config.machine_type, config.ids[0], memory, kept, {}, config.channels)


def _read(
    recordings: Sequence[Sound], channel: Channel, known: frozenset[str], name: str | None = None
) -> dict[str, Waveform]:
    """By fingerprint, those that were not heard before."""
    heard: dict[str, Waveform] = {}
    for source in recordings:
        waveform = hear(source, channel, name)
        found = fingerprint(waveform.samples)
        if not is_among(found, (*known, *heard)):
            heard[found] = waveform
    return heard


def _samples(heard: dict[str, Waveform]) -> list[NDArray[np.float32]]:
    return [waveform.samples for waveform in heard.values()]


def _occasion(kind: Kind, heard: dict[str, Waveform], fault: str | None = None) -> Occasion:
    return Occasion(
        kind=kind,
        when=date.today(),
        fault=fault,
        seconds=sum((waveform.seconds for waveform in heard.values()), 0.0),
        fingerprints=tuple(heard),
    )


def _known(memory: Memory, waveform: Waveform) -> UserError:
    found = fingerprint(waveform.samples)
    last = next(o for o in reversed(memory.occasions) if is_among(found, o.fingerprints))
    return UserError(
        f"{waveform.name} was heard before: {last.text}; undo that first if it was wrong."
    )


def _made(
    kind: str,
    name: str,
    memory: Memory,
    kept: References,
    heard: dict[str, Waveform],
    channels: Pair | None,
) -> Learnt:
    """A detector of a memory, and what is to be shown of the recordings that were heard just now.

    What it says of itself follows from the occasions, so that it can be undone.
    """
    ensemble = Ensemble([MemoryMember.remembering(f"{kind} {name}", memory)])
    known, heard_of = fingerprints(memory.normal), fingerprints(memory.occasions)
    kept = kept.among(heard_of)
    new = collect_references(
        (
            (name, waveform.name, ensemble.measure(waveform))
            for waveform in list(heard.values())[: MOST - len(kept.entries)]
        ),
        known=kept,
    )
    config = DetectorConfig(
        machine_type=kind,
        ids=(name,),
        calibration=calibrate_alone(name, memory.bank.leave_one_out_scores().tolist()),
        channels=channels,
        about={
            "mimimi_version": __version__,
            "recordings": {name: len(known)},
            "seconds": sum(occasion.seconds for occasion in memory.normal),
            "licence": "other",
        },
        trained_on=heard_of,
        calibrated_on=fingerprints(memory.promising),
    )
    return Learnt(config, ensemble, joined(kept, new))
