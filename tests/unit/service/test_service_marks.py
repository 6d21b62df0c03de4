"""What people say of a machine, how long nobody is told, and the picture of its past."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime

import pytest
from segments import ALARM, DAY, NORMAL, OFF, UNUSUAL, series

from mimimi.cli import main
from mimimi.errors import UserError
from mimimi.service import quiet as quiet_module
from mimimi.service.history import marks
from mimimi.service.history.history import History
from mimimi.service.history.marks import Mark
from mimimi.service.history.thinning import thin
from mimimi.service.history.trend import trend
from mimimi.service.hours import Hours
from mimimi.service.judgement import Report
from mimimi.service.quiet import Quiet


def test_an_alarm_is_acknowledged_until_the_next_one(history):
    with pytest.raises(UserError, match="no alarm of fan"):
        marks.acknowledge(history, "fan", 0.0)
    history.add("fan", Report(notices=[ALARM]))
    assert not marks.is_acknowledged(history, "fan")
    marks.acknowledge(history, "fan", 70.0)
    assert marks.is_acknowledged(history, "fan")
    history.add("fan", Report(notices=[replace(ALARM, is_on=False, at=90.0)]))
    assert marks.is_acknowledged(history, "fan")
    history.add("fan", Report(notices=[replace(ALARM, at=200.0)]))
    assert not marks.is_acknowledged(history, "fan")


def test_the_last_word_on_muting_counts_and_of_its_machine_only(history):
    assert marks.muted_until(history, "fan", 0.0) is None
    marks.mute(history, "fan", 100.0, now=0.0)
    marks.mute(history, "fan", 50.0, now=1.0)
    assert marks.muted_until(history, "fan", 2.0) == 50.0
    assert marks.muted_until(history, "pump", 2.0) is None
    assert marks.muted_until(history, "fan", 51.0) is None
    marks.mute(history, "fan", 0.0, now=3.0)
    assert marks.muted_until(history, "fan", 4.0) is None


def test_what_was_said_of_a_stretch_is_found_again(history):
    fault = Mark("fan", "fault", 500.0, 60.0, 70.0, "bearing")
    for mark in (Mark("fan", "normal", 400.0, 10.0, 20.0), fault):
        marks.add(history, mark)
    assert marks.find(history, "fan", 65.0, 90.0) == [fault]
    assert [m.kind for m in marks.find(history, "fan", 0.0, 90.0)] == ["normal", "fault"]
    assert marks.find(history, "pump", 0.0, 90.0) == []


@pytest.fixture
def quiet(history, monkeypatch):
    """Of a machine, by a clock of one's own; and what was told."""
    monkeypatch.setattr(quiet_module, "_LOOK_EVERY", 0.0)
    history.begin_telling("phone")
    now = [0.0]
    return Quiet(history, "fan", clock=lambda: now[0]), now


def happens(history: History, quiet: Quiet, *notices) -> None:
    history.add("fan", Report(notices=quiet.held(list(notices))))


def told(history: History, quiet: Quiet) -> list[tuple[str, bool]]:
    history.add("fan", Report(notices=quiet.over()))
    return [(notice.about, notice.is_on) for _, notice in history.to_tell("phone")]


def test_nobody_is_told_while_it_is_muted_and_what_lasts_is_told_then(history, quiet):
    gate, now = quiet
    marks.mute(history, "fan", 1000.0, now=0.0)
    silent = replace(ALARM, about="silent")
    happens(history, gate, ALARM, silent)
    happens(history, gate, replace(silent, is_on=False, at=500.0))
    assert told(history, gate) == []
    assert len(history.notices("fan")) == 3  # kept all the same
    assert history.past("fan", 1).told("alarm")[0]
    now[0] = 1001.0
    assert told(history, gate) == [("alarm", True)]
    assert told(history, gate) == [("alarm", True)]  # once
    assert history.alarms("fan") == 1


def test_an_end_that_fell_into_the_quiet_is_told_after_it(history, quiet):
    gate, now = quiet
    happens(history, gate, ALARM)
    marks.mute(history, "fan", 1000.0, now=0.0)
    happens(history, gate, replace(ALARM, is_on=False, at=500.0))
    assert told(history, gate) == [("alarm", True)]
    now[0] = 1001.0
    assert told(history, gate) == [("alarm", True), ("alarm", False)]


def test_what_was_held_when_the_listener_was_killed_is_told_by_the_next_one(history, quiet):
    gate, now = quiet
    marks.mute(history, "fan", 1000.0, now=0.0)
    happens(history, gate, ALARM)
    now[0] = 1001.0
    another = Quiet(history, "fan", clock=lambda: now[0])
    assert told(history, another) == [("alarm", True)]


def test_hours_of_quiet_hold_and_may_run_over_midnight(history, quiet):
    def at(hour: int) -> float:
        return datetime(2026, 3, 1, hour).timestamp()

    now = [at(23)]
    gate = Quiet(history, "fan", Hours.parse("22:00-06:00"), clock=lambda: now[0])
    happens(history, gate, ALARM)
    assert told(history, gate) == []
    now[0] = at(7)
    assert told(history, gate) == [("alarm", True)]
    for text in ("22-06", "25:00-06:00", "22:61-06:00", "06:00-06:00", ""):
        with pytest.raises(UserError, match="22:00-06:00"):
            Hours.parse(text)


def test_a_database_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    path = tmp_path / "h.sqlite"
    old = History(f"sqlite:///{path}")
    old.add("fan", Report(notices=[ALARM]))
    old.close()
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE notices DROP COLUMN is_held")
        connection.execute("DROP TABLE marks")
    opened = History(f"sqlite:///{path}")
    assert opened.notices("fan") == [(1, ALARM)]
    assert opened.told_last("fan") == {"alarm": ALARM}
    marks.acknowledge(opened, "fan", 1.0)
    opened.close()


def test_a_trend_counts_all_that_was_heard_once_however_old(history):
    kinds = [UNUSUAL if n % 4 == 0 else OFF if n % 4 == 1 else NORMAL for n in range(1440)]
    history.add("fan", Report(series(*kinds)))  # two hours
    fine = trend(history, "fan", 0.0, 7200.0, most=12)
    assert [point.at for point in fine] == [600.0 * n for n in range(12)]
    assert {point.seconds for point in fine} == {600.0}
    for point in fine:
        assert (point.segments, point.unusual) == (120, 30)
        assert (point.heard, point.running, point.alarm) == (600.0, 450.0, 150.0)
        assert (point.mean_score, point.highest_score, point.threshold) == (1.5, 3.0, 2.0)
        assert point.level == pytest.approx(-32.5)
    history.add("fan", Report(series(NORMAL, start=8 * DAY)))
    thin(history, "fan")
    thinned = trend(history, "fan", 0.0, 7200.0, most=12)
    assert [replace(p, level=None) for p in thinned] == [replace(p, level=None) for p in fine]
    week = trend(history, "fan", 0.0, 9 * DAY, most=300)
    assert sum(point.segments for point in week) == 1441
    assert len(week) <= 4
    assert trend(history, "pump", 0.0, 9 * DAY) == []


def test_gaps_have_no_points_and_faults_of_the_microphone_are_seen(history):
    silent = replace(NORMAL, score=None, level=None, state=None, health="silent")
    history.add("fan", Report([*series(NORMAL), *series(silent, start=100.0)]))
    near, far = trend(history, "fan", 0.0, 200.0)
    assert (near.at, near.is_faulty, near.mean_score) == (0.0, False, 1.0)
    assert (far.at, far.is_faulty, far.mean_score, far.heard) == (100.0, True, None, 0.0)


def test_it_is_said_from_the_command_line(own_home, capsys):
    history = History()
    history.add("fan", Report(series(UNUSUAL), [ALARM]))
    assert main(["history", "fan", "--acknowledge"]) == 0
    assert main(["history", "fan", "--mute", "8h"]) == 0
    capsys.readouterr()
    assert main(["history"]) == 0
    line = capsys.readouterr().out
    assert "alarm on (acknowledged)" in line
    assert "; muted until " in line
    assert main(["history", "fan", "--mute", "off"]) == 0
    assert main(["history", "--mute", "8h"]) == 2
    assert main(["history", "fan", "--mute", "soon"]) == 2
    assert main(["history", "fan"]) == 0
    assert "muted" not in capsys.readouterr().out
    history.close()
