from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from databases import another_database
from listening import eventually
from segments import ALARM, DAY, NORMAL, OFF, UNUSUAL, series
from sqlalchemy import event, func, select, text

from mimimi.errors import UserError
from mimimi.service.history.history import History
from mimimi.service.history.tables import judgements, summaries
from mimimi.service.history.thinning import thin
from mimimi.service.history.why import why
from mimimi.service.judgement import Report
from mimimi.service.notice import Notice
from mimimi.service.sources.source import RecordingFile


def test_what_is_added_is_there_for_whoever_opens_it_next(history):
    told = series(NORMAL, UNUSUAL, OFF)
    recording = RecordingFile(Path("a.wav"), 100, 12.5)
    history.add("fan", Report(told, [ALARM], recording))
    past = history.past("fan", 2)
    assert list(past.judgements) == told[1:]
    assert past.notices == {"alarm": ALARM}
    assert past.told("alarm") == (True, 60.0)
    assert history.is_judged("fan", recording)
    assert not history.is_judged("fan", replace(recording, size=101))
    assert not history.is_judged("pump", recording)
    assert history.machines() == ["fan"]


def test_a_database_made_without_a_locale_keeps_what_it_is_told(postgres):
    plain = "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
    history = History(another_database(postgres, plain))
    told = series(NORMAL, UNUSUAL)
    history.add("Lüfter", Report(told))
    assert history.machines() == ["Lüfter"]
    assert list(history.past("Lüfter", 2).judgements) == told
    history.close()


def test_all_of_a_report_is_kept_or_nothing(history):
    bad = replace(NORMAL, rule=None)
    with pytest.raises(Exception, match=r"(?i)null"):
        history.add("fan", Report([NORMAL, bad], [ALARM]))
    assert history.machines() == []
    assert history.newest("fan") is None


def test_a_sink_is_told_from_where_it_was(history):
    history.add("fan", Report(notices=[ALARM]))
    history.begin_telling("new")
    assert history.to_tell("new") == []
    told = [replace(ALARM, at=100.0 + n) for n in range(3)]
    for notice in told:
        history.add("fan", Report(notices=[notice]))
    waiting = history.to_tell("new")
    assert [notice for _, notice in waiting] == told
    assert [number for number, _ in waiting] == sorted({number for number, _ in waiting})
    history.was_told("new", waiting[1][0])
    history.begin_telling("new")  # a restart
    assert [notice for _, notice in history.to_tell("new")] == told[2:]


def test_whoever_asks_for_what_came_after_a_number_misses_nothing_of_two_listeners(postgres):
    """PostgreSQL gives numbers out before it is known who will be done first."""
    first = History(another_database(postgres), listener="first")
    second = History(first.engine.url.render_as_string(), listener="second")
    go_on = threading.Event()
    event.listen(first.engine, "commit", lambda _: go_on.wait(300))
    writers = [
        threading.Thread(target=one.add, args=("fan", Report(notices=[ALARM])))
        for one in (first, second)
    ]

    def waits(count: int) -> bool:
        """Whether so many sessions hold up, or wait to be able to add."""
        asked = text(
            "SELECT count(*) FROM pg_locks WHERE relation = 'notices'::regclass "
            "AND mode = 'ShareRowExclusiveLock'"
        )
        return second.rows(asked)[0][0] == count

    writers[0].start()
    eventually(lambda: waits(1))
    writers[1].start()
    eventually(lambda: waits(2) or not writers[1].is_alive())
    assert second.told_after(0) == []
    go_on.set()
    for writer in writers:
        writer.join()
    assert [number for number, _ in second.told_after(0)] == [1, 2]
    for one in (first, second):
        one.close()


def test_two_listeners_of_one_database_tell_their_own(history):
    other = History(str(history.engine.url), listener="other")
    for one in (history, other):
        one.begin_telling("broker")
    history.add("fan", Report(notices=[ALARM]))
    other.add("pump", Report(notices=[replace(ALARM, machine="pump")]))
    assert [n.machine for _, n in history.to_tell("broker")] == ["fan"]
    assert [n.machine for _, n in other.to_tell("broker")] == ["pump"]
    other.close()


def test_old_segments_become_minutes_then_hours_and_nothing_is_counted_twice(history):
    kinds = [UNUSUAL if n % 4 == 0 else OFF if n % 4 == 1 else NORMAL for n in range(1440)]
    history.add("fan", Report(series(*kinds)))  # two hours
    history.add("fan", Report(series(NORMAL, start=8 * DAY)))
    for _ in range(2):
        thin(history, "fan")
    assert count(history, judgements) == 1
    assert count(history, summaries) == 120
    minute = history.summary_at("fan", 61.0)
    assert (minute.segments, minute.unusual, minute.running, minute.alarm) == (12, 3, 45.0, 15.0)
    assert (minute.mean_score, minute.highest_score, minute.threshold) == (1.5, 3.0, 2.0)
    assert minute.mean_level == pytest.approx(-21.25, abs=0.01)  # of the power
    assert history.running("fan", 0.0) == 1440 * 5.0 * 0.75 + 5.0

    history.add("fan", Report(series(NORMAL, start=99 * DAY)))
    for _ in range(2):
        thin(history, "fan")
    hours = history.summary_at("fan", 3601.0)
    assert (hours.seconds, hours.segments, hours.unusual, hours.running) == (3600, 720, 180, 2700.0)
    assert history.running("fan", 0.0) == 1440 * 5.0 * 0.75 + 10.0


def test_a_clock_that_is_years_ahead_thins_nothing(history):
    history.add("fan", Report(series(*[NORMAL] * 12, start=time.time() - DAY)))
    history.add("fan", Report(series(NORMAL, start=time.time() + 1000 * DAY)))
    thin(history, "fan")
    assert (count(history, judgements), count(history, summaries)) == (13, 0)


def test_names_of_files_that_are_no_text_or_too_long_are_known_again(history):
    odd = RecordingFile(Path(os.fsdecode(b"/srv/pump\xe4.wav")), 9, 1.0)
    long = [RecordingFile(Path(f"/srv/{n}/{'x/' * 900}a.wav"), 9, 1.0) for n in range(2)]
    history.add("fan", Report(recording=odd))
    history.add("fan", Report(recording=long[0]))
    unread = replace(NORMAL, score=None, error=f"{odd.path.name}: cannot be read")
    history.add("fan", Report(series(unread)))
    assert [history.is_judged("fan", one) for one in (odd, *long)] == [True, True, False]
    assert "pump\\udce4.wav: cannot be read" in (history.newest("fan").error or "")


def test_why_no_alarm_is_said_in_a_few_lines(history):
    silent = replace(NORMAL, score=None, level=None, state=None, health="silent", error="is silent")
    held = replace(UNUSUAL, alarm="held back")
    history.add("fan", Report(series(NORMAL, UNUSUAL, OFF, silent, held)))
    away = Notice("fan", "disconnected", True, 200.0, 170.0, "fan: the stream has ended.")
    history.add("fan", Report(notices=[away]))
    said = {at: "\n".join(why(history, "fan", at)) for at in (2.0, 7.0, 12.0, 17.0, 25.0, 300.0)}
    assert "score: 1.000, threshold 2.000: normal; at most 1 in 2 sounds so" in said[2.0]
    assert "alarm: off (0 of the last 6 segments unusual" in said[2.0]
    assert "microphone: well" in said[2.0]
    assert "alarm: on (5 of the last 6" in said[7.0]
    assert "state: off, -70.0 dBFS" in said[12.0]
    assert "score: none; is silent" in said[17.0]
    assert "microphone: the microphone is silent" in said[17.0]
    assert "cool-down" in said[25.0]
    assert "nothing was heard then" in said[300.0]
    assert "microphone: fan: the stream has ended." in said[300.0]


def test_a_moment_that_was_thinned_is_still_known(history):
    history.add("fan", Report(series(*[UNUSUAL] * 12)))
    history.add("fan", Report(series(NORMAL, start=8 * DAY)))
    thin(history, "fan")
    said = "\n".join(why(history, "fan", 30.0))
    assert "only the minute is kept: 12 of 12 segments unusual" in said
    assert "score: 3.000 at most, threshold 2.000" in said


def test_a_history_that_cannot_be_written_is_waited_for(history, monkeypatch):
    from sqlalchemy.exc import OperationalError

    said, failures = [], iter([1, 2, 3])
    real = history._add

    def full(*arguments):
        if next(failures, None):
            raise OperationalError("insert", {}, Exception("database or disk is full"))
        real(*arguments)

    monkeypatch.setattr(history, "_add", full)
    monkeypatch.setattr(history, "_complain", said.append)
    monkeypatch.setattr("mimimi.service.history.history._RETRY_EVERY", 0.0)
    history.add("fan", Report([NORMAL]))
    assert len(said) == 2
    assert "disk is full" in said[0]
    assert history.newest("fan") == NORMAL


def test_a_listener_that_is_stopped_waits_no_longer_for_a_full_disk(history, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def full(*_):
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    said = []
    monkeypatch.setattr(history, "_add", full)
    monkeypatch.setattr(history, "_complain", said.append)
    history._stop.set()
    history.add("fan", Report([NORMAL]))
    assert "not in the history" in said[-1]


def test_a_database_that_cannot_be_had_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="MIMIMI_HOME"):
        History(f"sqlite:///{tmp_path}/file/h.sqlite")
    with pytest.raises(UserError, match="cannot be opened"):
        History("postgresql://nobody@127.0.0.1:9/none")


def test_sqlite_syncs_each_commit(tmp_path):
    history = History(f"sqlite:///{tmp_path}/h.sqlite")
    with history.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    history.close()


def count(history: History, table) -> int:
    with history.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()
