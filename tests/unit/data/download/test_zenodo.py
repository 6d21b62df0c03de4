from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from local_server import Answer, LocalServer

from mimimi.data.download import web
from mimimi.data.download.zenodo import published
from mimimi.errors import CorpusError

RECORD = "/api/records/3384388"
NAME = "-6_dB_fan.zip"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    monkeypatch.setattr(web.time, "sleep", lambda seconds: None)
    server = LocalServer()
    server.publish(3384388, {NAME: b"sound", "0_dB_fan.zip": b"other sound"})
    yield server
    server.close()


def refusal(server: str, name: str = NAME) -> str:
    """The one sentence in which one learns that a file cannot be had."""
    with pytest.raises(CorpusError) as caught:
        published(3384388, server)[name]
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_each_file_with_its_size_checksum_and_address(server):
    record = published(3384388, server.url + "/")
    assert set(record) == {NAME, "0_dB_fan.zip"}
    assert record[NAME].size == 5
    assert record[NAME].checksum == "md5:0b8263d341de01f741e4deadfb18f9eb"
    assert record[NAME].url == f"{server.url}{RECORD}/files/{NAME}/content"


def test_a_file_that_the_record_lacks(server):
    assert "has no file 6_dB_fan.zip" in refusal(server.url, "6_dB_fan.zip")


def test_an_answer_without_end(server):
    server.answers[RECORD] = [Answer(b" " * (5 << 20))]
    assert "far too long" in refusal(server.url)


def test_trouble_that_passes(server):
    server.answers[RECORD].insert(0, Answer(status=503))
    server.answers[RECORD].insert(0, Answer(b"{", length=100))
    assert NAME in published(3384388, server.url)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=500),
        Answer(b"<html>maintenance</html>", content_type="text/html"),
        Answer(b"[]"),
        Answer(b"{}"),
        Answer(b"[" * 100_000),
        Answer(b'{"files": [{"key": "-6_dB_fan.zip"}]}'),
        Answer(b'{"files": 3}', length=100),
        Answer(b"\xff\xfe"),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:12]!r}",
)
def test_an_answer_that_is_no_record(server, answer):
    server.answers[RECORD] = [answer]
    assert RECORD in refusal(server.url)


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"size": "10"},
        {"size": 10**400},
        {"size": float("inf")},
        {"checksum": "md5:short"},
        {"checksum": "crc32:" + "0" * 32},
        {"links": {"self": "file:///etc/passwd"}},
        {"links": {"self": "https://a.b/\x1b[2J\n"}},
        {"links": None},
        {"key": f"../../{NAME}"},
        {"key": 3},
    ],
    ids=str,
)
def test_a_record_that_is_not_to_be_trusted(server, change):
    listing = json.loads(server.answers[RECORD][0].body)
    listing["files"][0].update(change)
    server.answers[RECORD] = [Answer(json.dumps(listing).encode())]
    refusal(server.url)


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:x", "http://[", "ftp://a"])
def test_a_server_address_that_is_none(address):
    assert "should begin with https://" in refusal(address)


def test_nobody_there(server):
    server.close()
    assert "could not be fetched" in refusal(server.url)
