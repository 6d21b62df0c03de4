"""Fetch one large file over a connection that may break: whole and verified, or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.data.download.disk import size_text
from mimimi.data.download.partial import Partial
from mimimi.data.download.web import BrokenOff, Patience, RangeRefused, ask, read_some
from mimimi.errors import CorpusError

if TYPE_CHECKING:
    from requests import Response

BLOCK = 1 << 20  # bytes
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)$")


@dataclass(frozen=True)
class RemoteFile:
    """A file as its publisher describes it."""

    name: str  # a plain name, no folders
    url: str
    size: int  # bytes
    checksum: str  # "md5:0123..." or another algorithm of hashlib


def fetch(
    file: RemoteFile,
    folder: Path,
    *,
    say: Callable[[str], None] = lambda line: None,
    on_bytes: Callable[[int], None] = lambda done: None,
) -> Path:
    """Fetch a file, going on with what an earlier attempt left.

    A broken connection is taken up again by a range request (RFC 9110, section 14), made with
    If-Range so that a file that changed meanwhile begins anew; so does one whose server knows no
    ranges. There is no end to broken connections as long as each brings the file further. The
    caller sees to it that nobody else fetches the same file into the same folder.

    Args:
        file: what to fetch; its size and checksum decide whether it is whole.
        folder: an existing folder. While the file is not whole it is called `NAME.part`.
        say: told, a sentence at a time, what went wrong and is tried again.
        on_bytes: told how many bytes of the file are there.

    Returns:
        The whole file, `folder / file.name`.

    Raises:
        CorpusError: it cannot be fetched, or what came is not what was published.
        OSError: the folder cannot be written to; what was fetched is kept.

    Example:
        >>> fetch(RemoteFile("a.zip", "file:///etc/hosts", 1, "md5:0"), Path("."))
        Traceback (most recent call last):
        mimimi.errors.CorpusError: file:///etc/hosts is no web address; it should begin with https://.
    """
    whole = folder / file.name
    if whole.exists():
        if is_whole(whole, file):
            return whole
        whole.unlink()
    partial = Partial(whole, file.size, file.checksum)
    patience = Patience(file.name, say, reached=partial.size)
    while partial.size < file.size:
        try:
            _receive(file, partial, on_bytes)
        except BrokenOff as failure:
            patience.after(failure, partial.size)
    say(f"{file.name} is there, its checksum is compared.")
    if not is_whole(partial.path, file):
        partial.discard()
        raise CorpusError(
            f"{file.name} did not arrive as it was published (its checksum differs) and was "
            "thrown away; give the same command again."
        )
    return partial.finish()


def is_whole(path: Path, file: RemoteFile) -> bool:
    """Tell whether a file on the disk has the size and the checksum that were published."""
    if path.stat().st_size != file.size:
        return False
    algorithm, _, published = file.checksum.partition(":")
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest() == published.lower()


def _receive(file: RemoteFile, partial: Partial, on_bytes: Callable[[int], None]) -> None:
    """Make one connection, and add what comes to the partial file."""
    headers = {}
    if partial.size:
        headers["Range"] = f"bytes={partial.size}-"
        if partial.validator:
            headers["If-Range"] = partial.validator
    try:
        response = ask(file.url, headers)
    except RangeRefused:
        partial.discard()
        raise
    with response:
        if response.status_code == 206:
            _check_range(response, file, partial)
        else:
            _check_offer(response, file)
            partial.begin(_validator(response))
        done = partial.size
        on_bytes(done)
        with partial.appending() as content:
            while block := read_some(response, min(BLOCK, file.size - done)):
                content.write(block)
                done += len(block)
                on_bytes(done)
    if done < file.size:
        raise BrokenOff(f"broke off after {size_text(done)} of {size_text(file.size)}")


def _check_range(response: Response, file: RemoteFile, partial: Partial) -> None:
    """Bytes from elsewhere, or of another version, must not be added to what is there."""
    match = CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    fits = (
        match is not None
        and int(match[1]) == partial.size
        and match[2] in ("*", str(file.size))
        and _validator(response) in ("", partial.validator)
    )
    if not fits:
        partial.discard()
        raise BrokenOff("the server sent another part than was asked for, so it begins anew")


def _check_offer(response: Response, file: RemoteFile) -> None:
    """An answer that cannot be the file, such as a log-in page, must not cost what is there."""
    length = response.headers.get("Content-Length", str(file.size))
    if length != str(file.size):
        raise BrokenOff(f"the server offers {length!r} bytes where {file.size} were published")
    if response.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise BrokenOff("the server sent a web page in its place")


def _validator(response: Response) -> str:
    """What an If-Range may hold: a strong ETag, or the date (RFC 9110, section 13.1.5)."""
    tag: str = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
