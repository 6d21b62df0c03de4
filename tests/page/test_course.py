"""The chart of weeks: what is drawn of the points and alarms it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from charts.course import course, in_short
from mimimi.service.history.alarms import Alarm
from mimimi.service.history.trend import Point

WIDTH = 60.0  # s


def point(n: int, score: float = 1.0, running: float = WIDTH, is_faulty: bool = False) -> Point:
    unusual = 12 if score > 2 else 0
    heard = -30.0, WIDTH, running, 0.0, is_faulty
    return Point(WIDTH * n, WIDTH, 12, unusual, score, score + 0.5, 2.0, *heard)


def clock(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, timezone.utc)


def drawn(points, alarms=(), clips=(), end: float = 1200.0) -> dict:
    figure = course(points, alarms, clips, (0.0, end), clock)
    return {trace.name: trace for trace in figure.data}


def seconds(lane) -> list[float]:
    return [at.timestamp() for at in lane.x if at is not None]


def test_a_point_says_which_stretch_it_stands_for_and_is_marked_where_it_was_unusual():
    traces = drawn([point(0), point(1), point(2, score=3.0)])
    assert [tuple(data[:2]) for data in traces["score"].customdata] == [(0, 60), (60, 120)]
    assert [tuple(data[:2]) for data in traces["unusual"].customdata] == [(120, 180)]
    assert traces["unusual"].x[0] == clock(150)


def test_no_line_is_drawn_where_nothing_was_heard():
    values = drawn([point(0), point(1), point(9), point(10)])["mean"].y
    assert list(values) == [1.0, 1.0, None, 1.0, 1.0]


def test_states_are_lanes_of_their_own():
    points = [point(0), point(1, running=0.0), point(2, running=0.0), point(3, is_faulty=True)]
    traces = drawn(points)
    assert seconds(traces["off"]) == [60, 180]
    assert seconds(traces["microphone"]) == [180, 240]
    assert seconds(traces["alarm"]) == []


def test_in_which_state_it_ran_is_drawn_where_it_has_several():
    idle, works = replace(point(0), deeper=WIDTH), replace(point(1), brighter=WIDTH)
    traces = drawn([idle, works, replace(point(2, running=0.0))])
    assert seconds(traces["deeper"]) == [0, 60]
    assert seconds(traces["brighter"]) == [60, 120]
    assert seconds(traces["off"]) == [120, 180]
    assert not {"deeper", "brighter"} & set(drawn([point(0), point(1)]))


@pytest.mark.parametrize(("until", "ends"), [(200.0, 200.0), (None, 240.0)])
def test_an_alarm_that_lasts_is_known_until_something_was_heard_last(until, ends):
    points = [point(n) for n in range(4)]
    alarm = Alarm(100.0, 60.0, until, "unusual", {})
    assert seconds(drawn(points, [alarm])["alarm"]) == [60, ends]
    [shape] = in_short(points, [alarm], (0.0, 1200.0)).layout.shapes
    assert (shape.x0, shape.x1) == (60, ends)


def test_the_first_points_of_a_tile_are_seen_before_there_is_a_line():
    assert in_short([point(0)], [], (0.0, 1200.0)).data[1].mode == "lines+markers"
    assert in_short([point(n) for n in range(9)], [], (0.0, 1200.0)).data[1].mode == "lines"


def test_sound_that_was_kept_can_be_clicked():
    kept = drawn([point(0)], clips=[45.0])["sound kept"]
    assert [tuple(data) for data in kept.customdata] == [(45.0, 45.0)]
    assert 0 < kept.y[0] < 1


def test_a_history_without_a_point_is_drawn_empty():
    assert not seconds(drawn([])["alarm"])
