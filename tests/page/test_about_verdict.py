from dataclasses import replace

import pytest

from mimimi.detector.verdict import Verdict
from mimimi.explain.account import Account
from texts import about_detector, about_pictures, about_verdict, on_analyse

CALIBRATION = [0.2, 0.4, 0.6, 0.8]


def verdict(**changes):
    known = {
        "file": "clip.wav",
        "machine_type": "fan",
        "machine_id": "id_00",
        "machine_id_given": True,
        "score": 1.0,
        "threshold": 0.9,
        "is_anomalous": True,
        "false_alarm_rate": 0.2,
        "p_value": 0.2,
        "calibration_clips": len(CALIBRATION),
        "calibration_scores": CALIBRATION,
    }
    return Verdict(**(known | changes))


def test_normal_and_unusual_differ_in_icon_word_and_colour():
    unusual = about_verdict.headline(verdict())
    normal = about_verdict.headline(verdict(is_anomalous=False))
    assert unusual.text == "Unusual for fan id_00"
    assert normal.text == "Sounds normal for fan id_00"
    assert unusual.icon != normal.icon
    assert unusual.colour != normal.colour


def test_what_is_perhaps_unusual_is_not_counted_among_what_is():
    unusual, perhaps, normal = verdict(), verdict(tentative=True), verdict(is_anomalous=False)
    for several, counted in (
        ([unusual, perhaps, normal], "3 recordings: 1 unusual, 1 perhaps unusual"),
        ([perhaps, normal], "2 recordings: 1 perhaps unusual"),
        ([normal, normal], "2 recordings: 0 unusual"),
    ):
        assert on_analyse.summary(several) == counted


def test_a_foreign_sound_is_never_called_normal():
    foreign = about_verdict.headline(verdict(is_anomalous=False, recognised=False))
    broken = about_verdict.headline(verdict(recognised=False))
    assert foreign.text == "Matches no known fan"
    assert broken.text == "Unusual for fan id_00"  # somebody said that it is
    nobody_said = about_verdict.headline(verdict(recognised=False, machine_id_given=False))
    assert nobody_said.text == "Matches no known fan"
    for said in (verdict(is_anomalous=False, recognised=False), verdict(recognised=False)):
        assert "normal" not in about_verdict.in_a_word(said)
    assert about_verdict.in_a_word(verdict(is_anomalous=False, recognised=True)) == "✓ normal"
    assert "matches no fan known here" in about_verdict.footnote(verdict(recognised=False))
    assert about_verdict.footnote(verdict(recognised=True)) is None


def test_a_recording_that_failed_is_neither():
    said = about_verdict.headline(Verdict("clip.wav", "fan", error="clip.wav is empty."))
    assert said.text == "Could not be judged"


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        (1.0, "None of 4 normal recordings sounded this unusual."),
        (0.6, "2 of 4 normal recordings sounded at least as unusual."),
        (0.1, "At least as normal as all 4 normal recordings."),
    ],
)
def test_the_recording_is_compared_with_those_of_the_calibration(score, sentence):
    assert Account(verdict(score=score, is_anomalous=score > 0.9)).sentence == sentence


def test_without_calibration_nothing_is_compared():
    assert Account(verdict(calibration_clips=0, calibration_scores=[])).sentence is None


def test_no_more_certainty_than_the_calibration_holds():
    assert "rarer than 1 in 5 " in about_verdict.meaning_of_p_value(verdict())


@pytest.mark.parametrize(("p", "said"), [(0.2, "1 of 5 recordings, or more"), (0.6, "60 %")])
def test_the_p_value_in_words(p, said):
    text = about_verdict.how_often(verdict(p_value=p))
    assert text.startswith("A fan running well sounds this unusual in about ")
    assert said in text


def test_what_rests_on_one_recording_is_a_trend_and_no_alarm():
    few = verdict(tentative=True, calibration_clips=1, score=9.0, is_anomalous=True)
    assert about_verdict.headline(few).colour == "orange"
    assert "about 1 in 2 recordings of the machine running well" in about_verdict.caution(few)
    assert "perhaps" in about_verdict.in_a_word(few)
    sure = replace(few, tentative=False)
    assert about_verdict.headline(sure).colour == "red"
    assert "20 % of those" in about_verdict.rests_on_little(sure)  # of one that was taught
    for other in (few, replace(sure, is_anomalous=False), replace(sure, calibration_clips=10)):
        assert about_verdict.rests_on_little(other) is None


def test_the_slider_says_where_it_stops_and_what_more_would_buy():
    assert about_verdict.where_it_stops(8) == (
        "The slider stops at 1 in 9: 8 normal recordings cannot show what happens more rarely. "
        "11 more (2 min of sound) would allow 5 %, 91 more (15 min of sound) would allow 1 %."
    )


def test_one_detector_in_twenty_is_said_to_be_off():
    assert "more than 22 % of them" in about_verdict.what_is_promised(12, 1 / 13)


def test_an_inferred_machine_is_named_as_such():
    text = about_verdict.caution(
        verdict(machine_id_given=False, warning="machine inferred: less reliable")
    )
    assert text is not None
    assert text.startswith("Machine inferred: less reliable.")
    assert "most like id_00" in text


def test_a_given_machine_and_a_whole_recording_need_no_caution():
    assert about_verdict.caution(verdict()) is None


def test_the_detector_says_what_it_was_trained_on():
    about = {"recordings": {"MIMII": 24, "simulated": 40}}
    assert about_detector.origin("fan", "bundled", about) == (
        "Judged by the fan detector (bundled), trained on 24 recordings of MIMII and 40 simulated "
        "recordings."
    )
    assert about_detector.origin("fan", "bundled", {}) == "Judged by the fan detector (bundled)."


def test_a_long_recording_says_how_much_a_column_stands_for():
    assert "stands for 1.5 s" in about_pictures.over_time(400, 600.0, 2.0)
    assert "stands for" not in about_pictures.over_time(313, 10.0, 2.0)
