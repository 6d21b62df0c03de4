"""What the tests of fetching share: a published file, and the sentence that a fetch ends with."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from local_server import Answer, LocalServer

from mimimi.data.download.fetch import RemoteFile, fetch
from mimimi.errors import CorpusError

BODY = random.Random(0).randbytes(100_000)
OTHER = random.Random(1).randbytes(100_000)
PATH = "/fan.zip"


def remote(server: LocalServer, *answers: Answer, body: bytes = BODY) -> RemoteFile:
    server.answers[PATH] = list(answers)
    checksum = f"md5:{hashlib.md5(body).hexdigest()}"
    return RemoteFile("fan.zip", server.url + PATH, len(body), checksum)


def ranges(server: LocalServer) -> list[str | None]:
    return [request.headers.get("Range") for request in server.asked(PATH)]


def refusal(file: RemoteFile, folder: Path) -> str:
    """The one sentence that a fetch ends with; nothing passes for the whole file."""
    with pytest.raises(CorpusError) as caught:
        fetch(file, folder)
    assert not (folder / file.name).exists()
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def leave_part(server: LocalServer, folder: Path, count: int = 40_000) -> RemoteFile:
    """A fetch that was given up after so many bytes."""
    file = remote(server, Answer(BODY, cut=count), Answer(status=503))
    refusal(file, folder)
    assert (folder / "fan.zip.part").read_bytes() == BODY[:count]
    server.requests.clear()
    return file
