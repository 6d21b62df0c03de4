"""`listen`: machines listened to around the clock, remembered and told of."""

from __future__ import annotations

import argparse
import signal
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from mimimi.cli.console import (
    ANOMALOUS,
    BAD,
    NORMAL,
    add_channels,
    add_job,
    checked_rate,
    complain,
    say,
)
from mimimi.errors import UserError
from mimimi.terminal import one_line

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.service.settings import ListenerSettings

_FILE = Path("mimimi.toml")


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "listen",
        help="listen to machines around the clock",
        description="Listens to the machines in mimimi.toml, or to one that is named here, until "
        "it is stopped. Events go to standard output, a line of JSON each.",
    )
    verb.add_argument("detector", nargs="?", help="of one machine, such as fan or a run")
    verb.add_argument(
        "source",
        nargs="?",
        help="folder, rtsp:// or http:// address, card, or - for a pipe",
    )
    verb.add_argument("--init", action="store_true", help="write a mimimi.toml to begin with")
    verb.add_argument(
        "--config", type=Path, metavar="FILE", help="machines and whom to tell (mimimi.toml)"
    )
    verb.add_argument(
        "--serve", action="store_true", help="the REST interface, too, as `serve` does"
    )
    one = verb.add_argument_group("one machine")
    one.add_argument("--name", metavar="NAME", help="of the machine (default: the detector's)")
    one.add_argument("--machine-id", metavar="ID", help="which machine it is, such as id_00")
    add_channels(one, "judge")
    one.add_argument("--alarm", metavar="K/N", help="K of N segments unusual (default 5/6)")
    one.add_argument(
        "--false-alarm-rate", type=float, metavar="RATE", help="of a segment, such as 0.05"
    )
    one.add_argument(
        "--cool-down", type=float, metavar="MINUTES", help="after an alarm (default 10)"
    )
    one.add_argument(
        "--off-below", type=float, metavar="DBFS", help="quieter than this it is off, such as -60"
    )
    one.add_argument(
        "--rate", type=int, metavar="HZ", help="of PCM on standard input (default 16000)"
    )
    one.add_argument(
        "--channels", type=int, metavar="N", help="of PCM on standard input (default 1)"
    )
    add_job(verb)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.jobs import attended

    if options.init:
        return _init(options.config or _FILE)
    with attended(options.job, options.command):
        return _listen(options)


def _listen(options: argparse.Namespace) -> int:
    try:
        settings = _settings(options)
    except UserError as error:
        if options.job:
            raise
        for line in str(error).splitlines():
            complain(line)
        return BAD
    from mimimi.service.listener import Listener
    from mimimi.service.settings import ServeSettings

    if options.serve and not settings.serve:
        settings = replace(settings, serve=ServeSettings())

    listener = Listener(settings, lambda line: say(one_line(line)), complain)
    stopped_by = (signal.SIGTERM, signal.SIGINT)
    stopped = Event()

    def stop(*_: object) -> None:
        stopped.set()
        listener.stop()

    before = [signal.signal(number, stop) for number in stopped_by]
    try:
        alarms = listener.run()
    finally:
        for number, handler in zip(stopped_by, before, strict=True):
            signal.signal(number, handler)
    if options.job and stopped.is_set():
        raise KeyboardInterrupt  # it is written down as stopped, not as finished
    if options.job and listener.failed:
        raise UserError("A source cannot be heard at all; the log says why.")
    return BAD if listener.failed else ANOMALOUS if alarms else NORMAL


def _init(file: Path) -> int:
    from mimimi.service.configuration import template

    try:
        file.touch(mode=0o600, exist_ok=False)  # there will be passwords in it
        file.write_text(template(), encoding="utf-8")
    except FileExistsError:
        raise UserError(f"{file} is there already; remove it first.") from None
    say(f"{file} written; edit it, then run:  python -m mimimi listen")
    return NORMAL


def _settings(options: argparse.Namespace) -> ListenerSettings:
    from mimimi.service.configuration import machine_of, read
    from mimimi.service.settings import ListenerSettings

    given = {
        "detector": options.detector,
        "source": options.source,
        "name": options.name or (options.detector and _called(options.detector)),
        "machine_id": options.machine_id,
        "channel": options.channel,
        "reference_channel": options.reference_channel,
        "alarm": options.alarm,
        "false_alarm_rate": checked_rate(options),
        "cool_down": options.cool_down,
        "off_below": options.off_below,
        "rate": options.rate,
        "channels": options.channels,
    }
    given = {key: value for key, value in given.items() if value is not None}
    if options.detector is None:
        if given:
            flag = next(iter(given)).replace("_", "-")
            raise UserError(f"--{flag} is of one machine: name its detector and its source, too.")
        return read(options.config or _FILE)
    if options.source is None or options.config:
        raise UserError("give the detector and the source of one machine, or a file with --config.")
    return ListenerSettings((machine_of(given),))


def _called(detector: str) -> str:
    """The machine that was learnt under this name or its slug; else what the detector is called."""
    from mimimi.detector.checkpoint import read_config
    from mimimi.detector.locate import trained
    from mimimi.names import slug

    folder = trained().get(slug(detector))
    ids = read_config(folder)["ids"] if folder else []
    of_it = [name for name in ids if folder and slug(name) == folder.name]
    return of_it[0] if of_it else Path(detector).name
