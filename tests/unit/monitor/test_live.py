from __future__ import annotations

import numpy as np
import pytest
import soundfile
from hall import beside_and_away
from turning import MACHINE_ID, MACHINE_TYPE, turning_faulty

from mimimi.audio import Pair, read
from mimimi.detector.detector import Detector
from mimimi.errors import AudioError
from mimimi.monitor.alarm import Rule, ScoredSegment
from mimimi.monitor.live import Live
from mimimi.monitor.stream import watch

pytestmark = pytest.mark.slow  # processes, or bundled detectors


def feed(
    live: Live, sound: np.ndarray, seconds: float = 2.5, first: int = 0
) -> list[ScoredSegment]:
    block = round(seconds * live.rate)
    for start in range(0, len(sound), block):
        live.hear(first + start, sound[start : start + block])
    return list(live.segments)


def test_a_segment_is_judged_every_hop_as_soon_as_it_is_whole(small_detector, hum):
    live = Live(small_detector, "id_00", 16_000)
    judged_at = []
    sound = hum(seconds=30.0)
    for start in range(0, len(sound), 16_000):
        before = len(live.segments)
        live.hear(start, sound[start : start + 16_000])
        judged_at += [live.heard] * (len(live.segments) - before)
    assert judged_at == [10.0, 15.0, 20.0, 25.0, 30.0]
    assert [segment.start for segment in live.segments] == [0.0, 5.0, 10.0, 15.0, 20.0]


def test_live_sound_is_judged_as_the_same_sound_in_a_file(small_detector, hum, tmp_path):
    import soundfile

    sound = np.round(hum(seconds=20.0, rate=48_000) * 20_000) / 32_768
    soundfile.write(tmp_path / "same.wav", sound, 48_000, subtype="PCM_16")
    in_file = list(watch(small_detector, tmp_path / "same.wav", "id_00"))
    live = Live(small_detector, "id_00", 48_000, hop=10.0)
    padded = np.concatenate((sound, np.zeros(240_000))).astype(np.float32)  # the resampler waits
    heard = feed(live, padded)[:2]
    assert [m.start for m in heard] == [m.start for m in in_file]
    assert [m.score for m in heard] == pytest.approx([m.score for m in in_file], abs=1e-4)


@pytest.fixture(scope="module")
def of_two(hum) -> Detector:
    """It was learnt with a second microphone."""
    clips = [(beside_and_away(hum(seed=seed), seed), 16_000) for seed in range(3)]
    return Detector.learn("hum", clips, channel=Pair(near=0, far=1))


@pytest.mark.parametrize("seconds", [0.7, 5.0])
def test_two_microphones_are_heard_live_as_in_a_file(of_two, hum, tmp_path, seconds):
    sound = 0.3 * beside_and_away(hum(seconds=31.0, seed=9), 9, loud=2.0)
    soundfile.write(tmp_path / "same.wav", sound, 16_000, subtype="FLOAT")
    in_file = list(watch(of_two, tmp_path / "same.wav", "hum"))[:3]
    live = Live(of_two, "hum", 16_000, hop=10.0, kept=60.0)
    heard = feed(live, sound, seconds)
    assert [m.score for m in heard] == pytest.approx([m.score for m in in_file], abs=1e-6)
    whole = read(tmp_path / "same.wav", channel=Pair(near=0, far=1)).samples
    np.testing.assert_allclose(live.recent.samples, whole[: 30 * 16_000], atol=1e-6)
    judged = of_two.analyse((sound[: 10 * 16_000], 16_000))
    assert heard[0].score == pytest.approx(judged.score, abs=1e-6)


def test_both_microphones_are_kept_as_they_came(of_two, hum):
    sound = beside_and_away(hum(seconds=31.0, seed=9), 9, loud=2.0)
    live = Live(of_two, "hum", 16_000, kept=20.0)
    feed(live, sound)
    both, clean = live.both, live.recent
    assert both.start <= clean.start
    assert both.end == 31.0
    start, end = round(both.start * 16_000), round(both.end * 16_000)
    np.testing.assert_array_equal(both.samples, sound[start:end])


def test_one_microphone_is_not_heard_in_place_of_two(of_two, small_detector, hum):
    with pytest.raises(AudioError, match="There is one microphone, and the machine was learnt"):
        Live(of_two, "hum", 16_000).hear(0, hum())
    two = Live(small_detector, "id_00", 16_000)
    two.hear(0, beside_and_away(hum()))  # of two, the first
    assert two.segments[0].score is not None


def test_a_second_microphone_that_is_dead_is_named_in_every_segment(of_two, hum):
    sound = beside_and_away(hum(seconds=20.0))
    sound[:, 1] = 0
    for segment in feed(Live(of_two, "hum", 16_000), sound):
        assert [problem.kind for problem in segment.problems] == ["reference_silent"]


@pytest.mark.parametrize("seconds", [0.3, 2.5, 7.0])
def test_the_size_of_the_blocks_does_not_matter(small_detector, hum, seconds):
    sound = hum(seconds=25.0)
    one = feed(Live(small_detector, "id_00", 16_000), sound, 25.0)
    assert feed(Live(small_detector, "id_00", 16_000), sound, seconds) == one


def test_a_block_sent_twice_counts_once(small_detector, hum):
    sound = hum(seconds=20.0)
    once = feed(Live(small_detector, "id_00", 16_000), sound)
    live = Live(small_detector, "id_00", 16_000)
    for start in range(0, len(sound), 40_000):
        live.hear(start, sound[start : start + 40_000])
        live.hear(start, sound[start : start + 60_000])  # again, with what came since
    assert list(live.segments) == once


def test_a_gap_is_said_and_begins_a_new_segment(small_detector, hum):
    live = Live(small_detector, "id_00", 16_000)
    feed(live, hum(seconds=12.0))
    first = round(15.5 * 16_000)
    segments = feed(live, hum(seconds=10.0, seed=1), first=first)
    assert [segment.start for segment in segments] == [0.0, 12.0, 15.5]
    assert "3.5 s were lost" in segments[1].error
    assert segments[1].end == 15.5
    alone = Live(small_detector, "id_00", 16_000, first=first)
    assert feed(alone, hum(seconds=10.0, seed=1), first=first) == segments[2:]


def test_a_microphone_that_is_opened_again_goes_on_with_the_record(small_detector, hum):
    sound = hum(seconds=20.0)
    live = Live(small_detector, "id_00", 16_000)
    feed(live, sound)
    before = list(live.segments)
    live.open_again(200 * 16_000)
    live.hear(200 * 16_000, sound)
    assert list(live.segments)[:3] == before
    gap, *after = list(live.segments)[3:]
    assert (gap.start, gap.end) == (20.0, 200.0)
    assert gap.error == "the microphone was closed for 3 min"
    assert [(m.start, m.score) for m in after] == [(m.start + 200, m.score) for m in before]
    live.open_again(0)  # by a clock that was set back
    assert live.segments[-1].seconds == 0


def test_where_judging_is_too_slow_whole_segments_are_left_out_and_it_is_said(small_detector, hum):
    hours = iter(range(0, 10**9, 3600))
    live = Live(small_detector, "id_00", 16_000, clock=lambda: next(hours))
    live.hear(0, hum(seconds=40.0))
    assert [m.start for m in live.segments if m.error] == [0.0]
    assert "30 s were left out" in live.segments[0].error
    assert [m.start for m in live.segments if m.score is not None] == [30.0]

    fast = Live(small_detector, "id_00", 16_000, clock=lambda: 0.0)
    fast.hear(0, hum(seconds=40.0))
    assert len(fast.segments) == 7
    assert not any(segment.error for segment in fast.segments)


@pytest.mark.parametrize("change", [25.0, 26.5, 28.0, 29.5])
def test_a_clear_fault_raises_the_alarm_within_35_seconds_and_not_before(change):
    sound, rule = turning_faulty(change, seconds=change + 40.0), Rule(5, 6)
    live = Live(Detector.from_pretrained(MACHINE_TYPE), MACHINE_ID, 16_000)
    feed(live, sound)
    segments = list(live.segments)
    raised = [m.end for n, m in enumerate(segments, start=1) if rule.is_on(segments[:n])]
    assert change < raised[0] <= change + 35


def test_silence_is_a_moment_without_a_score(small_detector, hum):
    live = Live(small_detector, "id_00", 16_000)
    segments = feed(live, np.concatenate((np.zeros(160_000, np.float32), hum())))
    assert "silent" in segments[0].error
    assert segments[-1].score is not None


def test_memory_does_not_grow(small_detector, monkeypatch):
    judged = ScoredSegment("live", 0.0, 10.0, 1.0)
    monkeypatch.setattr("mimimi.monitor.live.judge", lambda *_, **__: judged)
    live = Live(small_detector, "id_00", 48_000)
    block = np.zeros(48_000, np.float32)
    for second in range(600):
        live.hear(48_000 * second, block)
    assert len(live._waiting) < 160_000
    assert live.segments.maxlen


def test_what_no_microphone_sends_is_refused(small_detector):
    with pytest.raises(AudioError, match="sample rate"):
        Live(small_detector, "id_00", 0)
    live = Live(small_detector, "id_00", 16_000)
    with pytest.raises(AudioError, match="no numbers"):
        live.hear(0, np.full(100, np.nan, np.float32))
