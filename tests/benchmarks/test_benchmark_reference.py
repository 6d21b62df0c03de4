"""The benchmark of two microphones: its ways, its intervals, and what it keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.reference import kept as keeping
from benchmarks.accuracy.reference.__main__ import main
from benchmarks.accuracy.reference.conditions import CONDITIONS, DEFAULT, HALLS
from benchmarks.accuracy.reference.kept import Kept
from benchmarks.accuracy.reference.table import difference, interval
from benchmarks.accuracy.reference.trial import NO_HALL, Machine, measure
from benchmarks.accuracy.reference.ways import WAYS, by_magnitude, delay_and_sum
from mimimi.simulate.room import Room
from mimimi.simulate.two_microphones import Hall

CERTAIN = {"complex": {"fan id_00": [[1.0, 1.0]]}, "near alone": {"fan id_00": [[0.0, 1.0]]}}


def noise(rng: np.random.Generator, count: int, seconds: float = 1.0) -> list[np.ndarray]:
    return list(rng.normal(size=(count, round(16_000 * seconds))).astype(np.float32))


@pytest.mark.parametrize("judge", CONDITIONS)
def test_conditions_have_names_of_their_own_and_change_one_factor_at_a_time(judge):
    assert len({condition.slug for condition in CONDITIONS[judge]}) == len(CONDITIONS[judge])
    for condition in CONDITIONS[judge]:
        there = [replace(hall, ratio_db=condition.ratio_db) for hall in HALLS]
        assert condition in there or condition in [
            replace(DEFAULT, reverberation=condition.reverberation),
            replace(DEFAULT, leak_db=condition.leak_db),
        ]


def test_no_car_is_judged_by_those_who_know_none():
    assert {condition.near for condition in CONDITIONS["ensemble"]} == {"mimii"}


@pytest.mark.parametrize("seed", range(3))
def test_the_machine_is_heard_together_where_its_delay_is_undone(seed):
    """Alone in a dead room, the far microphone's part falls onto the near one's."""
    rng = np.random.default_rng(seed)
    hall = Hall.drawn(Room((12.0, 8.0, 5.0), 0.2), rng, standing=1)
    machine, other = noise(rng, 2)
    near, far = hall.record(machine, [other], ratio_db=200.0, leak_db=0.0)
    together = delay_and_sum(near, far, hall)
    lags = np.fft.irfft(np.fft.rfft(2 * together - near) * np.fft.rfft(near).conj())
    assert int(np.argmax(lags)) in (0, 1, lags.size - 1)


def test_magnitudes_are_left_alone_by_a_silent_hall_and_never_grow(rng):
    near, far = noise(rng, 2, 4.0)
    np.testing.assert_allclose(by_magnitude(near, 0 * far), near, atol=1e-4)
    assert np.sum(by_magnitude(near, near) ** 2) < 0.01 * np.sum(near**2)


def test_every_way_is_judged_on_the_same_recordings_and_halls_differ_from_what_was_learnt(rng):
    here = Machine("fan id_00", noise(rng, 6), noise(rng, 2), noise(rng, 3))
    quiet, loud = noise(rng, 3), [9 * sound for sound in noise(rng, 3)]
    other = Machine("pump id_00", quiet + loud, [], [])
    heard: list[tuple[int, float]] = []

    def judge(name, learn):
        assert name == "fan id_00"
        heard.append((len(learn()), float(np.std(learn()))))
        return lambda clips: np.array([float(np.abs(clip).max()) for clip in clips])

    found = measure(DEFAULT, [here], [here, other], 0, WAYS, judge)
    assert list(found) == [*WAYS, NO_HALL]
    assert all(np.shape(of["fan id_00"]) == (2, 3) for of in found.values())
    assert [count for count, _ in heard] == [6] * len(found)
    by_way = dict(zip(found, (level for _, level in heard), strict=True))
    assert by_way["near alone"] > 2 * max(by_way["complex"], by_way[NO_HALL])
    assert found == measure(DEFAULT, [here], [here, other], 0, WAYS, judge)
    assert found != measure(DEFAULT, [here], [here, other], 1, WAYS, judge)


def test_what_is_certain_has_no_interval_and_pairs_are_drawn_together():
    assert (interval([np.ones((2, 2, 3))]).low, interval([np.ones((2, 2, 3))]).high) == (1, 1)
    same = difference([CERTAIN, CERTAIN], "complex", "complex")
    assert (same.value, same.low, same.high) == (0, 0, 0)
    apart = difference([CERTAIN, CERTAIN], "complex", "near alone")
    assert apart.value == pytest.approx(0.5)
    assert apart.low == 0
    assert apart.high == 1


def test_rooms_are_kept_in_their_order_and_forgotten_with_another_filter(tmp_path, monkeypatch):
    kept = Kept(tmp_path)
    assert kept.rooms(DEFAULT, "memory") == []
    kept.add(DEFAULT, "memory", CERTAIN)
    kept.add(DEFAULT, "memory", {"complex": {}})
    assert kept.rooms(DEFAULT, "memory") == [CERTAIN, {"complex": {}}]
    assert kept.rooms(DEFAULT, "ensemble") == []
    monkeypatch.setattr(keeping, "WINDOW", 64)
    assert kept.rooms(DEFAULT, "memory") == []


def test_what_is_kept_is_printed_and_drawn_without_a_measurement(tmp_path: Path, capsys):
    of = {way: {"fan id_00": [[1.0, 0.5]]} for way in (*WAYS, NO_HALL)}
    Kept(tmp_path / "kept").add(DEFAULT, "memory", of)
    places = ["--kept", f"{tmp_path / 'kept'}", "--figure", f"{tmp_path / 'phase.png'}"]
    main([str(tmp_path), "--only", "no such", *places])
    printed = capsys.readouterr().out
    assert printed.count(DEFAULT.name) == 1
    assert "0.75 [0.50, 1.00]" in printed
    assert "+0.00 [+0.00, +0.00]" in printed
    assert (tmp_path / "phase.png").read_bytes()[1:4] == b"PNG"
