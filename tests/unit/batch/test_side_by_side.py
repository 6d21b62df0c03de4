"""Processes that judge beside each other: none is waited for in vain, and none is left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from functools import partial
from typing import Any

import psutil
import pytest

from mimimi.batch.side_by_side import side_by_side
from mimimi.errors import UserError

pytestmark = pytest.mark.slow  # processes

JUDGING = """
import os
from mimimi.batch.side_by_side import side_by_side

list(side_by_side(os.system, ["echo $PPID $$; exec sleep 600"]))
"""


def test_a_process_that_dies_is_not_waited_for() -> None:
    dies: Any = signal.raise_signal
    with pytest.raises(UserError, match="OMP_NUM_THREADS=1"):
        list(side_by_side(dies, [signal.SIGKILL]))  # type: ignore[list-item]


def test_who_is_killed_leaves_no_process_behind() -> None:
    parent = subprocess.Popen([sys.executable, "-c", JUDGING], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child, command = map(psutil.Process, map(int, parent.stdout.readline().split()))
    parent.kill()
    parent.wait()
    patience = time.monotonic() + 120
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < patience
        time.sleep(0.05)
    command.kill()


def test_a_process_hears_no_interrupt_from_its_first_moment_on() -> None:
    """A terminal sends it to all, and one that only starts would say where it was stopped."""
    asks: Any = partial(signal.pthread_sigmask, signal.SIG_BLOCK)
    (found,) = side_by_side(asks, [set()])  # type: ignore[list-item]
    assert signal.SIGINT in found  # type: ignore[operator]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
