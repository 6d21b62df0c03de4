"""What there is of each machine to be trained on, counted after one look at each recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mimimi.audio import read, recording_hash
from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.data.index import Recording
from mimimi.errors import SilentError, UserError


@dataclass(frozen=True)
class RecordingCheck:
    """One recording of the training set, after it was decoded once."""

    machine_id: str
    name: str
    digest: str = ""
    seconds: float = 0.0
    rate: int = 0  # Hz; 0: nothing can be trained on it
    channels: int = 1
    clipped: bool = False
    dead_channel: bool = False  # one of several; the others are trained on
    silent: bool = False
    error: str | None = None


@dataclass(frozen=True)
class MachineCheck:
    """What there is of one machine."""

    machine_id: str
    clips: int  # normal ones that can be trained on
    minutes: float  # of them
    rates: tuple[int, ...]  # Hz
    silent: int  # left out
    unreadable: int  # left out: no sound file, damaged, too short
    clipped: int
    dead_channels: int  # clips with one
    duplicates: int  # clips that are there once more under another name
    calibration: int  # normal clips beside, for the threshold


def check_recording(recording: Recording) -> RecordingCheck:
    """Decode one recording, as the training would."""
    machine_id, name = recording.machine_id, recording.path.name
    try:
        waveform = read(recording.path)
        shortest = FrontEnd().window_samples
        if len(waveform.samples) < shortest:
            said = f"too short: {waveform.seconds:.1f} s of at least {shortest / SAMPLE_RATE:.2f} s"
            return RecordingCheck(machine_id, name, error=said)
        return RecordingCheck(
            machine_id,
            name,
            digest=recording_hash(recording.path),
            seconds=waveform.seconds,
            rate=waveform.source_rate,
            channels=waveform.source_channels,
            clipped=waveform.clipped,
            dead_channel=any(problem.kind == "dead_channel" for problem in waveform.problems),
        )
    except UserError as error:
        silent = isinstance(error, SilentError)
        return RecordingCheck(machine_id, name, silent=silent, error=str(error))


def check_machine(
    machine_id: str, recordings: Sequence[RecordingCheck], calibration: int
) -> MachineCheck:
    """Count what there is of one machine.

    Args:
        machine_id: of the machine.
        recordings: all that were checked, of any machine.
        calibration: its normal recordings outside the training split.
    """
    of_machine = [r for r in recordings if r.machine_id == machine_id]
    sound = [r for r in of_machine if r.error is None]
    return MachineCheck(
        machine_id=machine_id,
        clips=len(sound),
        minutes=sum(r.seconds for r in sound) / 60,
        rates=tuple(sorted({r.rate for r in sound})),
        silent=sum(r.silent for r in of_machine),
        unreadable=sum(r.error is not None and not r.silent for r in of_machine),
        clipped=sum(r.clipped for r in sound),
        dead_channels=sum(r.dead_channel for r in sound),
        duplicates=len(sound) - len({r.digest for r in sound}),
        calibration=calibration,
    )
