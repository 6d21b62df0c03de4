"""A memory goes on learning: what it is told later shapes its judgement, and can be taken back."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from mimimi.errors import AudioError, DetectorError
from mimimi.memory import Memory, MemoryBank, Occasion
from mimimi.memory.occasion import checked

Sound = NDArray[np.float64]
TIME = np.arange(160_000) / 16_000


def machine(take: int, hertz: float = 0.0) -> Sound:
    """Noise and a hum, another take each time; with a tone that is not always there."""
    rng = np.random.default_rng(take)
    hum = sum(np.sin(2 * np.pi * 50 * k * TIME + rng.uniform(0, 6.3)) / k for k in range(1, 9))
    tone = 0.5 * np.sin(2 * np.pi * hertz * TIME)
    return 0.01 * (hum + rng.normal(size=len(TIME)) + tone)


def occasion(kind: str, **more: object) -> Occasion:
    return Occasion(kind=kind, when=date(2026, 5, 3), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory.learn([machine(take) for take in range(5)], occasion("learnt"))


def test_what_is_added_counts_as_if_learnt_at_once(memory: Memory) -> None:
    later = memory.after([machine(5)], occasion("learnt")).bank
    at_once = MemoryBank.learn([machine(take) for take in range(6)])
    assert_allclose(later.scores([machine(7)]), at_once.scores([machine(7)]), rtol=1e-6)
    assert_allclose(later.leave_one_out_scores(), at_once.leave_one_out_scores(), rtol=1e-6)


def test_what_was_said_to_be_normal_is_near_but_promises_nothing(memory: Memory) -> None:
    told = memory.after([machine(8, hertz=1_240)], occasion("normal")).bank
    before, after = (bank.hear(machine(9, hertz=1_240)) for bank in (memory.bank, told))
    assert after.score < before.score / 2
    assert len(told.margins(after)) == len(memory.bank.margins(before)) == 5


def test_references_that_do_not_count_stay_when_a_recording_is_left_out(memory: Memory) -> None:
    told = memory.after([machine(8)], occasion("normal")).bank
    rest = told.recordings != 2
    aside = told.references_only
    without = MemoryBank(
        {n: of[rest] for n, of in told.vectors.items()}, told.recordings[rest], aside
    )
    left_out = {n: of[2] for n, of in told.vectors.items()}
    assert told.leave_one_out_scores()[2] == pytest.approx(
        without.compare(left_out).score, rel=1e-4
    )


def test_after_adapting_what_is_normal_comes_from_the_new_place(memory: Memory) -> None:
    there = [machine(take, hertz=2_000) for take in range(20, 24)]
    adapted = memory.after(there, occasion("adapted"))
    bank = adapted.bank
    assert bank.references_only == set()
    assert len(bank.margins(bank.hear(machine(30, hertz=2_000)))) == 4
    assert bank.scores([machine(30, hertz=2_000)])[0] < memory.bank.scores(
        [machine(30, hertz=2_000)]
    )
    more = adapted.after([machine(24, hertz=2_000)], occasion("learnt")).bank
    assert len(more.leave_one_out_scores()) == 5


def test_a_minute_elsewhere_in_one_piece_is_cut_into_recordings(memory: Memory) -> None:
    adapted = memory.after(
        [np.concatenate([machine(take) for take in range(6)])], occasion("adapted")
    )
    assert len(adapted.bank.leave_one_out_scores()) == 6
    with pytest.raises(AudioError, match="10 s"):
        memory.after([machine(0)[:100_000]], occasion("adapted"))


def test_a_sound_is_nearer_to_its_own_fault_than_to_another_or_to_normal(memory: Memory) -> None:
    told = memory.after([machine(8, hertz=1_240)], occasion("fault", fault="bearing"))
    told = told.after([machine(9, hertz=3_100)], occasion("fault", fault="belt"))
    for hertz, nearest in ((1_240, 0), (3_100, 1)):
        heard = told.bank.hear(machine(10, hertz=hertz))
        assert told.beyond_normal(heard).argmin() == nearest
        assert told.beyond_normal(heard).min() < 0
    assert told.beyond_normal(told.bank.hear(machine(11))).min() > 0
    assert [fault.like for fault in told.faults] == ["bearing, 3 May 2026", "belt, 3 May 2026"]


def test_a_fault_changes_no_score(memory: Memory) -> None:
    told = memory.after([machine(8, hertz=1_240)], occasion("fault", fault="bearing")).bank
    for sound in (machine(9), machine(10, hertz=1_240)):
        one, other = memory.bank.hear(sound), told.hear(sound)
        assert one.score == other.score
        assert_allclose(memory.bank.margins(one), told.margins(other))


def test_each_occasion_can_be_undone(memory: Memory) -> None:
    told = memory.after([machine(8)], occasion("normal"))
    told = told.after([machine(take) for take in range(20, 24)], occasion("adapted"))
    told = told.after([machine(9, hertz=1_240)], occasion("fault", fault="bearing"))
    back = told.undone().undone().undone()
    assert back.occasions == memory.occasions
    assert_allclose(back.bank.scores([machine(7)]), memory.bank.scores([machine(7)]))
    with pytest.raises(DetectorError, match="nothing to undo"):
        back.undone()


def test_of_two_hours_an_hour_is_kept_and_all_of_a_fault(memory: Memory) -> None:
    told = memory.after([machine(8, hertz=1_240)], occasion("fault", fault="bearing"))
    rows = np.arange(400) % 5
    longer = Memory(
        {n: np.concatenate([of, of[rows]]) for n, of in told.vectors.items()},
        np.concatenate([told.recordings, 6 + np.arange(400)]),
        (*told.occasions, occasion("learnt", first=6)),
    ).after([machine(0)], occasion("learnt"))
    assert len(longer.bank.recordings) <= 360
    assert len(longer.faults) == 1
    assert (longer.recordings == 5).sum() == 1


def test_a_hundred_things_are_enough(memory: Memory) -> None:
    many = tuple(occasion("learnt", first=k) for k in range(100))
    full = Memory(memory.vectors, memory.recordings, many)
    with pytest.raises(DetectorError, match="100 things"):
        full.after([machine(8)], occasion("normal"))


def test_arrays_come_back_as_they_were(memory: Memory) -> None:
    told = memory.after([machine(8, hertz=1_240)], occasion("fault", fault="bearing"))
    again = Memory.from_arrays(told.as_arrays(), told.occasions)
    assert_allclose(again.bank.scores([machine(7)]), told.bank.scores([machine(7)]), rtol=1e-6)
    assert again.faults == told.faults
    for of in told.vectors.values():
        assert np.array_equal(of.astype(np.float16), of)


@pytest.mark.parametrize(
    "harm",
    [
        lambda arrays: arrays.pop("lines"),
        lambda arrays: arrays.update({"peaks": arrays["peaks"][:, :9]}),
        lambda arrays: arrays.update({"unrest": np.full((5, 8, 16), np.nan)}),
        lambda arrays: arrays.update({"level": np.full((5, 128, 1), np.inf)}),
        lambda arrays: arrays.update({"recordings": np.arange(5) % 2}),
        lambda arrays: arrays.update({"recordings": np.zeros((5, 1), np.int64)}),
        lambda arrays: arrays.update({"recordings": np.arange(-5, 0)}),
        lambda arrays: arrays.update({"rhythm": np.array("no numbers")}),
    ],
)
def test_arrays_of_strangers_are_checked(memory: Memory, harm) -> None:  # type: ignore[no-untyped-def]
    arrays = memory.as_arrays()
    harm(arrays)
    with pytest.raises(DetectorError, match="memory of normal sound is damaged"):
        Memory.from_arrays(arrays, memory.occasions)


@pytest.mark.parametrize(
    "later",
    [
        occasion("fault", first=9, fault="bearing"),  # of which nothing is held
        occasion("adapted", first=3),  # then two recordings would promise
    ],
)
def test_occasions_that_leave_too_little_are_refused(memory: Memory, later: Occasion) -> None:
    with pytest.raises(DetectorError, match="too little"):
        Memory.from_arrays(memory.as_arrays(), (*memory.occasions, later))


def test_occasions_come_back_as_they_were() -> None:
    told = (
        occasion("learnt", seconds=60.0, fingerprints=("ab", "cd")),
        occasion("fault", first=6, fault="bearing"),
        Occasion(kind="one state", first=7),
        Occasion(kind="normal", first=7),
    )
    assert checked(json.loads(json.dumps([one.as_config() for one in told]))) == told


@pytest.mark.parametrize(
    "harm",
    [
        {"kind": "dreamt"},
        {"kind": "fault"},
        {"fault": "bearing"},
        {"kind": "fault", "fault": "<b>"},
        {"first": "0"},
        {"first": 0},
        {"first": 1 << 40},
        {"when": "yesterday"},
        {"when": 3},
        {"seconds": float("nan")},
        {"seconds": -1.0},
        {"fingerprints": "ab"},
        {"fingerprints": [1]},
        {"kind": "one state", "seconds": 10.0},
        {"kind": "one state", "fingerprints": ["ab"]},
    ],
)
def test_occasions_of_strangers_are_checked(harm: dict[str, object]) -> None:
    good = [occasion("learnt").as_config(), occasion("normal", first=3).as_config()]
    assert len(checked(good)) == 2
    with pytest.raises((KeyError, TypeError, ValueError)):
        checked([good[0], good[1] | harm])
    for bad in ([], good[1:], [good[0]] * 101, "learnt", [3]):
        with pytest.raises((KeyError, TypeError, ValueError)):
            checked(bad)
