"""The listener: reads all sources, judges, remembers, tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from mimimi.detector.detector import Detector
from mimimi.errors import UserError
from mimimi.names import meant
from mimimi.service.alone import alone
from mimimi.service.beside import Beside
from mimimi.service.clips import Clips
from mimimi.service.clock import Clock
from mimimi.service.history import judged_by
from mimimi.service.history.history import History
from mimimi.service.history.tables import DatabaseAway, folder, reason
from mimimi.service.history.thinning import thin
from mimimi.service.identity import own_name
from mimimi.service.inbox import Ended, Inbox, Item, Placed
from mimimi.service.judgement import Report
from mimimi.service.loaded import Loaded
from mimimi.service.machine import FAULTY, Machine
from mimimi.service.quiet import Quiet
from mimimi.service.reader import Reader
from mimimi.service.settings import ListenerSettings, MachineSettings
from mimimi.service.sources import shown, source_of
from mimimi.service.sources.source import RecordingFile, SourceError
from mimimi.service.telling.courier import Courier
from mimimi.service.telling.sinks import sinks
from mimimi.terminal import Log, duration

if TYPE_CHECKING:
    from mimimi.service.telling.mqtt import Mqtt

_LOOK_EVERY = 1.0  # s, for what does not come
_RELOAD_EVERY = 10.0  # s, for a detector that was told something
_THIN_EVERY = 3600.0  # s
_DROPPED_EVERY = 60.0  # s


class Listener:
    """Listens to machines until their sources end or it is told to stop.

    Args:
        settings: of machines and of whoever is told.
        say: told how things stand, a line at a time.
        complain: told what is wrong, likewise.
        load: makes detectors of their names.

    Raises:
        UserError: something in the settings cannot be had, or another listener runs here.
    """

    def __init__(
        self,
        settings: ListenerSettings,
        say: Log,
        complain: Log,
        load: Callable[[str], Detector] = Detector.from_pretrained,
    ) -> None:
        self._say, self._complain = say, complain
        self._stop, self._open = Event(), ExitStack()
        with ExitStack() as opening:
            alone(opening)
            name = own_name()
            self._history = History(settings.history, name, complain, self._stop)
            opening.callback(self._history.close)
            settings = _known_as(settings, self._history.machines())
            clips = Clips(
                folder() / "clips", settings.clips_megabytes, settings.clips_days, complain
            )
            pasts = {
                m.name: self._history.past(m.name, max(m.alarm.n, FAULTY.n))
                for m in settings.machines
            }
            self._loaded = Loaded(load)
            self.machines: list[Machine] = []
            for m in settings.machines:
                with _said_of(m):
                    detector = self._loaded(m.detector)
                    self.machines.append(Machine(m, detector, pasts[m.name], clips.keep))
            for machine in self.machines:
                judged_by.keep(self._history, machine.settings.name, machine.judged_by)
            self._quiet = [Quiet(self._history, m.name, m.quiet) for m in settings.machines]
            self._inbox = Inbox(len(self.machines))
            self._readers = [self._reader(n, m) for n, m in enumerate(settings.machines)]
            self._beside = (
                Beside(settings.serve, self._history, self._loaded) if settings.serve else None
            )
            told = {m.name: self._history.told_last(m.name) for m in settings.machines}
            self._mqtt: Mqtt | None = None
            if settings.mqtt:
                from mimimi.service.telling.mqtt import Mqtt  # not everybody has paho-mqtt

                self._mqtt = Mqtt(settings.mqtt, name, told, complain)
            everyone = [*sinks(settings), *([self._mqtt] if self._mqtt else [])]
            self._couriers = [Courier(self._history, sink, complain) for sink in everyone]
            self._open = opening.pop_all()
        self._clock = Clock()
        self.failed = False  # whether a source is such that no patience mends it
        self._going_on = set(range(len(self.machines)))
        self._complained: dict[int, str] = {}
        self._refused: dict[int, Detector] = {}  # that changed so that they cannot be used
        self._dropped_until = [0.0] * len(self.machines)  # no word of it, by the steady clock

    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    def run(self) -> int:
        """Listen; how many alarms were told."""
        alarms = 0
        thinned = looked = -_THIN_EVERY
        with self._open:
            if self._beside:
                self._beside.start()
                self._say(f"serving at {self._beside.address}")
            for thread in (*self._couriers, *self._readers):
                thread.start()
            try:
                while self._going_on and not self._stop.is_set():
                    if by := self._clock.was_set():
                        way = "back" if by < 0 else "forward"
                        self._complain(f"the clock was set {way} by {duration(abs(by))}")
                    now = time.monotonic()
                    if now - thinned > _THIN_EVERY:
                        self._thin()
                        thinned = now
                    if now - looked > _RELOAD_EVERY:
                        self._reload()
                        looked = now
                    taken = self._inbox.take(_LOOK_EVERY)
                    if taken:
                        alarms += self._keep(taken[0], self._judged(*taken))
                    for n in self._going_on:
                        self._look(n)
            finally:
                self._stop.set()
                self._inbox.close()
                for courier in self._couriers:
                    courier.end()
                if self._beside:
                    self._beside.stop()
        return alarms

    def _reader(self, n: int, settings: MachineSettings) -> Reader:
        name = settings.name

        def judged(recording: RecordingFile) -> bool:
            try:
                return self._history.is_judged(name, recording)
            except DatabaseAway as error:  # a database that is restarted
                raise SourceError(f"the history cannot be read ({reason(error)})") from None

        with _said_of(settings):
            source = source_of(settings, judged, self.machines[n].channel)
        if source.is_live:
            self.machines[n].away.expect_live()
        self._say(f"{name}: listening to {shown(settings.source)}")
        return Reader(source, self._inbox, n, self._stop)

    def _reload(self) -> None:
        """Judge by detectors as they are now."""
        for n, machine in enumerate(self.machines):
            detector = self._loaded(machine.settings.detector)
            if detector is self._refused.get(n):
                continue
            try:
                machine.use(detector)
            except UserError as error:  # it knows the machine no more: the old one judges on
                self._refused[n] = detector
                self._complain(f"{machine.settings.name}: {error}")

    def _thin(self) -> None:
        for machine in self.machines:
            try:
                thin(self._history, machine.settings.name)
            except DatabaseAway as error:  # an hour later it may go
                self._complain(f"the history cannot be thinned ({reason(error)})")

    def _judged(self, n: int, item: Item) -> Report:
        machine = self.machines[n]
        name = machine.settings.name
        self._complain_of_dropped(n, name)
        try:
            if isinstance(item, Placed):
                report = machine.hear(item)
            elif isinstance(item, RecordingFile):
                report = machine.judge(item)
                for judged in report.judgements:
                    if judged.error and not judged.seconds:  # nothing of it can be heard
                        self._complain(f"{name}: {judged.error}")
            else:
                report = Report()
                if item.reason:
                    machine.away.reason = item.reason
                    self._complain_once(n, f"{name}: {item.reason}")
                if isinstance(item, Ended):
                    if not self._stop.is_set():
                        self._say(f"{name}: {shown(machine.settings.source)} has ended")
                    self._going_on.discard(n)
                    self.failed |= item.reason is not None
                return report
        except UserError as error:
            self._complain_once(n, f"{name}: {error}")
            return Report()
        if report.judgements:
            self._complained.pop(n, None)
        return report

    def _look(self, n: int) -> None:
        """Whether a source has fallen silent, or hours of quiet are over."""
        if not self._inbox.waits(n):  # else it is us who are late, as while a database was away
            self._keep(n, Report(notices=self.machines[n].away.look(time.time())))
        self._tell(n, Report(notices=self._quiet[n].over()))

    def _keep(self, n: int, report: Report) -> int:
        """Remember a report, then tell; how many alarms are in it."""
        notices = report.notices
        if self._beside:
            notices = [self._beside.linked(notice) for notice in notices]
        report = replace(report, notices=self._quiet[n].held(notices))
        for notice in report.notices:
            self._say(notice.text)
        self._tell(n, report)
        return sum(notice.about == "alarm" and notice.is_on for notice in report.notices)

    def _tell(self, n: int, report: Report) -> None:
        name = self.machines[n].settings.name
        self._history.add(name, report)
        for judged in report.judgements[-1:]:
            if self._mqtt:
                self._mqtt.show(name, judged)
        if report.notices:
            for courier in self._couriers:
                courier.wake()

    def _complain_of_dropped(self, n: int, name: str) -> None:
        """At once, then of all that was dropped in each minute."""
        now = time.monotonic()
        if now < self._dropped_until[n]:
            return
        if dropped := self._inbox.dropped(n):
            self._dropped_until[n] = now + _DROPPED_EVERY
            self._complain(f"{name}: {dropped:.0f} s dropped: sound comes faster than it is judged")

    def _complain_once(self, n: int, what: str) -> None:
        if self._complained.get(n) != what:
            self._complained[n] = what
            self._complain(what)


def _known_as(settings: ListenerSettings, known: list[str]) -> ListenerSettings:
    """Machines under the names that the history has for them: theirs, or of the same slug."""
    as_known = tuple(replace(m, name=meant(m.name, known) or m.name) for m in settings.machines)
    return replace(settings, machines=as_known)


@contextmanager
def _said_of(machine: MachineSettings) -> Iterator[None]:
    """Where there are several machines, whose mistake it is."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{machine.name}: {error}") from None
