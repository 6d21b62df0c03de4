from __future__ import annotations

import pytest

from mimimi.data.download.progress import Meter, Progress


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seen() -> list[Progress]:
    return []


@pytest.fixture
def meter(clock: Clock, seen: list[Progress]) -> Meter:
    return Meter("fetch", "fan.zip", 1000, seen.append, clock)


def test_what_an_earlier_attempt_fetched_took_no_time(meter, seen, clock):
    meter(500)
    assert (seen[-1].done, seen[-1].speed, seen[-1].seconds_left) == (500, 0, None)
    clock.seconds += 2
    meter(600)
    assert (seen[-1].speed, seen[-1].seconds_left) == (50, 8)


def test_it_speaks_a_few_times_a_second_and_always_at_the_end(meter, seen, clock):
    for done in range(1000):
        meter(done)
        clock.seconds += 0.001
    assert 4 <= len(seen) <= 6
    meter(1000)
    assert (seen[-1].done, seen[-1].seconds_left) == (1000, 0)


def test_the_speed_is_that_of_the_last_seconds(meter, seen, clock):
    meter(0)
    for second in range(1, 101):
        clock.seconds += 1
        meter(second if second < 50 else 49 + 5 * (second - 49))
    assert seen[-1].speed == pytest.approx(5)


def test_beginning_anew_is_no_negative_speed(meter, seen, clock):
    meter(0)
    clock.seconds += 1
    meter(800)
    clock.seconds += 1
    meter(0)
    clock.seconds += 1
    meter(100)
    assert seen[-1].speed == 100
    assert all(progress.speed >= 0 for progress in seen)
