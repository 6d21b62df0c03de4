"""What a record on Zenodo publishes: its files, their sizes and checksums."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from mimimi.data.download.fetch import RemoteFile
from mimimi.data.download.web import PAUSES, BrokenOff, Patience, ask, read_some
from mimimi.errors import CorpusError

ZENODO = "https://zenodo.org"
LARGEST_ANSWER = 4 << 20  # bytes
ADDRESS = re.compile(r"https?://[!-~]+")
LARGEST_FILE = 1 << 50  # bytes
CHECKSUM = re.compile(r"md5:[0-9a-f]{32}", re.IGNORECASE)


class Record(dict[str, RemoteFile]):
    """The files of a record by their names."""

    def __init__(self, url: str, files: dict[str, RemoteFile]) -> None:
        super().__init__(files)
        self.url = url

    def __missing__(self, name: str) -> RemoteFile:
        raise CorpusError(
            f"{self.url} has no file {name}; the data set may have changed, update mimimi."
        )


def published(
    record: int, server: str = ZENODO, say: Callable[[str], None] = lambda line: None
) -> Record:
    """Ask which files a record has.

    Args:
        record: its number.
        server: base address.
        say: told when the server is asked again.

    Returns:
        The files by name. Names, addresses and sizes are the server's word: nothing is written
        under a name that was not asked for.

    Raises:
        CorpusError: no answer, or one that is no list of files.
    """
    url = f"{server.rstrip('/')}/api/records/{record}"
    patience = Patience(url, say, pauses=PAUSES[:2])  # nothing is lost yet: give up sooner
    while True:
        try:
            answer = _body(url)
            break
        except BrokenOff as failure:
            patience.after(failure)
    try:
        files = [_remote_file(entry) for entry in json.loads(answer)["files"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorpusError(
            f"{url} did not answer with a list of files; look whether the page opens in a browser, "
            "and try again later."
        ) from error
    return Record(url, {file.name: file for file in files})


def _body(url: str) -> bytes:
    body = b""
    with ask(url, {"Accept": "application/json"}) as response:
        while block := read_some(response, LARGEST_ANSWER):
            body += block
            if len(body) > LARGEST_ANSWER:
                raise BrokenOff("the answer is far too long")
    return body


def _remote_file(entry: dict[str, Any]) -> RemoteFile:
    url, size, checksum = entry["links"]["self"], entry["size"], entry["checksum"]
    if not (isinstance(size, int) and 0 < size < LARGEST_FILE):
        raise ValueError(f"size {size!r}")
    if not (ADDRESS.fullmatch(url) and CHECKSUM.fullmatch(checksum)):
        raise ValueError(f"{url!r}, checksum {checksum!r}")
    return RemoteFile(str(entry["key"]), url, size, checksum)
