"""A machine with two states is judged within each, and any other as before."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from loads import RATE, learnt, sound

from mimimi.batch.results import as_table
from mimimi.detector.calibration import ENOUGH
from mimimi.detector.detector import Detector
from mimimi.detector.learning import of_states
from mimimi.detector.threshold import conformal
from mimimi.detector.verdict import Verdict, as_csv, as_row, as_text
from mimimi.errors import DetectorError
from mimimi.monitor.stream import judge

JUDGED = 40


@pytest.fixture(scope="module")
def mill() -> Detector:
    return learnt(ENOUGH, ENOUGH + 1)


@pytest.fixture(scope="module")
def verdicts(mill) -> dict[str, list[Verdict]]:
    return {
        load: [mill.analyse((sound(load, 100 + n), RATE)) for n in range(JUDGED)]
        for load in ("idle", "full")
    }


def test_a_verdict_knows_its_state_and_rests_on_recordings_of_it(verdicts):
    for load, state, count in (("idle", "deeper", ENOUGH), ("full", "brighter", ENOUGH + 1)):
        for verdict in verdicts[load]:
            assert verdict.state == state
            assert verdict.calibration_clips == count
            assert verdict.p_value >= 1 / (count + 1)
            assert f"{count} normal recordings of its {state} state" in as_text(verdict)


def test_tables_have_a_column_of_the_state_for_every_machine(verdicts):
    of_mill = [verdicts["idle"][0], verdicts["full"][0]]
    of_another = Verdict("a.wav", "fan", error="a.wav is empty.")
    rows = list(csv.DictReader(as_csv([*of_mill, of_another]).splitlines()))
    assert [row["state"] for row in rows] == ["deeper", "brighter", ""]
    assert as_table(map(as_row, of_mill))["state"].to_pylist() == ["deeper", "brighter"]


@pytest.mark.parametrize("load", ["idle", "full"])
def test_false_alarms_are_kept_within_each_state(verdicts, load):
    """Of 40 at a rate of 0.05 more than 7 come with a chance of 0.3 %, of one calibration set."""
    assert sum(verdict.is_anomalous for verdict in verdicts[load]) <= 7
    assert all(verdict.false_alarm_rate <= 0.05 for verdict in verdicts[load])


@pytest.mark.parametrize("load", ["idle", "full"])
def test_a_fault_is_found_in_either(mill, load):
    assert mill.analyse((sound(load, 200, rattle=0.9), RATE)).is_anomalous


def test_it_is_the_same_when_saved_and_loaded(mill, verdicts, tmp_path):
    mill.save_pretrained(tmp_path)
    again = Detector.from_pretrained(tmp_path).analyse((sound("idle", 100), RATE))
    assert again.as_dict() | {"score": 0} == verdicts["idle"][0].as_dict() | {"score": 0}


def test_a_recording_in_which_it_is_in_both_is_compared_with_all(mill):
    both = np.concatenate([sound("idle", 300), sound("full", 301)])
    verdict = mill.analyse((both, RATE))
    assert verdict.state is None
    assert verdict.calibration_clips == 2 * ENOUGH + 1


def test_it_says_that_there_are_two_and_how_many_recordings_of_each(mill):
    said = of_states(mill.ensemble.memory)
    assert f"{ENOUGH} recordings sound deeper and {ENOUGH + 1} brighter" in said
    assert "two states were found, clearly apart" in said
    assert "each is judged by its own" in said


def test_with_too_few_of_one_it_is_judged_as_before_and_says_what_is_missing():
    few = learnt(6, 6)
    measured = few.measure(few.read((sound("idle", 100), RATE)))
    verdict = few.judge(measured)
    bank = few.ensemble.memory.bank
    as_before = bank.margins(bank.hear(sound("idle", 100)))
    assert bank.states is not None
    assert verdict.state is None
    assert np.array_equal(measured.margins, as_before)
    said = of_states(few.ensemble.memory)
    assert "that may be chance" in said
    assert f"with {ENOUGH} of each they are judged apart" in said


def test_a_machine_with_one_state_is_judged_by_all_and_nothing_is_said_of_states():
    one = learnt(12, 0)
    verdict = one.analyse((sound("idle", 100), RATE))
    assert verdict.state is None
    assert verdict.calibration_clips == 12
    assert "state" not in as_text(verdict)
    assert of_states(one.ensemble.memory) is None


def test_a_state_that_is_told_of_later_is_found():
    idle = learnt(ENOUGH, 0)
    assert idle.analyse((sound("full", 100), RATE)).is_anomalous
    told = idle.remember([(sound("full", n), RATE) for n in range(ENOUGH)])
    verdict = told.analyse((sound("full", 100), RATE))
    assert verdict.state == "brighter"
    assert told.undo().analyse((sound("idle", 100), RATE)).state is None


def test_a_rate_that_its_state_cannot_promise_is_raised_to_what_it_can_in_long_recordings(mill):
    fault = judge(mill, sound("idle", 200, rattle=0.9), "mill", "mill.wav")
    normal = judge(mill, sound("idle", 100), "mill", "mill.wav")
    assert normal.state == "deeper"
    rare = conformal([*np.linspace(0, 1, 2 * ENOUGH + 1)], 0.01)
    assert rare.false_alarm_rate < 1 / (ENOUGH + 1)
    assert normal.at(rare).threshold == normal.threshold
    assert normal.at(rare).false_alarm_rate == 1 / (ENOUGH + 1)
    assert not normal.at(rare).is_anomalous
    assert fault.at(rare).is_anomalous


def test_a_machine_that_is_said_to_have_one_state_is_judged_by_all_until_that_is_taken_back(
    mill, verdicts, tmp_path
):
    clip, rate = sound("idle", 100), RATE
    told = mill.with_one_state()
    verdict = told.analyse((clip, rate))
    assert (verdict.state, verdict.calibration_clips) == (None, 2 * ENOUGH + 1)
    assert "one state" in of_states(told.ensemble.memory)
    more = told.remember([(sound("idle", 90), rate)]).was_fault((sound("idle", 91), rate), "belt")
    more.save_pretrained(tmp_path)
    more = Detector.from_pretrained(tmp_path)
    assert more.analyse((clip, rate)).calibration_clips == 2 * ENOUGH + 2
    assert [one.kind for one in more.occasions] == ["learnt", "one state", "learnt", "fault"]
    with pytest.raises(DetectorError, match="already"):
        more.with_one_state()

    again = more.with_states()
    assert again.analyse((clip, rate)).state == "deeper"
    assert [one.kind for one in again.occasions] == ["learnt", "learnt", "fault"]
    assert again.undo().undo().analyse((clip, rate)) == verdicts["idle"][0]
    with pytest.raises(DetectorError, match="never said"):
        again.with_states()
    assert told.undo().analyse((clip, rate)) == verdicts["idle"][0]
