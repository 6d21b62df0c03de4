"""A process is known again, and nobody else is taken for it."""

from __future__ import annotations

import os

import psutil
import pytest

from mimimi.runs import process


def test_a_process_is_itself_also_after_the_clock_was_set():
    me = process.identity()
    assert process.still_running(me).pid == os.getpid()
    assert process.still_running({**me, "started": me["started"] - 3600}).pid == os.getpid()


def test_a_later_process_of_the_same_number_is_another():
    me = process.identity()
    earlier = {"started": me["started"] - 60, "after_boot": me["after_boot"] - 60}
    assert process.still_running({**me, **earlier}) is None
    assert process.still_running({"pid": me["pid"], "started": 1e9}) is None


@pytest.mark.parametrize("nobody", [None, 7, {}, {"pid": "x"}, {"pid": 1 << 30, "started": 0.0}])
def test_what_identifies_nobody_is_nobody(nobody):
    assert process.still_running(nobody) is None


def test_when_it_started_does_not_hang_on_the_clock(monkeypatch):
    """psutil adds the time of boot, which the system moves as its clock is set."""
    before = process.identity()
    later = psutil.boot_time() + 3600
    for module in (psutil, psutil._psplatform):
        monkeypatch.setattr(module, "boot_time", lambda: later)
    assert process.identity()["after_boot"] == pytest.approx(before["after_boot"], abs=0.1)
