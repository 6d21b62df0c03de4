"""A recording no longer than an installation takes, by its header and as it is decoded."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from mimimi import audio
from mimimi.errors import AudioError


@pytest.fixture(autouse=True)
def _six_seconds(monkeypatch):
    monkeypatch.setenv("MIMIMI_MAX_RECORDING", "0.1")


def recorded(sound, rate=16_000, kind="WAV", channels=1):
    file = io.BytesIO()
    soundfile.write(file, np.stack([sound] * channels, 1), rate, format=kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "MP3"])
def test_a_longer_one_is_refused_by_its_header_whoever_asks(hum, kind, monkeypatch):
    assert audio.read(recorded(hum(5.0), kind=kind)).seconds == pytest.approx(5.0, abs=0.1)
    long = recorded(hum(8.0), kind=kind)
    for ask in (audio.read, audio.length, lambda source: list(audio.blocks(source))):
        with pytest.raises(AudioError, match=r"longer than the 0\.1 minutes"):
            ask(long)


def test_one_whose_header_says_little_is_refused_while_it_is_decoded(hum):
    lying = bytearray(recorded(hum(8.0), kind="FLAC"))
    lying[21] &= 0xF0
    lying[22:26] = bytes(4)  # a stream, whose length nobody knows
    assert audio.length(bytes(lying)) == float("inf")
    with pytest.raises(AudioError, match="longer than"):
        audio.read(bytes(lying))


def test_many_channels_and_a_high_rate_count_as_more(hum):
    four = recorded(hum(4.0, rate=48_000), 48_000, channels=4)
    with pytest.raises(AudioError, match="longer than"):
        audio.read(four)
    assert audio.read(recorded(hum(4.0), channels=4)).seconds == 4.0


def test_silence_that_packs_to_nothing_costs_nothing(monkeypatch):
    monkeypatch.setenv("MIMIMI_MAX_RECORDING", "60")
    hours = recorded(np.zeros(2 * 3600 * 8_000, np.int16), 8_000, "FLAC")
    assert len(hours) < 1 << 20
    with pytest.raises(AudioError, match="longer than the 60 minutes"):
        audio.read(hours)
