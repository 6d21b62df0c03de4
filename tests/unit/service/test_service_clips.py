from __future__ import annotations

import numpy as np
import pytest
import soundfile

from mimimi.service.clips import Clips


@pytest.fixture
def said():
    return []


def test_a_clip_is_flac_that_holds_the_samples(tmp_path, said, rng):
    pcm = rng.integers(-30_000, 30_000, 16_000, dtype=np.int16)
    name = Clips(tmp_path, 10, said.append).keep("Pump 3, hall B", 1_700_000_000.0, pcm, 16_000)
    assert name.endswith("pump-3-hall-b/2023-11-14T22-13-20Z.flac")
    read, rate = soundfile.read(name, dtype="int16")
    np.testing.assert_array_equal(read, pcm)
    assert rate == 16_000
    assert soundfile.info(name).format == "FLAC"


def test_clips_never_take_more_than_their_cap_and_the_oldest_go_first(tmp_path, said, rng):
    clips = Clips(tmp_path, 0.1, said.append)  # three of 32 kB, and what belongs to them
    noise = rng.uniform(-2, 2, 16_000).astype(np.float32)
    for n in range(10):
        assert clips.keep(f"fan {n % 2}", 1_700_000_000.0 + n, noise, 16_000)
        kept = sorted(tmp_path.glob("*/*.flac"))
        assert sum(path.stat().st_size for path in kept) <= 100_000
    assert [path.name[17:19] for path in sorted(kept, key=lambda path: path.name)] == [
        "27", "28", "29",
    ]  # fmt: skip
    assert not said


def test_without_room_nothing_is_kept_and_nothing_breaks(tmp_path, said):
    noise = np.random.default_rng(0).uniform(-1, 1, 16_000).astype(np.float32)
    assert Clips(tmp_path, 0, said.append).keep("fan", 0.0, noise, 16_000) is None
    (tmp_path / "file").write_text("")
    clips = Clips(tmp_path / "file", 10, said.append)
    assert clips.keep("fan", 0.0, noise, 16_000) is None
    assert "no clip was kept" in said[0]
