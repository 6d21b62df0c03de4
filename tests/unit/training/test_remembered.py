"""What is remembered beside networks: a little of each machine, and nothing that judges it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.data.index import Recording
from mimimi.training.memories import MOST_SEGMENTS, remember
from mimimi.training.split import DataSplit


@pytest.fixture
def plan(tmp_path: Path, hum) -> DataSplit:
    """Two machines, of which one has more recordings than are remembered."""
    recordings = []
    for machine_id, count in (("a", 4), ("b", MOST_SEGMENTS + 2)):
        for k in range(count):
            path = tmp_path / f"{machine_id}{k:02}.wav"
            soundfile.write(path, hum(hertz=300.0 if machine_id == "a" else 500.0, seed=k), 16_000)
            recordings.append(Recording(path, "fan", machine_id, "normal", "train", "mine"))
    return DataSplit("fan", ["a", "b"], recordings, [], [])


def test_a_little_of_each_machine_is_remembered(plan) -> None:
    said: list[str] = []
    member = remember(plan, [], said.append)
    assert member is not None
    assert member.config.machines == ("fan a", "fan b")
    assert member.config.segments == (4, MOST_SEGMENTS)
    assert str(4 + MOST_SEGMENTS) in said[-1]


def test_what_thresholds_rest_on_is_not_remembered(plan, hum) -> None:
    aside = plan.train[0]
    member = remember(plan, [aside], lambda line: None)
    assert member is not None
    assert member.config.segments[0] == 3
    heard, _ = soundfile.read(aside.path, dtype="float32")
    assert member.banks[0].scores([heard])[0] > 0.1  # its own copy would be at no distance


def test_a_recording_that_cannot_be_read_is_left_out(plan) -> None:
    plan.train[0].path.write_bytes(b"no sound")
    said: list[str] = []
    member = remember(plan, [], said.append)
    assert member is not None
    assert member.config.segments[0] == 3
    assert said[0].startswith("left out: ")


def test_where_a_machine_has_too_little_there_are_no_memories(plan) -> None:
    soundfile.write(plan.train[0].path, np.random.default_rng(0).normal(size=80_000) / 9, 16_000)
    said: list[str] = []
    assert remember(plan, plan.train[1:], said.append) is None
    assert "because of a: 10 s" in said[-1]
