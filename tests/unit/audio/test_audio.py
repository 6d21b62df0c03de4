from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.audio import from_array, read, recording_hash
from mimimi.errors import AudioError

FORMATS = [
    ("WAV", "PCM_16", 1e-4),
    ("WAV", "PCM_24", 1e-6),
    ("WAV", "PCM_32", 1e-6),
    ("WAV", "FLOAT", 1e-7),
    ("FLAC", "PCM_16", 1e-4),
    ("OGG", "VORBIS", 0.1),
    ("MP3", "MPEG_LAYER_III", 0.1),
]


def encode(samples, rate=16_000, kind="WAV", subtype=None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


def tone(hertz: float, rate: int = 16_000, seconds: float = 3.0) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def loudest_hertz(waveform) -> float:
    return np.abs(np.fft.rfft(waveform.samples)).argmax() / waveform.seconds


def level(samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples[1000:-1000]))))


def refusal(source, **arguments) -> str:
    """The one sentence with which a recording is refused."""
    with pytest.raises(AudioError) as caught:
        read(source, **arguments)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(("kind", "subtype", "tolerance"), FORMATS)
def test_every_format_is_decoded(kind, subtype, tolerance, hum):
    samples = hum(3.0)
    waveform = read(encode(samples, 16_000, kind, subtype))
    assert waveform.samples.dtype == np.float32
    assert waveform.samples.shape == samples.shape
    assert level(waveform.samples - samples) < tolerance
    assert (waveform.source_rate, waveform.source_channels) == (16_000, 1)
    assert [p.kind for p in waveform.problems] == (["lossy"] if kind in ("OGG", "MP3") else [])


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_stays_where_it_is_whatever_the_rate(rate):
    waveform = read(encode(tone(1_000, rate), rate))
    assert waveform.seconds == pytest.approx(3.0, abs=1e-3)
    assert loudest_hertz(waveform) == pytest.approx(1_000, abs=0.5)
    assert level(waveform.samples) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    assert waveform.source_rate == rate


@pytest.mark.parametrize("rate", [44_100, 48_000, 192_000])
@pytest.mark.parametrize("hertz", [10_000, 12_000, 15_900, 20_000])
def test_a_tone_above_8_khz_vanishes_on_resampling(rate, hertz):
    assert level(read(encode(tone(hertz, rate), rate)).samples) < 0.005 * level(tone(hertz, rate))


def test_a_rate_below_16_khz_is_said():
    assert "nothing above 4 kHz" in read(encode(tone(1_000, 8_000), 8_000)).warning


def test_the_channel_is_chosen(hum):
    pair = np.stack([tone(500), tone(2_000)], axis=1)
    for kind in ("WAV", "FLAC"):
        found = [loudest_hertz(read(encode(pair, kind=kind), channel=c)) for c in (0, 1)]
        assert found == pytest.approx([500, 2_000], abs=0.5)
    assert read(encode(pair)).source_channels == 2
    assert loudest_hertz(from_array(pair, 16_000, channel=1)) == pytest.approx(2_000, abs=0.5)


@pytest.mark.parametrize("channel", [-1, 2, 99])
def test_a_channel_that_is_not_there_is_refused(channel):
    pair = np.stack([tone(500), tone(2_000)], axis=1)
    assert "it has 2, counted from 0" in refusal(encode(pair), channel=channel)


def test_path_bytes_open_file_and_array_agree(tmp_path, hum):
    samples = np.round(hum(3.0) * 32768).astype(np.int16)
    path = tmp_path / "clip.wav"
    path.write_bytes(encode(samples, subtype="PCM_16"))
    expected = read(path)
    assert expected.name == str(path)
    with path.open("rb") as file:
        others = [read(str(path)), read(path.read_bytes()), read(file), from_array(samples, 16_000)]
        assert not file.closed
    for other in others:
        assert np.array_equal(other.samples, expected.samples)
    assert read(path, name="upload.wav").name == "upload.wav"


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        ("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"),
        ("W64", "PCM_16"), ("RF64", "PCM_24"), ("AIFF", "PCM_16"), ("AU", "PCM_16"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.4, 0.8])
def test_what_decodes_of_a_cut_off_file_is_kept_and_said(kind, subtype, share, hum):
    whole = read(encode(hum(10.0), 16_000, kind, subtype))
    file = encode(hum(10.0), 16_000, kind, subtype)
    cut = read(file[: int(share * len(file))])
    assert 10 * share - 1.5 < cut.seconds < 10 * share + 0.5
    assert f"only its first {cut.seconds:.1f} s could be read" in cut.warning
    both = slice(0, len(cut.samples) - 2_000)
    assert np.allclose(cut.samples[both], whole.samples[both], atol=1e-6)


def test_of_a_flac_with_a_hole_all_but_the_hole_is_heard(hum):
    whole = read(encode(hum(10.0), kind="FLAC")).samples
    file = bytearray(encode(hum(10.0), kind="FLAC"))
    half = len(file) // 2
    file[half : half + 2_000] = bytes(2_000)
    waveform = read(bytes(file))
    (problem,) = waveform.problems
    assert problem.kind == "damaged"
    assert 4.0 < problem.start < problem.end < 6.0
    assert waveform.seconds == pytest.approx(10.0 - (problem.end - problem.start))
    before, after = round(problem.start * 16_000), round((10.0 - problem.end) * 16_000)
    assert np.array_equal(waveform.samples[: before - 200], whole[: before - 200])
    assert np.array_equal(waveform.samples[-after + 1 :], whole[-after + 1 :])
    assert waveform.position(waveform.seconds) == pytest.approx(10.0)


def test_a_cut_off_mp3_is_kept_and_said(hum):
    file = encode(hum(10.0), kind="MP3", subtype="MPEG_LAYER_III")
    cut = read(file[: len(file) // 2])
    assert 4.0 < cut.seconds < 6.0
    assert "could be read" in cut.warning


def test_a_disk_that_fails_is_not_taken_for_the_end(hum):
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 100_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    assert "Input/output error" in refusal(Failing(encode(hum(10.0))))


def test_a_recording_longer_than_memory_may_be_is_refused(monkeypatch, hum):
    monkeypatch.setattr("mimimi.audio.channel_reader._LONGEST", 3600 / 400)
    assert "longer than 0.0025 hours; cut it in parts" in refusal(encode(hum(10.0)))
    assert read(encode(hum(8.0))).seconds == 8.0


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_a_wav_that_was_streamed_is_whole(size, hum):
    file = bytearray(encode(hum(3.0), subtype="PCM_16"))
    file[4:8] = file[40:44] = struct.pack("<I", size)
    waveform = read(bytes(file))
    assert waveform.seconds == 3.0
    assert waveform.warning is None


def test_clipping_is_said(hum):
    assert "clipped" in from_array(np.clip(20 * hum(3.0), -1, 1), 16_000).warning
    assert from_array(0.9 * hum(3.0) / np.abs(hum(3.0)).max(), 16_000).warning is None


def test_floats_that_were_never_scaled_are_not_called_clipped(hum):
    unscaled = read(encode(hum(3.0) * 32_768, subtype="FLOAT"))
    assert unscaled.warning is None
    assert np.allclose(unscaled.samples, hum(3.0) * 32_768)


def test_apple_lossless_is_read(hum, capfd):
    samples = read(encode(hum(3.0), kind="CAF", subtype="ALAC_16")).samples
    assert len(samples) > 2.9 * 16_000  # of the last packet some is lost between both libraries
    assert np.allclose(samples, hum(3.0)[: len(samples)], atol=2 / 32_768)
    assert capfd.readouterr() == ("", "")


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_of = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_of

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"hello, machine\n" * 50,
        png(),
        np.random.default_rng(0).bytes(5_000),
        b"RIFF",
        b"\0" * 2_000,
    ],
    ids=["text", "png", "random", "four bytes", "zeros"],
)
def test_what_is_no_sound_is_refused(content, tmp_path):
    assert "not a sound file" in refusal(content)
    path = tmp_path / "clip.wav"
    path.write_bytes(content)
    assert str(path) in refusal(path)


@pytest.mark.parametrize(
    ("samples", "word"),
    [
        (np.zeros((0,)), "no sound"),
        (np.zeros(48_000), "silent"),
        (np.full(48_000, 0.25), "silent"),
        (np.full(48_000, np.nan), "no numbers"),
        (np.full(48_000, np.inf), "no numbers"),
        (np.full(48_000, 1e30), "no numbers"),
    ],
    ids=["empty", "silent", "constant offset", "NaN", "infinite", "absurdly loud"],
)
def test_what_holds_no_sound_is_refused(samples, word):
    assert word in refusal(encode(samples, subtype="FLOAT"))
    with pytest.raises(AudioError, match=word):
        from_array(samples, 16_000)


@pytest.mark.filterwarnings("error")
def test_samples_too_large_for_a_float_are_refused_without_a_warning():
    with pytest.raises(AudioError, match="no numbers"):
        from_array(np.full(48_000, 1e300), 16_000)


@pytest.mark.parametrize("rate", [1, 100, 3_999, 400_001, 2_000_000])
def test_an_absurd_sample_rate_is_refused(rate):
    assert f"a sample rate of {rate} Hz" in refusal(encode(tone(1, 16_000), rate))


def test_a_path_without_a_recording_is_refused(tmp_path, monkeypatch):
    assert "no such file" in refusal(tmp_path / "missing.wav")
    assert f"{tmp_path}/*.wav" in refusal(tmp_path)
    (tmp_path / "empty.wav").touch()
    assert "empty" in refusal(tmp_path / "empty.wav")
    assert "cannot be read" in refusal("n" * 5_000 + ".wav")

    def refuse(*_):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "open", refuse)
    assert "you may not read it" in refusal(tmp_path / "empty.wav")


@pytest.mark.parametrize(
    "samples", [np.zeros((2, 2, 2)), np.zeros(9, np.uint8), np.zeros(9, complex), np.float32(1.0)]
)
def test_an_array_that_is_no_recording_is_refused(samples):
    with pytest.raises(AudioError):
        from_array(samples, 16_000)


def test_a_recording_is_known_again_by_the_hash_of_its_file(tmp_path):
    content = encode(tone(500))
    (tmp_path / "clip.wav").write_bytes(content)
    assert recording_hash(tmp_path / "clip.wav") == recording_hash(content)
    assert recording_hash(content) == hashlib.sha256(content).hexdigest()


def test_a_real_recording_has_its_channels_and_ten_seconds(shared):
    clip = shared / "real/mimii/-6_dB_fan/fan/id_00/normal/00000000.flac"
    channels = [read(clip, channel=c) for c in range(3)]
    assert {w.seconds for w in channels} == {10.0}
    assert {w.warning for w in channels} == {None}
    assert not np.array_equal(channels[0].samples, channels[1].samples)
