"""The running app, for those who measure it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
STREAMLIT = ("-m", "streamlit")


def as_installed() -> dict[str, str]:
    """The environment of a process that finds its modules compiled, from its second start on.

    So pip leaves them, and Python itself after a first start; some containers forbid it to.
    """
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    folder = Path(tempfile.gettempdir(), "mimimi-bytecode")
    return environment | {"PYTHONPYCACHEPREFIX": str(folder)}


@dataclass(frozen=True)
class App:
    """Its address, and its process id."""

    url: str
    pid: int


@contextmanager
def running_app(
    command: Sequence[str] = STREAMLIT,
    output: IO[str] | int = subprocess.DEVNULL,
    script: str = "app/main.py",
) -> Iterator[App]:
    """The app on a free port, until the block is left.

    Args:
        command: what Python runs; takes the arguments of `streamlit`.
        output: where its stdout goes.
        script: of the app; another one is measured in its place.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["run", script, "--server.headless=true", "--server.address=127.0.0.1"]
    app = subprocess.Popen(
        [sys.executable, *command, *arguments, f"--server.port={port}"],
        cwd=ROOT,
        env=as_installed(),
        stdout=output,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _healthy(port):
            if app.poll() is not None:
                raise RuntimeError(f"the app ended with exit code {app.returncode}")
            time.sleep(0.05)
        yield App(f"http://127.0.0.1:{port}", app.pid)
    finally:
        app.kill()  # it has nothing to put away
        app.wait()


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False
