from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
import soundfile
from local_server import Answer, LocalServer

from mimimi.data.download import remote_clip
from mimimi.data.download.remote_clip import PublishedClip, RemoteArchive, keep
from mimimi.errors import CorpusError

CLIP = PublishedClip("fan", "id_00", "abnormal", 1)
PATH = "/api/records/3384388/files/-6_dB_fan.zip/content"


@pytest.fixture(scope="module")
def sound() -> bytes:
    """As of MIMII: ten seconds, eight channels, 16 bits, noise that hardly packs."""
    file = io.BytesIO()
    noise = np.random.default_rng(0).standard_normal((160_000, 8))
    soundfile.write(file, 0.02 * noise, 16_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture(scope="module")
def archive(sound) -> bytes:
    """Many entries, as published; most of them are empty, but one of each kind."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for machine_id in remote_clip.IDS:
            for number in range(1_000):
                made.writestr(f"fan/{machine_id}/normal/{number:08d}.wav", b"")
            for number in range(400):
                content = sound if number == 1 else b""
                made.writestr(f"fan/{machine_id}/abnormal/{number:08d}.wav", content)
    return file.getvalue()


@pytest.fixture
def server(archive):
    server = LocalServer()
    server.publish(3384388, {CLIP.archive: archive})
    yield server
    server.close()


def refusal(server: LocalServer, clip: PublishedClip = CLIP) -> str:
    with pytest.raises(CorpusError) as caught:
        RemoteArchive(clip.archive, server.url).read(clip)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_clip_costs_itself_and_the_list_of_files(server, archive, sound):
    remote = RemoteArchive(CLIP.archive, server.url)
    directory = server.bytes_sent
    assert remote.read(CLIP) == sound
    assert server.bytes_sent - directory < len(sound) + 200
    assert directory < 150 * 5_600 + 65_536
    assert len(server.requests) == 3  # the end of the archive, the list of files, the clip
    assert server.bytes_sent < 0.35 * len(archive)
    print(f"list {directory} bytes, clip {server.bytes_sent - directory} bytes")


def test_the_numbers_there_are(server):
    sentence = refusal(server, PublishedClip("fan", "id_02", "abnormal", 400))
    assert "has 400 abnormal recordings of fan id_02, number 0 to 399" in sentence


def test_a_server_without_ranges_is_not_asked_for_gigabytes(server, archive):
    server.answers[PATH] = [Answer(archive * 20, ranges=False)]
    assert "only as a whole" in refusal(server)
    assert server.bytes_sent < 20 * len(archive)
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", range(3))
@pytest.mark.parametrize("trouble", [{"cut": 1_000}, {"cut": 1_000, "reset": True}], ids=str)
def test_a_connection_that_breaks_off(server, archive, answer, trouble):
    server.answers[PATH] = [Answer(archive)] * answer + [Answer(archive, **trouble)]
    assert "could not be read from Zenodo" in refusal(server)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=503),
        Answer(bytes(200_000)),
        Answer(b"<html>log in</html>", ranges=False, content_type="text/html"),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:6]!r}",
)
def test_an_answer_that_is_no_archive(server, answer):
    server.answers[PATH] = [answer]
    refusal(server)


def test_a_damaged_clip_is_no_clip(server, archive, sound):
    at = archive.index(b"fan/id_00/abnormal/00000001.wav") + 10_000
    server.answers[PATH] = [Answer(archive[:at] + b"damage" + archive[at + 6 :])]
    assert "could not be read" in refusal(server)


def test_silence_is_not_waited_for(server, archive, monkeypatch):
    monkeypatch.setattr(remote_clip, "TIMEOUT", (0.5, 0.5))
    server.answers[PATH] = [Answer(archive, cut=100, stall=True)]
    assert "could not be read" in refusal(server)


def test_nobody_there(server):
    server.close()
    assert "needs none" in refusal(server)


def test_the_cache_is_whole_or_not_at_all(tmp_path, monkeypatch, sound):
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path))
    keep(CLIP, sound)
    assert CLIP.cached.read_bytes() == sound
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [CLIP.cached]
    monkeypatch.setenv("MIMIMI_HOME", "/dev/null/nowhere")
    keep(CLIP, sound)
