"""Streams by their address: from a camera by RTSP, and by HTTP."""

from __future__ import annotations

import io
import threading
import time

import numpy as np
import pytest
import soundfile
from local_server import Answer, LocalServer

from mimimi.service.sources import address
from mimimi.service.sources.address import Address
from mimimi.service.sources.source import SourceError

NEVER = threading.Event()


def listened(source: Address) -> tuple[list, str]:
    """What a stream gives until it breaks, and why it broke."""
    sounds: list = []
    with pytest.raises(SourceError) as broken:
        sounds.extend(source.read(NEVER))
    return sounds, str(broken.value)


def test_a_camera_is_heard_sample_by_sample(camera, hum):
    sound = hum(3)
    sounds, why = listened(Address(camera(sound, "l16").url, 0))
    samples = np.concatenate([part.samples for part in sounds])
    assert len(samples) > 2.9 * 16_000
    np.testing.assert_allclose(samples, sound[: len(samples)], atol=1e-4)
    assert {part.rate for part in sounds} == {16_000}
    assert "stream has ended" in why


@pytest.mark.parametrize(("codec", "rate"), [("aac", 16_000), ("g711", 8_000)])
def test_what_cameras_code_is_heard_in_its_strength_and_length(camera, hum, codec, rate):
    sound = hum(3)
    sounds, _ = listened(Address(camera(sound, codec).url, 0))
    samples = np.concatenate([part.samples for part in sounds])
    assert {part.rate for part in sounds} == {rate}
    assert len(samples) / rate == pytest.approx(3.0, abs=0.2)
    tones = [
        np.abs(np.fft.rfft(one[:n] * np.hanning(n))) / n
        for one, n in ((sound, 2 * 16_000), (samples[rate // 2 :], 2 * rate))
    ]  # of half a hertz
    np.testing.assert_allclose(tones[1][860:900].max(), tones[0][860:900].max(), rtol=0.05)
    assert abs(tones[1][:4_000].argmax() - tones[0][:4_000].argmax()) <= 1


def test_what_is_lost_of_a_stream_is_known_by_its_times(camera, hum):
    sound = hum(3)
    sounds, _ = listened(Address(camera(sound, "l16", lost=(1.0, 1.5)).url, 0))
    ends = [part.first + len(part.samples) for part in sounds]
    gaps = [after.first - end for end, after in zip(ends, sounds[1:], strict=False)]
    [gap] = [gap for gap in gaps if gap]
    assert gap / 16_000 == pytest.approx(0.5, abs=0.1)
    for part in sounds:
        np.testing.assert_allclose(
            part.samples, sound[part.first : part.first + len(part.samples)], atol=1e-4
        )


@pytest.fixture
def web():
    server = LocalServer()
    yield server
    server.close()


@pytest.mark.parametrize(("form", "subtype"), [("FLAC", "PCM_16"), ("OGG", "VORBIS")])
def test_a_stream_by_http_is_heard(web, hum, form, subtype):
    file = io.BytesIO()
    soundfile.write(file, hum(3), 16_000, format=form, subtype=subtype)
    web.answers["/live"] = [Answer(file.getvalue(), content_type="audio/any")]
    sounds, why = listened(Address(f"{web.url}/live", 0))
    samples = np.concatenate([part.samples for part in sounds])
    assert len(samples) == pytest.approx(48_000, abs=2_000)
    assert np.std(samples) == pytest.approx(np.std(hum(3)), rel=0.1)
    assert "ended" in why


@pytest.mark.parametrize(
    "body",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n",
        b"",
    ],
)
def test_a_playlist_or_nothing_is_no_stream(web, body, monkeypatch):
    monkeypatch.setattr(address, "_TIMEOUT", 1.0)
    web.answers["/live"] = [Answer(body, content_type="application/vnd.apple.mpegurl")]
    sounds, why = listened(Address(f"{web.url}/live", 0))
    assert not sounds
    assert "stream" in why


def test_an_address_leads_to_no_file(web, tmp_path):
    secret = tmp_path / "secret.wav"
    soundfile.write(secret, np.ones(16_000) / 2, 16_000)
    answer = Answer(status=302, headers={"Location": f"file://{secret}"})
    web.answers["/live"] = [answer]
    assert not listened(Address(f"{web.url}/live", 0))[0]


def test_a_stream_that_falls_silent_is_told(web, hum, monkeypatch):
    monkeypatch.setattr(address, "_TIMEOUT", 1.0)
    file = io.BytesIO()
    soundfile.write(file, hum(3), 16_000, format="FLAC")
    web.answers["/live"] = [Answer(file.getvalue(), cut=40_000, stall=True)]
    began = time.monotonic()
    why = listened(Address(f"{web.url}/live", 0))[1]
    web.let_go.set()
    assert why == "the stream has given nothing for 1 s"
    assert time.monotonic() - began < 60  # the server itself would let go after two minutes


def test_nobody_there_is_told_with_the_host_and_without_the_password():
    why = listened(Address("rtsp://user:secret@127.0.0.1:9/x", 0))[1]
    assert why.startswith("127.0.0.1 cannot be reached (")
    assert "secret" not in why
