"""Jobs as processes of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from mimimi.errors import UserError
from mimimi.files import home
from mimimi.jobs.launcher import Seen, package_path
from mimimi.runs import Run, process
from mimimi.runs.log import OUTPUT, tail


def start(run: Run, command: Sequence[str]) -> None:
    """Start a process of its own session; it waits for the lock until its record is written."""
    path = os.pathsep.join(filter(None, (package_path(), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"MIMIMI_HOME": str(home().resolve()), "PYTHONPATH": path}
    try:
        with (run.folder / OUTPUT).open("ab") as file:
            started = subprocess.Popen(
                [sys.executable, "-m", "mimimi", *command],
                cwd=run.read()["cwd"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # it outlives whoever starts it
            )
    except OSError as error:
        run.end("failed", f"It could not be started: {error}")
        return
    run.launch(process.identity(started.pid))
    threading.Thread(target=started.wait, daemon=True).start()  # leaves no zombie behind


def look(record: Mapping[str, Any]) -> Seen:
    """Whether its process is there; one of another machine or container is not."""
    return "running" if process.still_running(record.get("process")) else "over"


def output(run: Run) -> str:
    """The end of its `output.log`."""
    return tail(run.folder / OUTPUT)


def stop(record: Mapping[str, Any]) -> None:
    """Ask it to end.

    Raises:
        UserError: it is not a process of this machine.
    """
    running = process.still_running(record.get("process"))
    if running is None:
        raise UserError("It runs on another machine or in another container; stop it there.")
    running.terminate()
