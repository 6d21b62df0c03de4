"""Many recordings judged the same way, here or on a cluster, the rows kept as they come."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mimimi import audio
from mimimi.batch.results import Results, Row, plain, state
from mimimi.batch.side_by_side import side_by_side
from mimimi.data.find import no_recordings
from mimimi.detector import checkpoint
from mimimi.detector.detector import Detector
from mimimi.detector.locate import locate
from mimimi.detector.verdict import Verdict, as_row
from mimimi.errors import UnknownMachineError, UserError
from mimimi.explain.explanation import explain, require_explainable
from mimimi.processors import processors
from mimimi.terminal import stderr_muted

Engine = Callable[["Judge", Sequence[str]], Iterator[Row]]
_ALONE = 1.0  # s, about what it takes to start processes
_PART_ROWS = 1000
_PART_SECONDS = 10.0  # of work that a kill may cost


@dataclass(frozen=True)
class Judge:
    """Judges any file in one way; can be sent to another machine.

    Args:
        detector: judges.
        fingerprint: of what the detector was loaded from.
        machine_id: the machine they all are; None: the most similar one.
        channel: the one of several channels that is judged, counted from 0, or two.
        false_alarm_rate: another than the detector's own.
        explains: whether it says of unusual recordings where in time and frequency they are.
    """

    detector: Detector
    fingerprint: str
    machine_id: str | None = None
    channel: audio.Channel = 0
    false_alarm_rate: float | None = None
    explains: bool = False

    @classmethod
    def load(
        cls,
        name: str,
        machine_id: str | None = None,
        channel: int | None = None,
        false_alarm_rate: float | None = None,
        *,
        reference_channel: int | None = None,
        explains: bool = False,
    ) -> Judge:
        """With the detector of a name, see `Detector.from_pretrained`; channels as it hears them.

        Raises:
            DetectorError: there is none of that name, it is damaged, or it cannot explain.
            UnknownMachineError: it does not know this id.
            UserError: it was made without a second microphone.
        """
        folder, _ = locate(name)
        detector = Detector.from_pretrained(folder)
        detector.check_id(machine_id)
        if explains:
            require_explainable(detector)
        # The configuration names its weights' digest, so that its own stands for all.
        fingerprint = hashlib.sha256((folder / checkpoint.CONFIG).read_bytes()).hexdigest()
        heard = detector.channel(channel, reference_channel)
        return cls(detector, fingerprint, machine_id, heard, false_alarm_rate, explains)

    @property
    def asked(self) -> dict[str, Any]:
        """All that a verdict depends on beside the file, as JSON types."""
        return {
            "detector": self.fingerprint,
            "machine id": self.machine_id,
            "channel": self.channel if isinstance(self.channel, int) else self.channel.both,
            "false-alarm rate": self.false_alarm_rate,
            "explanation": self.explains,
        }

    def __call__(self, path: str, name: str | None = None) -> Verdict:
        """Judge a file; one that cannot be judged is a verdict with an error.

        Args:
            path: of the file.
            name: what the verdict calls it; its path by default.
        """
        name = name or path
        try:
            if os.path.isdir(path):
                raise no_recordings(path)
            self.detector.check_id(self.machine_id)
            waveform = audio.read(path, channel=self.channel, name=name)
            measured = self.detector.measure(waveform)
            verdict = self.detector.judge(measured, self.machine_id, self.false_alarm_rate)
            if self.explains and verdict.is_anomalous and verdict.machine_id:
                found = explain(self.detector, waveform, verdict.machine_id, measured=measured)
                return replace(verdict, where=found.sentence)
            return verdict
        except UnknownMachineError:
            raise
        except UserError as error:
            kind = self.detector.machine_type
            return Verdict(name, kind, self.machine_id, error=str(error))


def locally(judge: Judge, files: Sequence[str]) -> Iterator[Row]:
    """On this machine; see `verdicts`."""
    return map(as_row, verdicts(judge, files))


def verdicts(judge: Judge, files: Sequence[str]) -> Iterator[Verdict]:
    """Judge files, in their order: what is left after a second by a process for each processor.

    Not by threads: two of them wait for each other to run Python, and judge a recording in 29 ms
    where two processes take 21. As ever with processes, a script that calls this does so under
    `if __name__ == "__main__":`.

    Raises:
        UserError: one of the processes died.
    """
    began = time.monotonic()
    for done, file in enumerate(files):
        if time.monotonic() - began > _ALONE and min(processors(), len(files) - done) > 1:
            yield from side_by_side(judge, files[done:])
            return
        with stderr_muted():  # that of the whole process, so not while others print
            found = judge(file)
        yield found


def score(
    judge: Judge,
    files: Sequence[str],
    results: Results,
    engine: Engine,
    on_file: Callable[[int, int, float | None], None],
) -> None:
    """Judge those files that have no row yet or changed since, and keep the rows as they come.

    A kill costs the work of some seconds, which is done again at the next call.

    Args:
        judge: judges.
        files: see `mimimi.data.find.find`.
        results: are added to.
        engine: `locally`, or `mimimi.batch.on_ray.on_ray`.
        on_file: called with the number of rows there are, of all files, and the seconds left.
    """
    files, known = list(dict.fromkeys(files)), results.states()
    states = {plain(file): state(file) for file in files}
    changed = {name for name, now in states.items() if known.get(name, now) not in ("", now)}
    results.drop(changed)
    kept = known.keys() - changed
    waiting = [file for file in files if plain(file) not in kept]
    before, done, began = len(files) - len(waiting), 0, time.monotonic()
    on_file(before, len(files), None)
    rows: list[Row] = []
    written = began
    try:
        for row in engine(judge, waiting):
            rows.append(row)
            done += 1
            now = time.monotonic()
            left = (now - began) / done * (len(waiting) - done)
            on_file(before + done, len(files), left)
            if len(rows) >= _PART_ROWS or now - written > _PART_SECONDS:
                results.add(rows, states)
                rows, written = [], now
    finally:
        results.add(rows, states)
