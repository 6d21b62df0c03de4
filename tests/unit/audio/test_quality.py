"""What is no sound of the machine is taken out and named; what stays is what was recorded."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from mimimi.audio import blocks, excerpt, from_array, read
from mimimi.errors import AudioError, SilentError

RATES = [16_000, 44_100, 48_000]


def kinds(waveform) -> list[str]:
    return [problem.kind for problem in waveform.problems]


def wav(samples: np.ndarray, rate: int = 16_000, subtype: str = "PCM_16", kind="WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


def differs(samples: np.ndarray, other: np.ndarray) -> float:
    """RMS of the difference, of the sound's own; filters ring at the ends, which do not count."""
    n = min(len(samples), len(other))
    inner = slice(400, n - 400)
    difference = samples[inner].astype(np.float64) - other[inner]
    return float(np.sqrt(np.mean(difference**2)) / np.std(other[inner]))


@pytest.mark.parametrize("rate", [16_000, 32_000, 44_100, 48_000])
def test_a_good_recording_has_no_problem(hum, rate):
    waveform = read(wav(hum(rate=rate), rate))
    assert waveform.problems == ()
    assert waveform.cuts == ()
    assert np.array_equal(waveform.in_place, waveform.samples)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("offset", [-3.0, 0.5, 3.0])
def test_a_constant_offset_is_taken_out_and_named(hum, rate, offset):
    sound = hum(rate=rate)
    waveform = read(wav(sound + offset * sound.std(), rate))
    assert kinds(waveform) == ["offset"]
    said = float(waveform.warning.split("offset of ")[1].split(" times")[0])
    assert said == pytest.approx(abs(offset), abs=0.15)  # resampling takes some of the noise
    assert differs(waveform.samples, read(wav(sound, rate)).samples) < 0.01
    assert abs(float(waveform.samples.mean())) < 1e-3 * sound.std()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("level", [0.0, 0.2])
@pytest.mark.parametrize(("start", "end"), [(0.0, 2.0), (3.0, 7.0), (5.0, 10.0), (4.0, 4.2)])
def test_digital_silence_is_cut_out_and_named_with_its_times(hum, rate, level, start, end):
    sound = hum(rate=rate)
    sound[round(start * rate) : round(end * rate)] = level
    waveform = read(wav(sound, rate))
    silence = next(p for p in waveform.problems if p.kind == "digital_silence")
    assert (silence.start, silence.end) == pytest.approx((start, end), abs=0.01)
    assert f"from {start:.1f} to {end:.1f} s" in silence.text
    assert waveform.seconds == pytest.approx(10.0 - (end - start), abs=0.01)
    assert len(waveform.in_place) == pytest.approx(160_000, abs=320)
    middle = round((start + end) / 2 * 16_000)
    assert not np.any(waveform.in_place[middle - 800 : middle + 800])
    after = 10.0 - end
    if after:
        assert waveform.position(waveform.seconds - after / 2) == pytest.approx(10.0 - after / 2)
    if start:
        assert waveform.position(start / 2) == start / 2


def test_both_sides_of_a_cut_pass_into_each_other_without_a_click(hum):
    time = np.arange(160_000) / 16_000
    sound = 0.3 * np.sin(2 * np.pi * 50 * time)
    before, after = 47_950, 112_113
    sound[before:after] = 0
    samples = from_array(sound, 16_000).samples
    assert abs(sound[before - 1] - sound[after]) > 0.2
    assert np.abs(np.diff(samples)).max() < 0.1 * abs(sound[before - 1] - sound[after])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("silent", [slice(0.0, 0.04), slice(9.95, 10.0)], ids=["begin", "end"])
def test_a_recorder_that_is_late_leaves_no_gap(hum, rate, silent):
    """As browsers and codecs do: a few hundredths of a second of one value at either end."""
    sound = hum(rate=rate)
    first, end = round(silent.start * rate), round(silent.stop * rate)
    late = sound.copy()
    late[first:end] = -5 / 32_768
    waveform = read(wav(late, rate))
    assert waveform.seconds == 10.0
    assert kinds(waveform) == []
    there = waveform.samples[round(silent.start * 16_000) : round(silent.stop * 16_000)]
    assert np.std(there) == pytest.approx(np.std(sound), rel=0.2)


@pytest.mark.parametrize("offset", [0.0, 0.3])
def test_many_short_dropouts_are_counted_and_bridged(hum, offset):
    sound = hum() + np.float32(offset)
    for start in range(8_000, 160_000, 16_000):
        sound[start : start + 800] = 0
    waveform = from_array(sound, 16_000)
    assert kinds(waveform) == ["digital_silence"] + (["offset"] if offset else [])
    assert "at 10 places from 0.5 to 9.6 s" in waveform.warning
    assert waveform.seconds == 10.0  # cut out, they would shift the phase of every tone
    assert np.std(waveform.samples[8_000:8_800]) == pytest.approx(np.std(hum()), rel=0.2)
    assert np.abs(np.diff(waveform.samples)).max() < 1.1 * np.abs(np.diff(hum())).max()  # no click


@pytest.mark.parametrize("quiet", [0.0, 1e-5])
@pytest.mark.parametrize(("dead", "asked"), [(0, 0), (1, 1), (0, None), (1, None)])
def test_the_live_channel_is_taken_and_it_is_said(hum, dead, asked, quiet):
    noise = quiet * np.random.default_rng(1).standard_normal(160_000)
    both = np.stack([hum(), hum()], axis=1)
    both[:, dead] = noise
    channel = 0 if asked is None else asked
    waveform = read(wav(both), channel=channel)
    assert np.array_equal(waveform.samples, read(wav(both), channel=1 - dead).samples)
    first, other = [("channel 0 (left)", "channel 1 (right)")[n] for n in (dead, 1 - dead)]
    assert waveform.warning == f"{first} is dead: {other} was taken"
    assert kinds(waveform) == ["dead_channel"]
    assert waveform.channel == 1 - dead
    stream = blocks(wav(both), channel=channel)
    assert np.array_equal(np.concatenate(list(stream)), waveform.samples)
    assert [problem.kind for problem in stream.problems] == kinds(waveform)
    assert kinds(from_array(both, 16_000, channel=channel)) == kinds(waveform)


def test_all_dead_channels_of_many_are_named(hum):
    four = np.stack([0 * hum(), hum(), 1e-5 * hum(), np.full(160_000, 0.2)], axis=1)
    assert read(wav(four)).warning == "channels 0, 2, 3 are dead: channel 1 was taken"
    eight = np.stack([gain * hum() for gain in (1, 0.5, 0.1, 0.02)], axis=1)
    assert read(wav(eight)).problems == ()


def test_an_excerpt_is_of_the_live_channel(hum):
    both = wav(np.stack([0 * hum(), hum()], axis=1))
    found = excerpt(both, 4.0, 2.0, name="a.wav")
    assert np.array_equal(found.samples, read(both).samples[64_000:96_000])


def test_a_recording_of_dead_channels_is_silent():
    with pytest.raises(SilentError, match="silent"):
        read(wav(np.zeros((48_000, 2))))


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8"])
def test_what_lies_below_the_steps_of_its_format_is_too_quiet(hum, subtype):
    step = {"PCM_16": 2.0**-15, "PCM_24": 2.0**-23, "PCM_U8": 2.0**-7}[subtype]
    sound = hum() / hum().std()
    with pytest.raises(SilentError, match=r"too quiet to be judged.*steps of the format"):
        read(wav(0.6 * step * sound, subtype=subtype))
    assert read(wav(20 * step * sound, subtype=subtype)).seconds == 10.0


@pytest.mark.parametrize("gain", [1e-12, 5e-7, 1.0, 1e5])
def test_of_floats_the_gain_does_not_matter(hum, gain, small_detector):
    verdict = small_detector.analyse(wav(gain * hum(), subtype="FLOAT"), "id_00")
    usual = small_detector.analyse(wav(hum(), subtype="FLOAT"), "id_00")
    assert verdict.score == pytest.approx(usual.score, abs=1e-3)
    assert verdict.warning is None


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "PCM_U8"])
@pytest.mark.parametrize("level", [1.0, 0.7, 0.1])
def test_clipping_is_found_at_any_level(hum, level, subtype):
    clipped = level * np.clip(3 * hum() / np.abs(hum()).max(), -1, 1)
    assert "clipped" in kinds(read(wav(clipped, subtype=subtype)))
    whole = 0.99 * level * hum() / np.abs(hum()).max()
    assert "clipped" not in kinds(read(wav(whole, subtype=subtype)))


@pytest.mark.parametrize("hertz", [50, 440.3, 997])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_U8"])
def test_the_crest_of_a_pure_tone_is_not_called_clipped(hertz, subtype):
    tone = 0.9 * np.sin(2 * np.pi * hertz * np.arange(160_000) / 16_000)
    assert "clipped" not in kinds(read(wav(tone, subtype=subtype)))


@pytest.mark.parametrize(
    ("hertz", "rate"),
    [(1_000, 4_000), (1_000, 8_000), (500, 16_000), (4_000, 16_000), (3_000, 48_000)],
)
@pytest.mark.parametrize("noise", [0.0, 3e-4])
def test_a_tone_locked_to_the_sample_rate_is_not_called_clipped(rng, hertz, rate, noise):
    time = np.arange(10 * rate) / rate
    tone = 0.6 * np.sin(2 * np.pi * hertz * time + 0.3) + noise * rng.standard_normal(10 * rate)
    assert "clipped" not in kinds(read(wav(tone, rate)))
    if rate // hertz > 8:  # else clipped and whole are the same few values
        assert "clipped" in kinds(read(wav(np.clip(1.5 * tone, -0.6, 0.6), rate)))


@pytest.mark.parametrize("low", [4_000, 8_000, 11_025])
@pytest.mark.parametrize("kept_at", [None, 16_000, 48_000])
def test_a_missing_band_is_found_also_when_saved_anew_at_a_higher_rate(rng, low, kept_at):
    from scipy.signal import resample_poly

    noise = 0.1 * rng.standard_normal(10 * low)
    sound = noise if kept_at is None else resample_poly(noise, kept_at, low)
    (problem,) = read(wav(sound, kept_at or low)).problems
    assert problem.kind == "missing_band"
    said = float(problem.text.split("nothing above ")[1].split(" kHz")[0])
    assert low / 2_000 - 0.2 < said < 1.15 * low / 2_000  # the filter of `resample_poly` is gentle


def test_sound_that_falls_with_frequency_misses_no_band(rng):
    spectrum = np.fft.rfft(rng.standard_normal(160_000))
    steep = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 100) ** 1.5)
    steep *= 0.3 / np.abs(steep).max()
    assert kinds(read(wav(steep))) == []


@pytest.mark.parametrize("rate", RATES)
def test_the_beginning_of_a_recorder_is_left_out_and_named(hum, rate):
    sound = hum(rate=rate)
    time = np.arange(len(sound)) / rate
    thump = 10 * sound.std() * np.exp(-time / 0.05)
    for spoilt in (0.3 * sound + 0.3 * thump, sound * np.clip(5 * time - 0.5, 0.01, 1)):
        waveform = read(wav(spoilt, rate))
        (problem,) = waveform.problems
        assert problem.kind == "recorder_start"
        assert 0.05 <= problem.end <= 0.6
        assert waveform.seconds == pytest.approx(10.0 - problem.end)
        assert waveform.position(1.0) == pytest.approx(1.0 + problem.end)


def test_a_machine_that_starts_late_is_no_recorder_that_starts(hum):
    sound = hum()
    sound[:80_000] *= 0.1
    assert from_array(sound, 16_000).problems == ()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_a_bad_sample_is_bridged_and_named(hum, value, rate):
    good, bad = hum(30.0, rate=rate), hum(30.0, rate=rate)
    bad[round(12.3 * rate)] = value
    stream = blocks(wav(bad, rate, "FLOAT"))
    samples = np.concatenate(list(stream))
    (problem,) = stream.problems
    assert (problem.kind, problem.start) == ("bad_samples", pytest.approx(12.3))
    whole = np.concatenate(list(blocks(wav(good, rate, "FLOAT"))))
    assert np.isfinite(samples).all()
    assert len(samples) == len(whole)
    assert differs(samples, whole) < 0.01
    clip = read(wav(bad, rate, "FLOAT"))
    (problem,) = clip.problems
    assert (problem.kind, problem.start) == ("bad_samples", pytest.approx(12.3))
    assert problem.text == "samples that are no numbers at 12.3 s: skipped"
    assert differs(clip.samples, read(wav(good, rate, "FLOAT")).samples) < 0.01


@pytest.mark.parametrize("every", [1, 50])
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_a_stretch_of_bad_samples_is_left_out_and_named(hum, rate, every):
    bad = hum(rate=rate)
    bad[3 * rate : 5 * rate : every] = np.nan
    clip = read(wav(bad, rate, "FLOAT"))
    (problem,) = clip.problems
    assert problem.text == "samples that are no numbers from 3.0 to 5.0 s: left out"
    assert clip.seconds == pytest.approx(8.0, abs=0.01)
    assert clip.position(4.0) == pytest.approx(6.0, abs=0.01)


def test_bad_samples_at_many_places_are_counted(hum):
    bad = hum()
    bad[8_000::16_000] = np.inf
    (problem,) = from_array(bad, 16_000).problems
    assert problem.text.startswith("samples that are no numbers at 10 places from 0.5 to 9.5 s")
    assert from_array(bad, 16_000).seconds == 10.0


@pytest.mark.parametrize("beside", [np.nan, 0.0, 0.1])
def test_a_recording_of_bad_samples_alone_is_refused(beside):
    bad = np.where(np.arange(48_000) < 40_000, np.nan, beside)
    with pytest.raises(AudioError, match="no numbers, and no sound beside them"):
        read(wav(bad, subtype="FLOAT"))


def test_bad_samples_beside_a_good_channel(hum):
    both = np.stack([np.full(160_000, np.nan), hum()], axis=1)
    waveform = read(wav(both, subtype="FLOAT"))
    assert kinds(waveform) == ["dead_channel"]
    assert np.array_equal(waveform.samples, hum())
