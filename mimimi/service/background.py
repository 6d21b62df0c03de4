"""A listener as a job of this computer, which goes on when nobody looks: its machines in one file.

The file is a `mimimi.toml` like any other, beside the history; whoever edits it keeps what they
wrote when a machine is added or taken out.
"""

from __future__ import annotations

import json
import re
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from mimimi import files, jobs
from mimimi.errors import UserError
from mimimi.jobs import Job, JobRequest
from mimimi.service.alone import alone
from mimimi.service.configuration import parse, read
from mimimi.service.history.tables import folder
from mimimi.service.settings import MachineSettings
from mimimi.service.sources import source_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

JOB = "listener"
_TO_END = 30.0  # s; what is being told is told
_LOOK_AGAIN = 0.2  # s
_TABLE = re.compile(r"(?m)^(?=(?:[ \t]*#.*\n)*[ \t]*\[)")  # with the comments above it


def file() -> Path:
    """Its configuration."""
    return folder() / "mimimi.toml"


def machines() -> tuple[MachineSettings, ...]:
    """Those it listens to; none where there is no file.

    Raises:
        UserError: somebody has edited it, and made a mistake.
    """
    return read(file()).machines if file().exists() else ()


def job() -> Job | None:
    """How it stands; None where it was never started."""
    return next((one for one in jobs.listed() if one.name == JOB), None)


def listen_to(machine: MachineSettings) -> Job:
    """Listen to one machine more, or to it in another way, from now on.

    Raises:
        UserError: it cannot be started, or would end at once.
    """
    _check(machine)
    text = file().read_text(encoding="utf-8") if file().exists() else ""
    _write(f"{_without(text, machine.name).rstrip()}\n\n{_table(machine)}".lstrip())
    _stop()
    return _start()


def forget(name: str) -> None:
    """Listen to a machine no longer; what was heard stays in the history.

    Raises:
        UserError: the listener cannot be started again for the others.
    """
    left = _without(file().read_text(encoding="utf-8"), name)
    if not tomllib.loads(left).get("machine"):
        _stop()
        file().unlink()
        return
    _write(left)
    _stop()
    _start()


def _check(machine: MachineSettings) -> None:
    """Whoever starts it looks elsewhere by the time that it would say so itself."""
    if machine.source == "-":
        raise UserError("In the background there is no pipe: give the address of a stream.")
    source_of(machine, lambda _: False, machine.channel or 0)
    known = job()
    if known is None or known.is_over:  # else it is that one which runs
        with ExitStack() as for_a_moment:
            alone(for_a_moment)


def _start() -> Job:
    known = job()
    if known and known.state == "finished":
        jobs.delete(JOB)
        known = None
    if known is None:
        return jobs.submit(JobRequest(JOB, "listen", options={"config": str(file().resolve())}))
    return jobs.resume(JOB)


def _stop() -> None:
    known = job()
    if known is None or known.is_over:
        return
    jobs.stop(JOB)
    until = time.monotonic() + _TO_END
    while not jobs.find(JOB).is_over:
        if time.monotonic() > until:
            raise UserError("The listener is still ending; try again in a minute.")
        time.sleep(_LOOK_AGAIN)


def _write(text: str) -> None:
    """Whole or not at all, and readable for its owner only: addresses may hold passwords."""
    parse(text, str(file()))
    file().parent.mkdir(parents=True, exist_ok=True)
    files.replace_file(file(), text.encode(), mode=0o600)


def _without(text: str, name: str) -> str:
    """The configuration without the table of a machine."""
    return "".join(part for part in _TABLE.split(text) if not _is_of(part, name))


def _is_of(part: str, name: str) -> bool:
    try:
        [machine] = tomllib.loads(part)["machine"]
        return bool(machine["name"] == name)
    except (tomllib.TOMLDecodeError, LookupError, TypeError, ValueError):
        return False


def _table(machine: MachineSettings) -> str:
    """One machine, in TOML; a text of JSON is one of TOML.

    Example:
        >>> print(_table(MachineSettings("fan 2", "fan", "card", machine_id="id_00")), end="")
        [[machine]]
        name = "fan 2"
        detector = "fan"
        source = "card"
        machine_id = "id_00"
        alarm = "5/6"
    """
    values = {
        "name": machine.name,
        "detector": machine.detector,
        "source": machine.source,
        "machine_id": machine.machine_id,
        "channel": machine.channel,
        "reference_channel": machine.reference_channel,
        "alarm": f"{machine.alarm.k}/{machine.alarm.n}",
        "false_alarm_rate": machine.false_alarm_rate,
    }
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in values.items()
        if value is not None
    ]
    return "\n".join(["[[machine]]", *lines, ""])
