"""What telephones, browsers and Windows record; made here by FFmpeg's encoders."""

from __future__ import annotations

import io
import os

import av
import numpy as np
import pytest
from phone_files import KINDS, encode

from mimimi.audio import blocks, excerpt, length, read
from mimimi.audio.ffmpeg_decoder import container
from mimimi.errors import AudioError


@pytest.fixture(scope="module")
def sound(hum) -> np.ndarray:
    return hum(6.0)


def lag_and_likeness(samples: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """By how many seconds one sound is later than another, and their correlation there."""
    n = len(samples) + len(other)
    cross = np.fft.irfft(np.fft.rfft(samples, n) * np.conj(np.fft.rfft(other, n)), n)
    lag = int(cross.argmax())
    likeness = float(cross[lag] / np.linalg.norm(samples) / np.linalg.norm(other))
    return (lag - n if lag > n / 2 else lag) / 16_000, likeness


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_heard(kind, sound):
    file = encode(sound, kind)
    waveform = read(file)
    assert waveform.seconds == pytest.approx(6.0, abs=0.15)
    lag, likeness = lag_and_likeness(waveform.samples, sound)
    assert abs(lag) < 0.1  # encoders begin with a frame of their own
    assert likeness > (0.999 if kind.lossless else 0.6)
    kinds = {problem.kind for problem in waveform.problems}
    assert kinds <= {"lossy", "missing_band"}
    assert ("lossy" in kinds) is not kind.lossless
    assert length(file) == pytest.approx(6.0, abs=0.15) or length(file) == np.inf


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_path_bytes_file_and_pieces_agree(kind, sound, tmp_path):
    file = encode(sound, kind)
    path = tmp_path / "recording"  # no ending decides what it is
    path.write_bytes(file)
    whole = np.concatenate(list(blocks(file)))
    with path.open("rb") as opened:
        for source in (path, str(path), opened, io.BytesIO(file)):
            assert np.array_equal(np.concatenate(list(blocks(source))), whole)
        assert not opened.closed
    cut = excerpt(file, 2.0, 1.5, name="a")
    assert cut.seconds == pytest.approx(1.5, abs=1e-3)
    _, likeness = lag_and_likeness(cut.samples, whole[32_000:56_000])
    assert likeness > 0.999


def test_the_first_of_several_sound_tracks_is_taken_and_a_picture_is_passed_over(sound):
    file = encode(sound, KINDS[0], beside=True)
    waveform = read(file)
    assert lag_and_likeness(waveform.samples, sound)[1] > 0.9


def test_a_stereo_recording_has_its_channels(hum):
    both = np.stack([hum(3.0, hertz=300), hum(3.0, hertz=700)], axis=1)
    file = encode(both, KINDS[1])
    for channel in (0, 1):
        waveform = read(file, channel=channel)
        assert waveform.source_channels == 2
        assert lag_and_likeness(waveform.samples, both[:, channel])[1] > 0.999


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_half_a_file_is_heard_or_refused(kind, sound):
    file = encode(sound, kind)
    half = file[: len(file) // 2]
    if kind.container in ("mp4", "3gp"):  # which have their table of contents at the end
        with pytest.raises(AudioError, match="nothing in it can be decoded"):
            read(half)
        return
    cut = read(half)
    assert cut.seconds == pytest.approx(3.0, abs=0.6)
    kinds = {problem.kind for problem in cut.problems}
    assert "cut_off" in kinds or kind.container in ("adts", "amr")  # which are never complete


def test_a_damaged_frame_is_left_out_and_the_rest_is_heard(sound):
    file = bytearray(encode(sound, KINDS[0]))
    half = len(file) // 2
    file[half : half + 600] = b"\xff" * 600
    waveform = read(bytes(file))
    assert waveform.seconds > 5.5
    (damaged,) = [problem for problem in waveform.problems if problem.kind == "damaged"]
    assert 2.0 < damaged.start < damaged.end < 4.0
    assert waveform.position(waveform.seconds) == pytest.approx(6.0, abs=0.15)


PLAYLISTS = [
    b"#EXTM3U\n#EXTINF:10,\n{}\n",
    b"ffconcat version 1.0\nfile '{}'\n",
    b"<?xml version='1.0'?><MPD><BaseURL>{}</BaseURL></MPD>",
    b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na=control:{}\n",
    b"[Reference]\nRef1={}\n",
    b"{}",
]


@pytest.mark.parametrize("text", PLAYLISTS)
@pytest.mark.parametrize("where", ["file", "http"])
def test_no_other_file_and_no_address_is_ever_opened(text, where, sound, tmp_path, monkeypatch):
    import socket

    other = tmp_path / "other.wav"
    other.write_bytes(encode(sound, KINDS[0]))
    before = os.stat(other).st_atime_ns
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("an address was opened"))
    target = str(other) if where == "file" else "http://127.0.0.1:9/other.wav"
    with pytest.raises(AudioError, match="not a sound file"):
        read(text.replace(b"{}", target.encode()))
    assert os.stat(other).st_atime_ns == before


@pytest.mark.parametrize("format", ["avi", "flv", "mpegts", "gif", "nut", "hls", "concat"])
def test_what_is_not_on_the_list_is_not_read(format):
    assert container(format.encode().ljust(12)) is None


def test_a_film_without_sound_is_refused():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(stream.encode(None))
    with pytest.raises(AudioError, match="no sound in it"):
        read(file.getvalue())
