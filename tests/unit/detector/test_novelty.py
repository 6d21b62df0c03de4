"""Faults and other noise are no unknown sound; machines of another type and other things are."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.detector.detector import Detector
from mimimi.detector.novelty import FAR, SURE, UNSURE, Novelty
from mimimi.simulate import MACHINE_TYPES, simulate_clip

IDS = dict(zip(MACHINE_TYPES, ("id_50", "id_51", "id_52", "id_53"), strict=True))


@pytest.fixture(scope="module")
def fan() -> Detector:
    return Detector.from_pretrained("fan")


def clip(machine_type: str, **of) -> tuple[np.ndarray, int]:
    return simulate_clip(machine_type, IDS[machine_type], clip=9_000, **of), 16_000


def test_lines_and_level_must_both_be_foreign_or_the_lines_beyond_doubt() -> None:
    assert not Novelty(2 * FAR, UNSURE - 1).is_unknown  # another microphone
    assert not Novelty(FAR / 2, SURE - 1).is_unknown  # a fault
    assert Novelty(2 * FAR, UNSURE + 1).is_unknown
    assert Novelty(FAR / 2, SURE + 1).is_unknown
    assert [Novelty(level, None).is_unknown for level in (FAR / 2, 2 * FAR)] == [False, True]


@pytest.mark.slow
def test_a_machine_is_known_with_a_severe_fault_and_in_less_noise(fan) -> None:
    for sound in (
        clip("fan"),
        clip("fan", fault="unbalance", severity=10),
        clip("fan", fault="clogging", severity=10),
        clip("fan", fault="voltage change", severity=3, snr_db=0),
    ):
        assert fan.analyse(sound).recognised


@pytest.mark.slow
@pytest.mark.parametrize("other", ["pump", "slider", "valve"])
def test_a_machine_of_another_type_is_not(fan, other: str) -> None:
    assert fan.analyse(clip(other)).recognised is False


@pytest.mark.slow
def test_what_is_no_machine_is_not(fan) -> None:
    time = np.arange(160_000) / 16_000
    white = np.random.default_rng(0).standard_normal(160_000)
    chirps = np.sin(2 * np.pi * 300 * time * (1 + time % 1)) + 0.01 * white
    for sound in (white, chirps):
        assert fan.analyse((0.1 * sound, 16_000)).recognised is False
