from __future__ import annotations

import os
import random
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from mimimi.service import clips as clips_module
from mimimi.service.clips import Clips, kept

BEGAN = 1_700_000_000.0
SECOND = 33_000  # bytes at most of a second of noise as FLAC


@pytest.fixture
def said():
    return []


@pytest.fixture
def clips(tmp_path, said):
    """With room for so many clips of a second of noise."""

    def make(room: float, days: float = 365) -> Clips:
        return Clips(tmp_path, SECOND * room / 1e6, days, said.append, random.Random(0))

    return make


@pytest.fixture
def keep(rng):
    noise = rng.uniform(-2, 2, 16_000).astype(np.float32)

    def keep_one(clips: Clips, n: int, score: float, reason="alarm", machine="fan") -> str | None:
        return clips.keep(machine, BEGAN + n, noise, 16_000, reason, score)

    return keep_one


def test_a_clip_is_flac_that_holds_the_samples(tmp_path, clips, rng):
    pcm = rng.integers(-30_000, 30_000, 16_000, dtype=np.int16)
    name = clips(9).keep("Pump 3, hall B", BEGAN, pcm, 16_000, "alarm", 3.25)
    read, rate = soundfile.read(name, dtype="int16")
    np.testing.assert_array_equal(read, pcm)
    assert rate == 16_000
    assert soundfile.info(name).format == "FLAC"
    (clip,) = kept(tmp_path, "Pump 3, hall B")
    assert str(clip.path) == name
    assert (clip.at, clip.seconds, clip.reason, clip.score) == (BEGAN, 1.0, "alarm", 3.25)


def test_clips_of_an_earlier_version_are_known(tmp_path):
    folder = tmp_path / "fan"
    folder.mkdir()
    for name in ("2023-11-14T22-13-20Z.flac", "holiday.flac", "2023-99-14T22-13-20Z.flac"):
        (folder / name).write_bytes(b"")
    (clip,) = kept(tmp_path, "fan")
    assert (clip.at, clip.reason) == (BEGAN, "alarm")


def test_clips_never_take_more_than_their_cap_and_the_most_unusual_stay(tmp_path, clips, keep):
    few = clips(3)
    for n, score in enumerate([5.0, 1.0, 9.0, 2.0, 7.0, 3.0]):
        assert keep(few, n, score)
        sizes = [path.stat().st_size for path in tmp_path.glob("*/*.flac")]
        assert sum(sizes) <= 3 * SECOND
    assert [clip.score for clip in kept(tmp_path, "fan")] == [9.0, 7.0, 3.0]  # the last is new


def test_no_machine_drives_out_another_by_the_scale_of_its_scores(tmp_path, clips, keep):
    few = clips(6)
    for n in range(4):
        keep(few, n, score=0.1 * n, machine="pump")
    for n in range(9):
        keep(few, n, score=100.0 + n)
    assert len(kept(tmp_path, "pump")) >= 2
    assert len(kept(tmp_path, "fan")) >= 2


def test_samples_take_a_quarter_and_are_a_fair_one(tmp_path, clips, keep):
    few = clips(16)
    for n in range(12):
        keep(few, n, score=2.0)
    for n in range(12, 100):
        keep(few, n, score=1.0, reason="sample")
    found = Counter(clip.reason for clip in kept(tmp_path, "fan"))
    assert found["alarm"] >= 11
    assert 3 <= found["sample"] <= 5
    assert min(c.at - BEGAN for c in kept(tmp_path, "fan") if c.reason == "sample") < 96


def test_old_clips_go(tmp_path, clips, keep):
    many = clips(9, days=10)
    old = keep(many, 0, score=9.0)
    os.utime(old, (BEGAN, BEGAN))
    keep(many, 1, score=1.0)
    assert [clip.score for clip in kept(tmp_path, "fan")] == [1.0]


def test_the_disk_never_fills(tmp_path, clips, keep, monkeypatch):
    many = clips(100)
    for n in range(4):
        keep(many, n, score=1.0 + n)
    free = SimpleNamespace(free=200e6 - 0.5 * SECOND)  # less than is to be left
    monkeypatch.setattr(clips_module.shutil, "disk_usage", lambda _: free)
    keep(many, 9, score=9.0)
    assert len(kept(tmp_path, "fan")) == 3
    assert not any(clip.score == 1.0 for clip in kept(tmp_path, "fan"))


def test_without_room_nothing_is_kept_and_nothing_breaks(tmp_path, said, keep, clips, monkeypatch):
    assert keep(clips(0), 0, score=1.0) is None  # as was wished
    assert not said
    with monkeypatch.context() as full:
        full.setattr(clips_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=100e6))
        assert keep(clips(9), 0, score=1.0) is None
    assert said.pop() == "no clip was kept: less than 200 MB are free"
    (tmp_path / "file").write_text("")
    assert keep(Clips(tmp_path / "file", 10, 365, said.append), 0, score=1.0) is None
    assert "no clip was kept" in said[0]
