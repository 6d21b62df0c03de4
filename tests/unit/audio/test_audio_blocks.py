"""Recordings of any length, piece by piece."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import soundfile

from mimimi.audio import blocks, length, read
from mimimi.errors import AudioError


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_the_pieces_of_a_recording_are_its_samples(rate, hum, tmp_path):
    path = tmp_path / "hum.wav"
    soundfile.write(path, hum(seconds=13.0, rate=rate), rate)
    pieces = list(blocks(path))
    assert len(pieces) > 5
    np.testing.assert_array_equal(np.concatenate(pieces), read(path).samples)
    assert length(path) == pytest.approx(13.0)


def test_a_long_recording_is_read_in_memory_that_does_not_grow_with_it(tmp_path):
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 48_000, 2) as file:
        for _ in range(100):
            file.write(np.full((48_000, 2), 0.1, np.float32))
    tracemalloc.start()
    heard = sum(len(block) for block in blocks(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert heard == 100 * 16_000
    assert peak < heard * 4 / 3  # a third of its samples


def test_a_file_that_is_cut_off_gives_its_beginning_and_then_says_so(tmp_path, hum):
    path = tmp_path / "cut.wav"
    soundfile.write(path, hum(seconds=4.0), 16_000)
    path.write_bytes(path.read_bytes()[:-40_000])
    pieces = []
    with pytest.raises(AudioError, match=r"only its first 2\.8 s"):
        pieces.extend(blocks(path))
    assert sum(map(len, pieces)) == pytest.approx(2.75 * 16_000, abs=10)
