"""Turns between visitors: in the order in which they came, and each is told his place."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from evaluate import recordings
from guard import room
from mimimi.errors import UserError
from state.turns import Turns


def test_one_with_many_segments_lets_all_others_in_between() -> None:
    turns, order, pause = Turns(), [], threading.Event()
    places: dict[int, list[int]] = {0: [], 1: [], 2: []}

    def short(number: int) -> None:
        with turns.turn(places[number].append):
            order.append(number)

    others = [threading.Thread(target=short, args=(number,)) for number in range(3)]
    for segment in range(5):
        with turns.turn():
            if segment == 0:
                for number, other in enumerate(others):
                    other.start()
                    while turns.waiting <= number:
                        pause.wait(0.001)
                while not all(places.values()):
                    pause.wait(0.01)
            order.append("long")
    for other in others:
        other.join()
    assert order[:5] == ["long", 0, 1, 2, "long"]
    assert [told[0] for told in places.values()] == [1, 2, 3]


def test_as_many_have_their_turn_as_there_are_processors_and_the_next_one_waits() -> None:
    turns, both, over = Turns(at_once=2), threading.Barrier(3), threading.Event()
    told: list[int] = []

    def first() -> None:
        with turns.turn():
            both.wait()  # broken unless two are in here at the same time
            over.wait()

    def next_one(ahead: int) -> None:
        told.append(ahead)
        over.set()

    others = [threading.Thread(target=first) for _ in range(2)]
    for other in others:
        other.start()
    both.wait()
    with turns.turn(next_one):
        assert told[0] == 1
    for other in others:
        other.join()
    assert turns.waiting == 0


def test_who_gives_up_waiting_stands_in_nobodys_way() -> None:
    turns = Turns()

    def give_up(ahead: int) -> None:
        raise KeyboardInterrupt

    with turns.turn():
        try:
            with turns.turn(give_up):
                raise AssertionError("it was not his turn")
        except KeyboardInterrupt:
            pass
    with turns.turn():
        assert turns.waiting == 0


def test_an_evaluation_is_limited_by_its_sound_and_not_by_its_files_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    recordings.require_allowed(400, 4_000.0)
    with pytest.raises(UserError, match="67 at a time"):
        recordings.require_allowed(2, 2 * 3_600.0)


def test_beyond_the_cap_of_the_home_nothing_is_taken_in(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIMIMI_MAX_HOME", "0.001")
    room.require()
    (own_home / "recordings").mkdir()
    (own_home / "recordings" / "a.wav").write_bytes(bytes(2_000_000))
    room._size.clear()
    with pytest.raises(UserError, match="they are full"):
        room.require()
