"""The last minute of live sound, column by column."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from charts import rolling_spectrum
from charts.live_sound import live_sound
from charts.rolling_spectrum import RollingSpectrum
from mimimi.config import SAMPLE_RATE
from mimimi.monitor.recent import Recent

BLOCK = 40_000


def tone(hertz: float, samples: int) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(samples) / SAMPLE_RATE).astype(np.float32)


def heard(sound: np.ndarray, block: int, kept: float = 60.0) -> RollingSpectrum:
    recent, rolling = Recent(kept), RollingSpectrum()
    for first in range(0, len(sound), block):
        recent.add(sound[first : first + block])
        rolling.follow(recent)
    return rolling


def test_a_tone_at_full_scale_reads_0_db_where_it_is():
    rolling = heard(tone(2_000.0, 5 * BLOCK), BLOCK)
    assert np.allclose(rolling.level, -3.0, atol=0.1)
    loudest = rolling.spectrum.argmax(axis=0)
    assert np.allclose(rolling.kHz[loudest], 2.0, atol=0.07)
    assert np.allclose(rolling.spectrum.max(axis=0), 0.0, atol=0.2)


def test_it_is_the_same_however_the_sound_comes_and_goes_back_no_further_than_what_is_kept():
    sound = np.random.default_rng(0).normal(0, 0.1, 30 * BLOCK).astype(np.float32)
    one, other = heard(sound, BLOCK), heard(sound, 3 * BLOCK)
    assert one.start == other.start
    assert 15.0 <= one.start < 15.0 + one.seconds
    assert np.allclose(one.level, other.level)
    whole = one.spectrum.shape[1]
    assert whole == other.spectrum.shape[1] == 155
    # Where pieces meet, a frame has its own sound mirrored in place of its neighbour's.
    assert np.median(np.abs(one.spectrum - other.spectrum)) == 0.0


def test_each_column_is_made_once(monkeypatch):
    made = []
    original = rolling_spectrum.complex_spectrum

    def counted(samples, front_end):
        made.append(len(samples))
        return original(samples, front_end)

    monkeypatch.setattr(rolling_spectrum, "complex_spectrum", counted)
    heard(np.ones(30 * BLOCK, np.float32), BLOCK)
    assert 30 * BLOCK - 6_144 < sum(made) <= 30 * BLOCK


def test_after_a_gap_it_begins_anew():
    recent, rolling = Recent(60.0), RollingSpectrum()
    recent.add(np.ones(BLOCK, np.float32))
    rolling.follow(recent)
    recent.begin(10.0)
    recent.add(np.ones(BLOCK, np.float32))
    rolling.follow(recent)
    assert rolling.start == 10.0
    assert len(rolling.level) == 6


def test_silence_is_drawn_as_silence():
    figure = live_sound(heard(np.zeros(2 * BLOCK, np.float32), BLOCK), datetime(2026, 1, 1))
    assert np.all(figure.data[0].y == -100.0)
    assert np.all(figure.data[1].z == -100)
