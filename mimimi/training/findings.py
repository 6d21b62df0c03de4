"""What is wrong with recordings before a training is begun, and what to do about it, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mimimi.config import SAMPLE_RATE
from mimimi.deployment import Limits
from mimimi.detector.calibration import ENOUGH
from mimimi.training.machine_check import MachineCheck, RecordingCheck

_LITTLE = 2.0  # minutes of one machine; twelve clips of MIMII's length
_FEW = 4  # clips of a machine, below which none can be spared for validation
_NAMED = 3  # machines in a sentence


@dataclass(frozen=True)
class Finding:
    """Something to fix; what blocks must be fixed before a training is worth its time."""

    text: str
    blocks: bool = False


def find(
    machines: Sequence[MachineCheck],
    recordings: Sequence[RecordingCheck],
    limits: Limits,
    *,
    helped: bool = False,
) -> Iterator[Finding]:
    """Everything that is wrong.

    Args:
        machines: what there is of each.
        recordings: that were counted for it.
        limits: of this installation.
        helped: whether machines that only help stand beside them.
    """
    yield from _of_all(machines, limits, helped)
    yield from _same_sound(recordings)
    yield from _of_each(machines)
    yield from _of_rates(machines)


def _of_all(machines: Sequence[MachineCheck], limits: Limits, helped: bool) -> Iterator[Finding]:
    if not machines:
        yield Finding(
            "There is no normal recording to train on: add some of each machine running well.",
            blocks=True,
        )
    elif len(machines) == 1 and not helped:
        yield Finding(
            f"There is only {machines[0].machine_id}: it is told apart from MIMII's sixteen "
            "machines, by noise with their spectra (Hitachi, Ltd., CC BY-SA 4.0: pass the detector "
            "on under that licence only). Recordings of a second machine of its kind take their "
            "place."
        )
    minutes = sum(machine.minutes for machine in machines)
    clips = sum(machine.clips for machine in machines)
    for what, there, most in (("minutes", minutes, limits.minutes), ("clips", clips, limits.clips)):
        if most is not None and there > most:
            yield Finding(
                f"These are {there:.0f} {what}, and this installation trains on {most:g} at most: "
                "take fewer, or train on a computer of your own.",
                blocks=True,
            )


def _same_sound(recordings: Sequence[RecordingCheck]) -> Iterator[Finding]:
    """One sound under two names cannot be told apart, and would be trained on as if it could."""
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for recording in recordings:
        if recording.error is None:
            owners[recording.digest].setdefault(recording.machine_id, recording.name)
    for names in owners.values():
        if len(names) > 1:
            told = " and ".join(f"{machine} ({name})" for machine, name in sorted(names.items()))
            yield Finding(
                f"The very same recording belongs to {told}: remove it from the machine that "
                "did not make it.",
                blocks=True,
            )
            return  # one is enough to look for the mistake


def _of_each(machines: Sequence[MachineCheck]) -> Iterator[Finding]:
    """What is wrong with several machines is said once, with their names."""
    concerned: dict[Finding, list[str]] = defaultdict(list)
    for machine in machines:
        for finding in _of_one(machine):
            concerned[finding].append(machine.machine_id)
    for finding, names in concerned.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield Finding(f"{', '.join(names[:_NAMED])}{more}: {finding.text}", finding.blocks)


def _of_one(machine: MachineCheck) -> Iterator[Finding]:
    """Without numbers, which the table shows, so that several machines share a sentence."""
    if not machine.clips:
        yield Finding(
            "none of the recordings can be trained on: record again, or remove the machine.",
            blocks=True,
        )
        return
    if machine.silent:
        yield Finding("silent recordings are left out: check the microphone.")
    if machine.unreadable:
        yield Finding(
            "recordings that are damaged or shorter than 2.05 s are left out: export or record "
            "them again."
        )
    if machine.clipped:
        yield Finding(
            "clipped recordings contain tones that the machine does not make: record with less "
            "gain."
        )
    if machine.dead_channels:
        yield Finding(
            "in recordings of several channels some are dead: the others are trained on; check "
            "the microphones."
        )
    if machine.duplicates:
        yield Finding("copies add nothing: remove them.")
    if machine.minutes < _LITTLE or machine.clips < _FEW:
        yield Finding(
            f"less than {_LITTLE:g} minutes or {_FEW} recordings, too little to know it well: ten "
            "minutes in different states of normal operation are a good start."
        )
    if not machine.calibration:
        yield Finding(
            "the calibration set is empty, so the threshold will promise too much: add some normal "
            "recordings."
        )
    elif machine.calibration < ENOUGH:
        yield Finding(
            f"with {ENOUGH} normal recordings in the calibration set a machine has a threshold of "
            "its own; with fewer it shares one."
        )


def _of_rates(machines: Sequence[MachineCheck]) -> Iterator[Finding]:
    """What a low rate cuts off tells machines apart more easily than their sound does."""
    usable = {min(rate, SAMPLE_RATE) for machine in machines for rate in machine.rates}
    if usable and min(usable) < SAMPLE_RATE:
        yield Finding(
            f"Recorded at {min(usable) / 1000:g} kHz, some recordings hold nothing above "
            f"{min(usable) / 2000:g} kHz"
            + (", others do, and are told apart by that alone" if len(usable) > 1 else "")
            + ": record all at 16 kHz or more."
        )
