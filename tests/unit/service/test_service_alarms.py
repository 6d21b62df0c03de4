"""The alarms of a stretch, and what a moment of it is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from segments import NORMAL, UNUSUAL, series

from mimimi.service.history.alarms import alarms, most_unusual
from mimimi.service.history.judged_by import JudgedBy, find, keep
from mimimi.service.history.thinning import SEGMENTS_KEPT, thin
from mimimi.service.history.why import why
from mimimi.service.judgement import Report
from mimimi.service.notice import Notice


def told(history, *changes: tuple[bool, float, float], machine: str = "fan", held: bool = False):
    for is_on, at, since in changes:
        notice = Notice(machine, "alarm", is_on, at, since, "said", {"score": at}, held)
        history.add(machine, Report(notices=[notice]))


def spans(found) -> list[tuple[float, float | None]]:
    return [(alarm.since, alarm.until) for alarm in found]


def test_an_alarm_lasts_from_its_first_unusual_segment_until_it_was_told_to_be_over(history):
    told(history, (True, 60, 30), (False, 90, 90), (True, 200, 170))
    found = alarms(history, "fan", 0, 300)
    assert spans(found) == [(30, 90), (170, None)]
    assert [(alarm.at, alarm.details["score"]) for alarm in found] == [(60, 60), (200, 200)]


def test_one_that_was_raised_before_a_stretch_is_in_it_as_long_as_it_lasts(history):
    told(history, (True, 60, 30), (False, 90, 90), (True, 200, 170), (False, 900, 900))
    assert spans(alarms(history, "fan", 500, 600)) == [(170, 900)]
    assert spans(alarms(history, "fan", 100, 150)) == []
    assert spans(alarms(history, "fan", 80, 150)) == [(30, 90)]


def test_one_that_is_told_again_after_the_quiet_is_the_same(history):
    told(history, (True, 60, 30), held=True)
    told(history, (True, 60, 30), (False, 90, 90))
    told(history, (True, 60, 40), machine="pump")
    assert spans(alarms(history, "fan", 0, 300)) == [(30, 90)]


def test_the_most_unusual_moment_of_a_stretch_is_the_middle_of_its_highest_segment(history):
    odd = replace(UNUSUAL, score=9.0)
    history.add("fan", Report(series(NORMAL, UNUSUAL, odd, NORMAL)))
    assert most_unusual(history, "fan", 0, 100) == 15.0  # from 10 to 20 s
    assert most_unusual(history, "fan", 0, 10) == 10.0
    assert most_unusual(history, "fan", 200, 300) == 250.0  # nothing was heard


def test_where_only_minutes_are_kept_it_is_one_of_those(history):
    history.add("fan", Report(series(*[NORMAL] * 12, *[UNUSUAL] * 12)))
    late = replace(NORMAL, at=SEGMENTS_KEPT + 7200)
    history.add("fan", Report([late]))
    thin(history, "fan")
    assert most_unusual(history, "fan", 0, 3600) == pytest.approx(90.0)


def test_times_are_written_as_whoever_looks_reads_them(history):
    history.add("fan", Report(series(NORMAL)))
    first, *_ = why(history, "fan", 5.0, lambda moment: f"{datetime(2000, 1, 1):%Y} + {moment:g}")
    assert first == "fan at 2000 + 5"


def test_by_what_a_machine_is_judged_is_known_as_it_was_said_last(history):
    assert find(history, "fan") is None
    keep(history, "fan", JudgedBy("fan", "id_00", None))
    keep(history, "fan", JudgedBy("compressor 2", "compressor 2", 0.1))
    assert find(history, "fan") == JudgedBy("compressor 2", "compressor 2", 0.1)
