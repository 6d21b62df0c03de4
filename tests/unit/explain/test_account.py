"""Nothing that is said of a recording contradicts anything else that is said of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import numpy as np
import pytest

from mimimi import Detector, audio
from mimimi.config import MACHINE_TYPES
from mimimi.detector.verdict import Verdict, as_text
from mimimi.explain.account import Account
from mimimi.explain.evidence import Explanation
from mimimi.explain.explanation import explain
from mimimi.explain.finding import Finding, consistent
from mimimi.explain.nearest import Neighbour, nearest
from mimimi.simulate import FAULTS, simulate_clip

IDS = {"fan": "id_53", "pump": "id_52", "slider": "id_50", "valve": "id_50"}

# As a reader takes them, told from the words alone.
_MORE = re.compile(r"\b(louder|stronger|never there)\b", re.IGNORECASE)
_LESS = re.compile(r"\b(quieter|softer|weaker)\b", re.IGNORECASE)
_AROUND = re.compile(r"(?:around|at) ([\d.,]+) (k?)Hz")
_FROM_TO = re.compile(r"from ([\d.,]+) (k?)Hz to ([\d.,]+) (k?)Hz")
_BELOW = re.compile(r"below ([\d.,]+) (k?)Hz")
_AS_USUAL = re.compile(r"(nothing in it sounds unusual|as like it as|as it should be|no band of)")


def hertz(number: str, kilo: str) -> float:
    return float(number.replace(",", "")) * (1000 if kilo else 1)


def claims(sentence: str) -> Iterator[tuple[int, float, float]]:
    """What it says of levels: more or less, and in which band, in Hz."""
    for clause in re.split(r"[;:]|, (?=\S)", sentence):
        level = bool(_MORE.search(clause)) - bool(_LESS.search(clause))
        if not level:
            continue
        if found := _FROM_TO.search(clause):
            yield level, hertz(*found.group(1, 2)), hertz(*found.group(3, 4))
        elif found := _BELOW.search(clause):
            yield level, 0.0, hertz(*found.groups())
        elif found := _AROUND.search(clause):
            yield level, hertz(*found.groups()), hertz(*found.groups())
        else:
            yield level, 0.0, 8_000.0


def contradictions(account: Account) -> list[str]:
    """What a reader would wonder about."""
    said, wrong = account.sentences, []
    levels = [claim for sentence in said for claim in claims(sentence)]
    for level, low, high in levels:
        for other, its_low, its_high in levels:
            if level > 0 > other and low <= its_high and its_low <= high:
                wrong.append(f"louder and quieter at {low:.0f} to {high:.0f} Hz")
    whole = " ".join(said)
    if account.verdict.is_anomalous and (found := _AS_USUAL.search(whole)):
        wrong.append(f"unusual and {found[0]!r}")
    if account.reason and "does not stand out" in whole:
        wrong.append("unusual somewhere, and nowhere")
    beside = account.about_spectra or ""
    if account.reason and beside and "normal recording alone" not in beside:
        wrong.append("other places than those of the reason, without why")
    if "mostly magnitude" in whole and "mostly phase" in whole:
        wrong.append("mostly magnitude and mostly phase")
    if "spread over the whole spectrum" in whole or "somehow" in whole:
        wrong.append("a reason that says nothing")
    if not account.verdict.is_anomalous and levels:
        wrong.append("normal, but louder or quieter")
    if account.verdict.is_anomalous is False and "none of" in whole.lower():
        wrong.append("normal, but none sounded like it")
    return wrong


def test_the_reader_finds_contradictions() -> None:
    """Else the tests below would prove nothing."""
    for first, second, found in (
        ("louder than usual from 1.2 kHz to 4.2 kHz", "4 dB quieter around 3.3 kHz", True),
        ("a tone at 3,240 Hz that was never there", "3 dB quieter from 3 kHz to 4 kHz", True),
        ("louder than usual from 1.2 kHz to 4.2 kHz", "4 dB quieter around 6.3 kHz", False),
    ):
        found_in = explained(Finding(first), Finding(second))
        assert bool(contradictions(account(found_in))) == found


def explained(*findings: Finding, magnitude: float = 1.0) -> Explanation:
    nothing = np.zeros((1, 1))
    grid = (np.array([0.5]), np.array([0.0, 8.0]), nothing, nothing)
    return Explanation(*grid, magnitude, 1 - magnitude, None, findings)


def account(
    found: Explanation | None, *differences: Finding, unusual: bool = True, **changes
) -> Account:
    verdict = Verdict(
        "clip.wav",
        "fan",
        "id_00",
        True,
        score=1.0 if unusual else 0.5,
        is_anomalous=unusual,
        calibration_scores=[0.2, 0.6],
        probabilities={"id_00": 0.9, "id_02": 0.1},
        **changes,
    )
    one = np.zeros(1)
    beside = Neighbour(None, 1.0, 1.0, (1.0,), np.zeros(2), one, one, one, differences)  # type: ignore[arg-type]
    return Account(verdict, found, beside)


# --- evidence of two kinds that does not agree


def test_a_spectrum_that_says_otherwise_is_not_spoken_of() -> None:
    louder = Finding("louder than usual from 1.2 kHz to 4.2 kHz throughout", 1, (1.2, 4.2))
    quieter = Finding("4 dB quieter around 3.3 kHz", -1, (3.0, 3.6))
    elsewhere = Finding("6 dB quieter around 6 kHz", -1, (5.5, 6.5))
    assert account(explained(louder), quieter).about_spectra is None
    both = account(explained(louder), quieter, elsewhere)
    assert both.about_spectra == (
        "Beside this normal recording alone, on average: 6 dB quieter around 6 kHz."
    )
    assert not contradictions(both)


def test_a_picture_that_cannot_show_the_reason_does_not_deny_it() -> None:
    tone = Finding("a tone at 1,240 Hz that was never there", 1, (1.2, 1.3))
    told = account(explained(tone))
    assert "a single tone" in (told.about_spectra or "")
    assert not contradictions(told)
    without = account(explained())
    assert without.about_spectra == "What is unusual about it does not stand out in these spectra."


def test_a_share_is_said_only_where_there_is_a_reason() -> None:
    tone = Finding("other tones than usual around 2 kHz throughout")
    said = account(explained(tone, magnitude=0.1)).about_shares
    assert said == "What raised the score: mostly phase."
    assert account(explained(magnitude=0.1)).about_shares is None
    assert explained(tone, magnitude=0.1).sentence.endswith("; mostly phase")


def test_the_machine_it_resembles_makes_it_no_more_normal() -> None:
    still = account(None).resembles
    assert still is not None
    assert "unlike its normal recordings" in still
    assert "unlike" not in (account(None, unusual=False).resembles or "")


def test_a_normal_recording_differs_in_nothing() -> None:
    quieter = Finding("4 dB quieter around 3.3 kHz", -1, (3.0, 3.6))
    normal = account(explained(quieter), quieter, unusual=False)
    assert normal.sentence == "1 of 2 normal recordings sounded at least as unusual."
    assert normal.about_spectra is None
    assert not contradictions(normal)


def test_one_sentence_tells_fault_reason_and_how_rare_it_is() -> None:
    tone = Finding("a tone at 1,240 Hz that was never there", 1, (1.2, 1.3))
    assert account(explained(tone), like="bearing, 3 May 2026").sentence == (
        "Like bearing, 3 May 2026: a tone at 1,240 Hz that was never there; none of 2 normal "
        "recordings sounded this unusual."
    )


def test_what_contradicts_something_more_important_is_left_out() -> None:
    first, second = Finding("louder", 1, (1.0, 2.0)), Finding("quieter", -1, (1.9, 3.0))
    third = Finding("a rhythm", 0, (1.0, 2.0))
    assert consistent([first, second, third]) == (first, third)
    assert consistent([second], beside=[first]) == ()


# --- many clips


def judged(detector: Detector, waveform: audio.Waveform, machine_id: str) -> Account:
    """As the page has it."""
    measured = detector.measure(waveform)
    verdict, found = detector.judge(measured, machine_id), None
    if verdict.is_anomalous:
        found = explain(detector, waveform, machine_id, measured=measured)
    return Account(verdict, found, nearest(detector, measured, machine_id))


@pytest.mark.slow
@pytest.mark.parametrize("kind", MACHINE_TYPES)
def test_of_simulated_machines_no_two_sentences_contradict_each_other(kind: str) -> None:
    detector, found = Detector.from_pretrained(kind), []
    clear = [(fault, 3.0) for fault in FAULTS[kind]]
    for fault, severity in [(None, 1.0), (FAULTS[kind][0], 1.0), *clear, (FAULTS[kind][1], 10.0)]:
        sound = simulate_clip(kind, IDS[kind], clip=5_000_003, fault=fault, severity=severity)
        told = judged(detector, audio.from_array(sound, 16_000), IDS[kind])
        assert not contradictions(told), (fault, severity, told.sentences)
        found += [told.reason] if told.verdict.is_anomalous else []
    assert len(found) >= len(clear)
    assert None not in found  # a reason is found for each


@pytest.mark.slow
def test_of_a_machine_that_was_learnt_neither() -> None:
    takes = [(simulate_clip("slider", "id_52", clip=take), 16_000) for take in range(6)]
    detector = Detector.learn("press", takes, "slider")
    for number, fault in enumerate(FAULTS["slider"]):
        for severity in (3.0, 10.0):
            sound = simulate_clip(
                "slider", "id_52", clip=100 + number, fault=fault, severity=severity
            )
            told = judged(detector, audio.from_array(sound, 16_000), "press")
            assert not contradictions(told), (fault, severity, told.sentences)


@pytest.mark.slow
def test_of_real_recordings_neither(shared) -> None:
    rows = list(csv.DictReader((shared / "real" / "index.csv").open()))
    faulty = [r for r in rows if r["split"] == "dev" and r["label"] != "normal"]
    for kind in MACHINE_TYPES:
        detector = Detector.from_pretrained(kind)
        for row in [r for r in faulty if r["machine_type"] == kind][::4]:
            told = judged(detector, audio.read(shared / "real" / row["path"]), row["machine_id"])
            assert not contradictions(told), (row["path"], told.sentences)


def test_the_command_line_says_the_same() -> None:
    tone = explained(Finding("other tones than usual around 2 kHz throughout"), magnitude=0.8)
    told = account(tone)
    assert told.reason is not None
    line = as_text(
        Verdict(**(vars(told.verdict) | {"threshold": 0.6, "p_value": 0.3, "where": tone.sentence}))
    )
    assert told.reason in line
    assert "none of 2 normal recordings sounded this unusual" in line
