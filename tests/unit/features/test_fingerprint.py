"""A recording is known again by its sound, whatever a processor makes of its last place."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.config import MACHINE_TYPES
from mimimi.features.fingerprint import fingerprint, is_among, is_same
from mimimi.simulate import simulate_clip


@pytest.fixture(scope="module", params=MACHINE_TYPES)
def sound(request) -> np.ndarray:
    return simulate_clip(request.param, "id_50", clip=3)


def last_place(sound: np.ndarray, bits: int, rng: np.random.Generator) -> np.ndarray:
    """Each sample moved by up to one step of a format."""
    return sound + (rng.integers(-1, 2, len(sound)) / 2 ** (bits - 1)).astype(np.float32)


@pytest.mark.parametrize("bits", [16, 24])
def test_it_survives_another_last_place(sound, bits, rng):
    assert is_same(fingerprint(sound), fingerprint(last_place(sound, bits, rng)))


def test_the_last_place_of_a_float_changes_no_bit(sound, rng):
    turned = np.nextafter(sound, np.where(rng.random(len(sound)) < 0.5, -1, 1).astype(np.float32))
    assert fingerprint(turned) == fingerprint(sound)


@pytest.mark.parametrize("gain", [0.01, 3.0])
def test_gain_and_a_constant_offset_do_not_matter(sound, gain):
    assert is_same(fingerprint(sound), fingerprint(gain * sound + np.float32(0.1)))


def test_noise_10_db_below_is_forgiven_and_as_loud_as_it_is_not(sound, rng):
    noise = (sound.std() * rng.standard_normal(len(sound))).astype(np.float32)
    known = fingerprint(sound)
    assert is_same(known, fingerprint(sound + np.float32(10 ** (-20 / 20)) * noise))
    assert not is_same(known, fingerprint(sound + noise))


def test_other_takes_of_the_same_machine_are_other_recordings():
    takes = [fingerprint(simulate_clip("fan", "id_50", clip=n)) for n in range(12)]
    for n, take in enumerate(takes):
        assert is_among(take, takes)
        assert not is_among(take, takes[:n] + takes[n + 1 :])


def test_every_length_has_one():
    for length in (1, 100, 127, 128, 129, 65_536, 65_537, 200_000):
        assert len(fingerprint(np.linspace(-1, 1, length, dtype=np.float32))) == 32


def test_it_is_the_same_for_ever():
    ramp = (np.arange(100_000) * 7 % 1_001 - 500).astype(np.float32)
    assert fingerprint(ramp) == "00ee588345a856116985f3f6aa9f3973"


def test_the_hash_of_a_file_is_equal_to_itself_alone():
    assert is_same("a" * 64, "a" * 64)
    assert not is_same("a" * 64, "a" * 32)
    assert not is_same("a" * 63 + "b", "a" * 64)
