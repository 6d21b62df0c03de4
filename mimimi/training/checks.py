"""What is wrong with recordings before a training is begun, and what to do about it, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mimimi.audio import read, recording_hash
from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.data.index import Recording
from mimimi.deployment import Limits
from mimimi.detector.calibration import ENOUGH
from mimimi.errors import SilentError, UserError

LITTLE = 2.0  # minutes of one machine; twelve clips of MIMII's length
_NAMED = 3  # machines in a sentence
_HELD_OUT_FROM = 4  # clips of a machine from which on one is held out to tell when to stop


@dataclass(frozen=True)
class Heard:
    """One recording that would be learnt from, after it was decoded once."""

    machine_id: str
    name: str
    digest: str = ""
    seconds: float = 0.0
    rate: int = 0  # Hz; 0: it cannot be learnt from
    clipped: bool = False
    silent: bool = False
    error: str | None = None


@dataclass(frozen=True)
class MachineCheck:
    """What there is of one machine."""

    machine_id: str
    clips: int  # normal ones that can be learnt from
    minutes: float  # of them
    rates: tuple[int, ...]  # Hz
    silent: int  # left out
    unreadable: int  # left out: no sound file, damaged, too short
    clipped: int
    duplicates: int  # clips that are there once more under another name
    held_out: int  # normal clips beside, for the threshold


@dataclass(frozen=True)
class Finding:
    """Something to mend; what blocks must be mended before a training is worth its time."""

    text: str
    blocks: bool = False


@dataclass(frozen=True)
class Checked:
    """The table, a row a machine, and what to do."""

    machines: tuple[MachineCheck, ...]
    findings: tuple[Finding, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing blocks."""
        return not any(finding.blocks for finding in self.findings)

    @property
    def alone(self) -> bool:
        """Whether there is nothing that the only machine could be told apart from."""
        return len(self.machines) == 1


def check(
    recordings: Sequence[Recording],
    limits: Limits | None = None,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    hear: Callable[[Recording], Heard] | None = None,
) -> Checked:
    """Listen to everything that would be learnt from.

    Args:
        recordings: of one machine type.
        limits: of this installation.
        on_clip: called after each recording with the number done and that of all.
        hear: in place of `listen`, such as one that remembers.

    Example:
        >>> from pathlib import Path
        >>> held_out = Recording(Path("a.wav"), "fan", "a", "normal", "test", "mine")
        >>> check([held_out]).findings[0].text[:41]
        'There is no normal recording to learn fro'
    """
    learn = [r for r in recordings if r.split == "train" and r.label == "normal"]
    heard = []
    for done, recording in enumerate(learn, 1):
        heard.append((hear or listen)(recording))
        on_clip(done, len(learn))
    held_out = Counter(
        r.machine_id for r in recordings if r.split != "train" and r.label == "normal"
    )
    return judge(heard, held_out, limits or Limits())


def listen(recording: Recording) -> Heard:
    """Decode one recording, as the training would."""
    about = recording.machine_id, recording.path.name
    try:
        waveform = read(recording.path)
        shortest = FrontEnd().window_samples
        if len(waveform.samples) < shortest:
            said = f"too short: {waveform.seconds:.1f} s of at least {shortest / SAMPLE_RATE:.2f} s"
            return Heard(*about, error=said)
        return Heard(
            *about,
            digest=recording_hash(recording.path),
            seconds=waveform.seconds,
            rate=waveform.source_rate,
            clipped=waveform.clipped,
        )
    except SilentError as error:
        return Heard(*about, silent=True, error=str(error))
    except UserError as error:
        return Heard(*about, error=str(error))


def judge(heard: Sequence[Heard], held_out: Counter[str], limits: Limits) -> Checked:
    """Find what is to be said of recordings that were heard.

    Args:
        heard: what would be learnt from.
        held_out: normal recordings beside, by machine.
        limits: of this installation.
    """
    by_machine: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        by_machine[one.machine_id].append(one)
    machines = tuple(_row(name, by_machine[name], held_out) for name in sorted(by_machine))
    findings = [*_of_all(machines, limits), *_same_sound(heard)]
    findings += _of_each(machines)
    findings += _of_rates(machines)
    return Checked(machines, tuple(sorted(findings, key=lambda finding: not finding.blocks)))


def _row(machine_id: str, heard: Sequence[Heard], held_out: Counter[str]) -> MachineCheck:
    sound = [one for one in heard if one.error is None]
    return MachineCheck(
        machine_id=machine_id,
        clips=len(sound),
        minutes=sum(one.seconds for one in sound) / 60,
        rates=tuple(sorted({one.rate for one in sound})),
        silent=sum(one.silent for one in heard),
        unreadable=sum(one.error is not None and not one.silent for one in heard),
        clipped=sum(one.clipped for one in sound),
        duplicates=len(sound) - len({one.digest for one in sound}),
        held_out=held_out[machine_id],
    )


def _of_all(machines: Sequence[MachineCheck], limits: Limits) -> Iterable[Finding]:
    if not machines:
        yield Finding(
            "There is no normal recording to learn from: add some of each machine running well.",
            blocks=True,
        )
    elif len(machines) == 1:
        yield Finding(
            f"There is only {machines[0].machine_id}, and nothing to tell it apart from: add a "
            "second machine of its kind, or let simulated ones be the others.",
            blocks=True,
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


def _same_sound(heard: Sequence[Heard]) -> Iterable[Finding]:
    """One sound under two names cannot be told apart, and would be learnt as if it could."""
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for one in heard:
        if one.error is None:
            owners[one.digest].setdefault(one.machine_id, one.name)
    for names in owners.values():
        if len(names) > 1:
            told = " and ".join(f"{machine} ({name})" for machine, name in sorted(names.items()))
            yield Finding(
                f"The very same recording stands under {told}: take it away from the machine that "
                "did not make it.",
                blocks=True,
            )
            return  # one is enough to look for the mistake


def _of_each(machines: Sequence[MachineCheck]) -> Iterable[Finding]:
    """What is wrong with several machines is said once, with their names."""
    concerned: dict[Finding, list[str]] = defaultdict(list)
    for machine in machines:
        for finding in _of_one(machine):
            concerned[finding].append(machine.machine_id)
    for finding, names in concerned.items():
        told = ", ".join(names[:_NAMED]) + (
            f" and {more} more" if (more := len(names[_NAMED:])) else ""
        )
        yield Finding(f"{told}: {finding.text}", finding.blocks)


def _of_one(machine: MachineCheck) -> Iterable[Finding]:
    """The numbers stand in the table."""
    if not machine.clips:
        yield Finding(
            "none of the recordings can be learnt from: record again, or take the machine away.",
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
            "clipped recordings hold tones that the machine does not make: record with less gain."
        )
    if machine.duplicates:
        yield Finding("copies teach nothing: take them away.")
    if machine.minutes < LITTLE or machine.clips < _HELD_OUT_FROM:
        yield Finding(
            f"less than {LITTLE:g} minutes or {_HELD_OUT_FROM} recordings, so it will be known "
            "badly: ten minutes in different states of normal work are a good beginning."
        )
    if not machine.held_out:
        yield Finding(
            "no normal recording is kept aside for the threshold, which will promise too much: "
            "add some as split “test”."
        )
    elif machine.held_out < ENOUGH:
        yield Finding(
            f"with {ENOUGH} normal recordings kept aside a machine has a threshold of its own; "
            "with fewer it shares one."
        )


def _of_rates(machines: Sequence[MachineCheck]) -> Iterable[Finding]:
    """What a low rate cuts off tells machines apart more easily than their sound does."""
    usable = {min(rate, SAMPLE_RATE) for machine in machines for rate in machine.rates}
    if usable and min(usable) < SAMPLE_RATE:
        yield Finding(
            f"Recorded at {min(usable) / 1000:g} kHz, some recordings hold nothing above "
            f"{min(usable) / 2000:g} kHz"
            + (", others do, and are told apart by that alone" if len(usable) > 1 else "")
            + ": record all at 16 kHz or more."
        )
