"""A real Ray cluster for tests: one machine, loopback only, gone when the tests are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import psutil
import requests
from ports import free_port

CPUS = 2
_PATIENCE = 120.0  # s
# Else another cluster of this machine has them, and jobs find nobody who takes them.
_PORTS = ("--dashboard-agent-listen-port", "--ray-client-server-port")
_LOOPBACK = "127.0.0.2"  # Ray replaces 127.0.0.1 by an address that others can reach


class RayCluster:
    """Runs within a `with`; `ray stop` would end every other cluster of this machine too.

    `address` is where scoring finds it, `dashboard` where jobs do.
    """

    def __init__(self) -> None:
        port, dashboard, *others = (free_port() for _ in range(2 + len(_PORTS)))
        self.address = f"{_LOOPBACK}:{port}"
        self.dashboard = f"http://127.0.0.1:{dashboard}"
        self._folder = Path(mkdtemp(prefix="ray-"))  # sockets in it bear no long name
        self._output = self._folder / "output.log"
        self._command = [
            *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
            *("--node-ip-address", _LOOPBACK, "--port", str(port)),
            *("--dashboard-host", "127.0.0.1", "--dashboard-port", str(dashboard)),
            *("--num-cpus", str(CPUS), "--num-gpus", "0", "--object-store-memory", "100000000"),
            *(word for pair in zip(_PORTS, map(str, others), strict=True) for word in pair),
            *("--temp-dir", str(self._folder), "--disable-usage-stats"),
        ]

    def __enter__(self) -> RayCluster:
        here = os.path.dirname(sys.executable)
        environment = os.environ | {
            "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",  # jobs say `python`
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        with self._output.open("wb") as output:
            self._head = subprocess.Popen(
                self._command, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._head.poll() is not None or time.monotonic() > deadline:
                said = self._output.read_text()
                self.__exit__()
                raise RuntimeError(said)
            time.sleep(0.2)
        return self

    def __exit__(self, *error: object) -> None:
        self.kill_node()  # in order it takes half a minute, and there is nothing to keep
        self._head.wait(_PATIENCE)
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill_node(self) -> None:
        """All at once, as a machine that is switched off."""
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self._head.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self._head.kill()

    def _answers(self) -> bool:
        """Whether jobs can be submitted: the dashboard is there before its agent is."""
        try:
            token = {"Authorization": f"Bearer {os.environ['RAY_AUTH_TOKEN']}"}
            return requests.get(f"{self.dashboard}/api/jobs/", headers=token, timeout=5).ok
        except requests.RequestException:
            return False
