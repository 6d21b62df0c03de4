"""States of a machine are found where its sound falls into two, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from loads import sound

from mimimi.memory import MemoryBank
from mimimi.memory.states import States, states_of

LEARNT = 8


@pytest.fixture(scope="module")
def bank() -> MemoryBank:
    loads = [sound("full", n) for n in range(LEARNT)], [sound("idle", n) for n in range(LEARNT)]
    return MemoryBank.learn([*loads[0], *loads[1]])


def of_levels(levels: np.ndarray, recordings: np.ndarray | None = None) -> States | None:
    every = np.ones(len(levels), bool)
    return states_of(levels, np.arange(len(levels)) if recordings is None else recordings, every)


def two(rng: np.random.Generator, each: int, apart: float = 1.0) -> np.ndarray:
    levels = rng.normal(0, 0.1, (2 * each, 128))
    levels[each:, 64:] += apart
    return levels


def test_a_machine_that_idles_and_works_has_two_states_named_by_their_sound(bank):
    assert bank.states is not None
    assert bank.states.recordings == {"deeper": LEARNT, "brighter": LEARNT}
    assert bank.states.of_recordings.tolist() == [1] * LEARNT + [0] * LEARNT


@pytest.mark.parametrize("load", ["idle", "full"])
def test_a_machine_with_one_load_has_none(load):
    assert MemoryBank.learn([sound(load, n) for n in range(12)]).states is None


@pytest.mark.parametrize("load", ["idle", "full"])
def test_a_new_recording_is_of_the_state_of_its_load(bank, load):
    states = {bank.states.of(bank.hear(sound(load, 100 + n)).distances) for n in range(6)}
    assert states == {"deeper" if load == "idle" else "brighter"}


def test_what_changes_evenly_from_one_to_the_other_is_one_state():
    levels = np.random.default_rng(0).normal(0, 0.1, (40, 128))
    levels[:, 64:] += np.linspace(0, 3, 40)[:, None]
    assert of_levels(levels) is None


@pytest.mark.parametrize(("apart", "are_clear"), [(1.0, True), (0.06, False)])
def test_it_is_known_how_clearly_two_states_are_apart(apart, are_clear):
    rng = np.random.default_rng(0)
    levels = two(rng, 20, apart=0.0)
    levels[20:, 64:] += apart
    found = of_levels(levels)
    assert found is not None
    assert found.are_clear == are_clear


def test_two_recordings_are_no_state():
    rng = np.random.default_rng(0)
    levels = two(rng, 12)
    assert of_levels(levels) is not None
    assert of_levels(levels[:14]) is None


def test_a_recording_in_which_it_was_in_both_is_of_none():
    levels, recordings = two(np.random.default_rng(0), 12), np.arange(24)
    recordings[23] = recordings[0]
    found = of_levels(levels, recordings)
    assert found is not None
    assert found.recordings == {"deeper": 11, "brighter": 11}


def test_what_was_told_to_be_normal_decides_nothing():
    levels = two(np.random.default_rng(0), 12)
    counted = np.arange(24) < 12
    assert states_of(levels, np.arange(24), counted) is None
