"""A bank of normal sound hears what changed, and only that."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from mimimi.errors import AudioError, SilentError
from mimimi.memory import MemoryBank, reasons
from mimimi.memory.bank import Heard
from mimimi.memory.blocks import blocks
from mimimi.memory.views import LEVEL

Sound = NDArray[np.float64]
TIME = np.arange(160_000) / 16_000


def machine(take: int, seconds: int = 10) -> Sound:
    """A hum with its harmonics in pink-like noise, another take each time."""
    rng = np.random.default_rng(take)
    time = np.arange(16_000 * seconds) / 16_000
    hum = sum(np.sin(2 * np.pi * 50 * k * time + rng.uniform(0, 6.3)) / k for k in range(1, 9))
    noise = rng.normal(size=len(time))
    return 0.01 * (hum + noise + np.convolve(noise, np.ones(8) / 2, "same"))


@pytest.fixture(scope="module")
def bank() -> MemoryBank:
    return MemoryBank.learn([machine(take) for take in range(6)])


def hear(bank: MemoryBank, sound: Sound) -> Heard:
    return bank.hear(sound)


def test_a_normal_take_scores_below_every_fault(bank: MemoryBank) -> None:
    normal = [machine(100 + k) for k in range(3)]
    faults = [
        machine(200) + 0.005 * np.sin(2 * np.pi * 1_240 * TIME),
        machine(201) * (1 + 0.8 * np.sin(2 * np.pi * 23 * TIME)),
        machine(202) * (1 + 15 * (TIME % 1 < 0.01)),
    ]
    assert bank.scores(normal).max() < bank.scores(faults).min()


def test_loudness_does_not_matter(bank: MemoryBank) -> None:
    take = machine(7)
    quiet, loud = bank.scores([1e-3 * take, 30 * take])
    assert quiet == pytest.approx(loud, rel=1e-3)
    louder = MemoryBank.learn([20 * machine(take) for take in range(6)])
    assert louder.scores([take])[0] == pytest.approx(bank.scores([take])[0], rel=1e-2)


def test_the_order_of_recordings_does_not_matter(bank: MemoryBank) -> None:
    turned = MemoryBank.learn([machine(take) for take in reversed(range(6))])
    assert_allclose(turned.scores([machine(7)]), bank.scores([machine(7)]), rtol=1e-4)
    assert_allclose(turned.leave_one_out_scores()[::-1], bank.leave_one_out_scores(), rtol=1e-4)


def test_a_recording_left_out_is_no_neighbour_of_itself(bank: MemoryBank) -> None:
    heard_again = bank.scores([machine(0)])[0]
    assert heard_again < bank.leave_one_out_scores()[0]


def test_segments_of_a_recording_leave_together() -> None:
    takes = [machine(take) for take in range(4)]
    single = MemoryBank.learn(takes)
    doubled = MemoryBank.learn([np.tile(take, 2) for take in takes])
    assert len(doubled.recordings) == 8
    assert_allclose(doubled.leave_one_out_scores(), single.leave_one_out_scores(), rtol=1e-4)


def test_normal_takes_score_among_the_normal_recordings_and_no_fault_does(bank: MemoryBank) -> None:
    for sound, alarm in ((machine(7), False), (machine(8) * (1 + 15 * (TIME % 1 < 0.01)), True)):
        heard = hear(bank, sound)
        assert (bank.margins(heard).max() < 0) == alarm


def test_margins_are_those_of_banks_that_lack_one_recording_each(bank: MemoryBank) -> None:
    heard = hear(bank, machine(7))
    margins = []
    for number in range(6):
        rest = bank.recordings != number
        without = MemoryBank({n: of[rest] for n, of in bank.vectors.items()}, bank.recordings[rest])
        left_out = {n: of[number] for n, of in bank.vectors.items()}
        margins.append(without.compare(left_out).score - hear(without, machine(7)).score)
    assert_allclose(bank.margins(heard), margins, atol=1e-4)


def test_of_two_hours_of_sound_an_hour_is_kept() -> None:
    assert len(blocks([np.ones(16_000 * 3_650, np.float32)] * 2)) <= 360


def test_a_left_out_score_is_that_of_a_bank_without_the_recording(bank: MemoryBank) -> None:
    without = MemoryBank.learn([machine(take) for take in range(1, 6)])
    assert without.scores([machine(0)])[0] == pytest.approx(
        bank.leave_one_out_scores()[0], rel=1e-2
    )


@pytest.mark.parametrize("seconds", [10, 35, 55])
def test_one_recording_alone_is_cut_into_pieces(seconds: int) -> None:
    bank = MemoryBank.learn([machine(0, seconds)])
    assert len(bank.leave_one_out_scores()) == max(4, seconds // 10)
    fault = machine(8) * (1 + 15 * (TIME % 1 < 0.01))
    normal, unusual = bank.scores([machine(7), fault])
    assert normal < unusual


def test_a_stationary_sound_without_any_change_is_learnt_and_judged() -> None:
    hum = np.sin(2 * np.pi * 120 * TIME)
    bank = MemoryBank.learn([hum, hum, hum])
    same, other = bank.scores([hum, machine(0)])
    assert np.isfinite([same, other]).all()
    assert same < other


@pytest.mark.parametrize(
    ("recordings", "error"),
    [
        ([], AudioError),
        ([machine(0)[:150_000]], AudioError),
        ([machine(0), machine(1)[:9_000]], AudioError),
        ([machine(0), np.zeros(160_000)], SilentError),
        ([machine(0), np.full(160_000, np.nan)], AudioError),
        ([np.zeros((2, 2, 160_000))], AudioError),
    ],
)
def test_what_cannot_be_learnt_is_refused(recordings: list[Sound], error: type[Exception]) -> None:
    with pytest.raises(error):
        MemoryBank.learn(recordings)


@pytest.mark.parametrize("segment", [machine(0)[:-1], np.zeros((2, 160_000)), np.zeros(160_000)])
def test_what_is_no_segment_is_refused(bank: MemoryBank, segment: Sound) -> None:
    with pytest.raises(AudioError):
        bank.scores([segment])


def test_another_thing_is_further_off_in_level_than_a_fault(bank: MemoryBank) -> None:
    fault = machine(200) + 0.001 * np.sin(2 * np.pi * 1_240 * TIME)
    another = np.cumsum(np.random.default_rng(3).normal(size=160_000))
    quiet, loud = (hear(bank, sound).distance(LEVEL) for sound in (fault, another))
    assert loud > 5 * quiet


def test_a_tone_that_was_never_there_is_named(bank: MemoryBank) -> None:
    heard = hear(bank, machine(200) + 0.005 * np.sin(2 * np.pi * 1_240 * TIME))
    [first, *_] = reasons(bank, heard)
    assert first.text == "a tone at 1,240 Hz that was never there"
    assert first.hertz == 1_240


@pytest.mark.parametrize("hertz", [1, 7])
def test_what_is_too_low_to_be_heard_is_no_tone(bank: MemoryBank, hertz: int) -> None:
    heard = hear(bank, machine(200) + 0.005 * np.cos(2 * np.pi * hertz * TIME))
    for reason in reasons(bank, heard, at_most=5):
        found = re.match(r"a tone at (\d+) Hz", reason.text)
        assert not found or int(found[1]) >= 20


def test_a_band_that_grew_restless_is_named(bank: MemoryBank) -> None:
    rng = np.random.default_rng(9)
    hiss = np.convolve(rng.normal(size=160_000), np.sin(2 * np.pi * 4_000 * TIME[:64]), "same")
    heard = hear(bank, machine(200) + 0.02 * hiss * (TIME % 1 < 0.05))
    found = reasons(bank, heard, at_most=5)
    assert all(0 < reason.share <= 1 for reason in found)
    [peaks] = [reason for reason in found if reason.view == "peaks"]
    assert 3_000 < peaks.hertz < 5_000
    assert "dB louder peaks around" in peaks.text


def test_nothing_is_said_of_a_segment_heard_before(bank: MemoryBank) -> None:
    assert reasons(bank, hear(bank, machine(0))) == []


def test_contributions_add_up_to_the_score(bank: MemoryBank) -> None:
    heard = hear(bank, machine(7))
    assert sum(heard.contributions.values()) == pytest.approx(heard.score)
    for shares in heard.shares.values():
        assert shares.sum() == pytest.approx(1, rel=1e-4)


def test_neither_learning_nor_judging_imports_torch() -> None:
    code = (
        "import sys, numpy as np; from mimimi.memory import MemoryBank, reasons;"
        "x = np.random.default_rng(0).normal(size=(3, 160_000));"
        "bank = MemoryBank.learn(x); reasons(bank, bank.hear(x[0]));"
        "assert not {'torch', 'sklearn', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
