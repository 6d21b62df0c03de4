"""Processors are counted as they may be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mimimi import processors as counted


def here() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The control group that this process is in, two below the root."""
    groups, own = tmp_path / "cgroup", tmp_path / "own"
    (groups / "system.slice/mimimi").mkdir(parents=True)
    own.write_text("0::/system.slice/mimimi\n")
    monkeypatch.setattr(counted, "_GROUPS", groups)
    monkeypatch.setattr(counted, "_OWN", own)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return groups / "system.slice/mimimi"


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("400000 100000\n", 4), ("150000 100000\n", 2), ("20000 100000\n", 1), ("max 100000\n", 64)],
)
@pytest.mark.parametrize("levels_up", [0, 1, 2])
def test_a_container_has_those_that_it_was_given(group, limit, expected, levels_up) -> None:
    folder = [group, *group.parents][levels_up]
    (folder / "cpu.max").write_text(limit)
    assert counted.processors() == expected


def test_of_limits_the_narrowest_counts(group: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (group / "cpu.max").write_text("800000 100000\n")
    (group.parent / "cpu.max").write_text("300000 100000\n")
    assert counted.processors() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert counted.processors() == 2
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert counted.processors() == 3


def test_where_there_are_no_groups_all_count(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(counted, "_OWN", tmp_path / "none")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert counted.processors() == here()
