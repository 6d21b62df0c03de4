"""One machine learnt from its own normal sound, without training: a memory, judging alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mimimi import __version__, audio, names
from mimimi.audio import Waveform
from mimimi.detector.calibration import calibrate_alone
from mimimi.detector.config import DetectorConfig
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.memory_member import MemoryMember
from mimimi.detector.publishing.about import recordings as recordings_of
from mimimi.detector.publishing.about import seconds as seconds_of
from mimimi.detector.references import MOST, References, collect_references, joined
from mimimi.errors import AudioError, DetectorError
from mimimi.features.fingerprint import fingerprint, is_among
from mimimi.features.segments import SHORTEST_SAMPLES
from mimimi.memory import MemoryBank

ENOUGH_SECONDS = 60.0
MEASURED = ((10, 0.79), (20, 0.81), (30, 0.91), (40, 0.93), (60, 0.95))
"""Seconds and AUC on 16 real machines, see `benchmarks/memory`.

The last by nested choice of the views; the others without, so they may be a little too good.
"""


class Learnt(NamedTuple):
    """All of a detector that remembers one machine."""

    config: DetectorConfig
    ensemble: Ensemble
    references: References


def learn(name: str, recordings: Sequence[audio.Source], kind: str, channel: int) -> Learnt:
    """Remember how a machine sounds; see `Detector.learn`."""
    name, kind = names.checked(name), names.checked(kind, "a kind of machine")
    heard = _read(recordings, channel, frozenset())
    bank = MemoryBank.learn([waveform.samples for waveform in heard.values()])
    return _made(kind, name, bank, heard, None)


def remember(learnt: Learnt, recordings: Sequence[audio.Source], channel: int) -> Learnt:
    """Remember more of the same machine; see `Detector.remember`."""
    config = learnt.config
    if not (memory := learnt.ensemble.memory):
        raise DetectorError(
            "This detector was trained; only one that was learnt from a single machine can "
            "remember more: train it again with all recordings."
        )
    heard = _read(recordings, channel, config.trained_on)
    if not heard:
        return learnt
    bank = memory.bank.remember([waveform.samples for waveform in heard.values()])
    return _made(config.machine_type, config.ids[0], bank, heard, learnt)


def advice(seconds: float) -> str | None:
    """What more sound would buy; None where there is enough.

    Example:
        >>> advice(30)
        '30 s is little: on 16 real machines the AUC was 0.91 from 30 s and 0.95 from 60 s'
    """
    if seconds >= ENOUGH_SECONDS - 0.5:
        return None
    had, auc = max((row for row in MEASURED if row[0] <= seconds + 0.5), default=MEASURED[0])
    most, best = MEASURED[-1]
    return (
        f"{seconds:.0f} s is little: on 16 real machines the AUC was {auc} from {had} s and {best} "
        f"from {most} s"
    )


def _read(
    recordings: Sequence[audio.Source], channel: int, known: frozenset[str]
) -> dict[str, Waveform]:
    """By fingerprint, those that were not heard before."""
    heard: dict[str, Waveform] = {}
    for source in recordings:
        waveform = audio.read(source, channel=channel)
        if len(waveform.samples) < SHORTEST_SAMPLES:
            raise AudioError(f"{waveform.name}: 2.05 s is the least that can be learnt from.")
        found = fingerprint(waveform.samples)
        if not is_among(found, (*known, *heard)):
            heard[found] = waveform
    return heard


def _made(
    kind: str, name: str, bank: MemoryBank, heard: dict[str, Waveform], before: Learnt | None
) -> Learnt:
    """A memory, with what is known of the recordings that it has heard just now and before."""
    ensemble = Ensemble([MemoryMember.of(f"{kind} {name}", bank)])
    old = before.config.about if before else {}
    known = before.config.trained_on if before else frozenset()
    kept = before.references if before else References()
    new = collect_references(
        (name, waveform.name.replace("\\", "/").rpartition("/")[2], ensemble.measure(waveform))
        for waveform in list(heard.values())[: MOST - len(kept.entries)]
    )
    config = DetectorConfig(
        machine_type=kind,
        ids=(name,),
        calibration=calibrate_alone(name, bank.leave_one_out_scores().tolist()),
        about={
            "mimimi_version": __version__,
            "recordings": {name: recordings_of(old).get(name, 0) + len(heard)},
            "seconds": seconds_of(old) + sum(waveform.seconds for waveform in heard.values()),
            "licence": "other",
        },
        trained_on=known | heard.keys(),
        calibrated_on=known | heard.keys(),
    )
    return Learnt(config, ensemble, joined(kept, new))
