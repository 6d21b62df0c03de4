"""In which state a machine is: from the listener to the history, and for how long."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from loads import RATE, learnt, learnt_from, louder, sound
from segments import DAY, NORMAL, OFF, UNUSUAL, series

from mimimi.cli import history as history_verb
from mimimi.detector.calibration import ENOUGH
from mimimi.detector.detector import Detector
from mimimi.detector.memory_member import MemoryMember
from mimimi.service.history.history import History
from mimimi.service.history.thinning import thin
from mimimi.service.history.trend import trend
from mimimi.service.history.why import why
from mimimi.service.inbox import Placed
from mimimi.service.judgement import Judgement, Report
from mimimi.service.machine import Machine
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.source import Sound

DEEPER, BRIGHTER = replace(NORMAL, state="deeper"), replace(NORMAL, state="brighter")


@pytest.fixture(scope="module")
def mill() -> Detector:
    return learnt(ENOUGH, ENOUGH)


@pytest.fixture(scope="module")
def press() -> Detector:
    return learnt_from(louder, ENOUGH, ENOUGH)


def hear(detector: Detector, heard: np.ndarray, off_below: float | None = None) -> Report:
    settings = MachineSettings("mill", "mill", "-", off_below=off_below)
    machine = Machine(settings, detector, Past(), lambda *_: None, random.Random(0))
    return machine.hear(Placed(Sound(heard, RATE, 0), 1000.0))


def states(judged: list[Judgement]) -> list[str | None]:
    return [judgement.state for judgement in judged]


def test_each_segment_is_of_the_state_that_its_machine_is_in(mill):
    heard = np.concatenate(
        [sound("full", 100, 30.0), sound("idle", 101, 30.0), 1e-4 * sound("idle", 102, 30.0)]
    )
    report = hear(mill, heard, off_below=-60.0)
    found = {judgement.at - 1000.0: judgement.state for judgement in report.judgements}
    assert [found[at] for at in (0.0, 10.0, 20.0)] == ["brighter"] * 3
    assert [found[at] for at in (30.0, 40.0, 50.0)] == ["deeper"] * 3
    assert [found[at] for at in (60.0, 70.0, 80.0)] == ["off"] * 3
    assert not report.notices


def test_a_machine_with_one_state_runs_or_is_off(hum_detector, hum):
    report = hear(hum_detector, np.concatenate([hum(20), 1e-4 * hum(20)]), off_below=-60.0)
    assert set(states(report.judgements)) == {"running", "off"}


def test_an_alarm_says_in_which_state(mill):
    [told] = hear(mill, sound("idle", 200, 60.0, rattle=0.9)).notices
    assert told.text.startswith("mill sounds unusual in its deeper state: 5 of the last 6")
    assert told.details["state"] == "deeper"
    assert told.details["false_alarm_rate"] == pytest.approx(1 / (ENOUGH + 1))


@pytest.mark.parametrize("states", [True, False])
def test_a_load_that_makes_all_of_it_louder_is_no_microphone_that_was_moved(
    press, states, monkeypatch
):
    assert press.ensemble.memory.states
    if not states:
        monkeypatch.setattr(MemoryMember, "states", None)
    report = hear(press, np.concatenate([louder("idle", 100, 90.0), louder("full", 101, 40.0)]))
    assert ("moved" in {notice.about for notice in report.notices}) == (not states)


def test_how_long_it_was_in_each_is_known_and_stays_so_when_rows_are_thinned(history, capsys):
    day = series(*[DEEPER] * 120, *[BRIGHTER] * 240, *[OFF] * 60, start=0.0)
    now = series(DEEPER, start=100 * DAY)
    history.add("mill", Report([*day, *now]))

    def known() -> tuple[float, dict[str, float]]:
        return history.running("mill", 0.0), history.in_states("mill", 0.0)

    before = known()
    assert before == (1805.0, {"deeper": 605.0, "brighter": 1200.0})
    thin(history, "mill")
    assert known() == before
    points = trend(history, "mill", 0.0, 3600.0, 1)
    assert [(p.running, p.deeper, p.brighter) for p in points] == [(1800.0, 600.0, 1200.0)]
    assert any("(deeper 10 min, brighter 20 min)" in line for line in why(history, "mill", 60.0))


def test_history_says_how_long_it_was_in_each(history):
    history.add("mill", Report(series(*[DEEPER] * 120, *[BRIGHTER] * 240, start=100 * DAY)))
    assert "brighter, -20.0 dBFS; ran 30 min (deeper 10 min, brighter 20 min)" in (
        history_verb._now(history, "mill")
    )
    assert "state: deeper, whose own threshold it is, -20.0 dBFS" in why(
        history, "mill", 100 * DAY + 5
    )


def test_what_counts_for_an_alarm_counts_in_any_state_but_off():
    counts = {state: replace(UNUSUAL, state=state).counts for state in ("deeper", "off", None)}
    assert counts == {"deeper": True, "off": False, None: False}


def test_a_history_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    path = tmp_path / "history.sqlite"
    History(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        for column in ("deeper", "brighter"):
            connection.execute(f"ALTER TABLE summaries DROP COLUMN {column}")
    history = History(f"sqlite:///{path}")
    try:
        history.add("mill", Report(series(NORMAL, start=0.0) + series(NORMAL, start=100 * DAY)))
        thin(history, "mill")
        assert history.in_states("mill", 0.0) == {}
        assert history.running("mill", 0.0) == 10.0
    finally:
        history.close()
