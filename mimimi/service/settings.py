"""What a listener is told to do: plain data, from `mimimi.toml` or from the command line."""

from __future__ import annotations

from dataclasses import dataclass, field

from mimimi.monitor.alarm import Rule
from mimimi.service.hours import Hours


@dataclass(frozen=True)
class MachineSettings:
    """One machine that is listened to."""

    name: str
    detector: str  # as `Detector.from_pretrained` takes it
    source: str  # an address, a folder, "card", "card:NAME", or "-" for standard input
    machine_id: str | None = None  # None: the detector knows one machine only
    channel: int | None = None  # counted from 0; None: as the detector was learnt, else 0
    reference_channel: int | None = None  # that hears the hall; None: as the detector was learnt
    alarm: Rule = field(default_factory=Rule)
    false_alarm_rate: float | None = None  # of a segment; None: the detector's own
    cool_down: float = 10.0  # min after an alarm in which the next one is held back
    off_below: float | None = None  # dBFS, below which the machine is off; None: it always runs
    quiet: Hours | None = None  # of each day, in which nobody is told
    nothing_after: float | None = None  # s without sound until it is told; None: 30, folders never
    rate: int = 16_000  # Hz, of PCM without a header on standard input
    channels: int = 1  # of the same


@dataclass(frozen=True)
class WebhookSettings:
    """An address that is told of every event."""

    url: str
    secret: str | None = None  # signs each message; None: unsigned


@dataclass(frozen=True)
class MqttSettings:
    """A broker that is told of every event and of how each machine is."""

    url: str  # mqtt://user:password@host:1883, or mqtts://
    topic: str = "mimimi"  # where all topics begin
    discovery: str = "homeassistant"  # where Home Assistant looks for devices


@dataclass(frozen=True)
class ServeSettings:
    """A server of the REST interface."""

    host: str = "127.0.0.1"  # to listen on; on another than this computer a token is wanted
    port: int = 8765
    token: str | None = None
    address: str | None = None  # as others reach it, http://plant.local:8765, for links to clips
    megabytes: float = 100.0  # of a request, at most
    seconds: float = 3600.0  # of sound in a recording, at most
    waiting: int = 16  # requests with a body that may wait


@dataclass(frozen=True)
class ListenerSettings:
    """All that one listener does."""

    machines: tuple[MachineSettings, ...]
    history: str | None = None  # address of a database; None: SQLite under MIMIMI_HOME
    clips_megabytes: float = 1000.0  # of sound that is kept, at most
    clips_days: float = 365.0  # after which sound goes in any case
    webhook: WebhookSettings | None = None
    mqtt: MqttSettings | None = None
    notify: tuple[str, ...] = ()  # addresses as Apprise takes them
    serve: ServeSettings | None = None
