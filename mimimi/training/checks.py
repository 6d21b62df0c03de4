"""Whether recordings are good enough to train on: a table, and what to do about it, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mimimi.data.index import Recording
from mimimi.deployment import Limits
from mimimi.training.findings import Finding, find
from mimimi.training.machine_check import (
    MachineCheck,
    RecordingCheck,
    check_machine,
    check_recording,
)


@dataclass(frozen=True)
class DataCheck:
    """The table, a row a machine, and what to do."""

    machines: tuple[MachineCheck, ...]
    findings: tuple[Finding, ...]
    seconds: float = 0.0  # to be trained on, counted by channel

    @property
    def ready(self) -> bool:
        """Whether nothing blocks."""
        return not any(finding.blocks for finding in self.findings)

    @property
    def calibration(self) -> int:
        """Normal recordings behind the threshold, of all machines."""
        return sum(machine.calibration for machine in self.machines)

    @property
    def least_minutes(self) -> float:
        """Of the machine of which there is least."""
        return min((machine.minutes for machine in self.machines), default=0.0)


def check(
    recordings: Sequence[Recording],
    limits: Limits | None = None,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    each: Callable[[Recording], RecordingCheck] = check_recording,
) -> DataCheck:
    """Decode everything that would be trained on, and assess it.

    Args:
        recordings: of one machine type.
        limits: of this installation.
        on_clip: called after each recording with the number done and that of all.
        each: checks one recording, such as a function that remembers.

    Example:
        >>> from pathlib import Path
        >>> test = [Recording(Path("a.wav"), "fan", "a", "normal", "test", "mine")]
        >>> check(test).findings[0].text[:40]
        'There is no normal recording to train on'
    """
    normal = [r for r in recordings if r.label == "normal" and not r.helper]
    training = [r for r in normal if r.split == "train"]
    checked = []
    for done, recording in enumerate(training, 1):
        checked.append(each(recording))
        on_clip(done, len(training))
    calibration = Counter(r.machine_id for r in normal if r.split != "train")
    helped = any(r.helper for r in recordings)
    return assess(checked, calibration, limits or Limits(), helped=helped)


def assess(
    recordings: Sequence[RecordingCheck],
    calibration: Counter[str],
    limits: Limits,
    *,
    helped: bool = False,
) -> DataCheck:
    """What is to be said of recordings that were checked.

    Args:
        recordings: what would be trained on.
        calibration: normal recordings beside, by machine.
        limits: of this installation.
        helped: whether machines that only help stand beside them.
    """
    machines = tuple(
        check_machine(machine_id, recordings, calibration[machine_id])
        for machine_id in sorted({r.machine_id for r in recordings})
    )
    findings = find(machines, recordings, limits, helped=helped)
    return DataCheck(
        machines,
        tuple(sorted(findings, key=lambda finding: not finding.blocks)),
        sum(r.seconds * r.channels for r in recordings if r.error is None),
    )
