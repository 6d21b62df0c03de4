"""One clip of MIMII out of an archive on Zenodo, of which no more is fetched than that needs."""

from __future__ import annotations

import os
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mimimi.data.download.public_sets import RECORDS
from mimimi.data.download.web import session
from mimimi.data.download.zenodo import ZENODO
from mimimi.errors import CorpusError
from mimimi.files import home

IDS = ("id_00", "id_02", "id_04", "id_06")
SNR = -6  # dB, the noise level the bundled detectors were trained on
TIMEOUT = (5.0, 10.0)  # s, to connect and of silence: somebody is waiting
LARGEST = 16 << 20  # bytes of an answer; a clip has 2.6 MB, the list of an archive 1 MB


@dataclass(frozen=True)
class PublishedClip:
    """A recording of MIMII: ten seconds of a real machine, eight channels.

    Example:
        >>> PublishedClip("fan", "id_00", "abnormal", 12).path
        'fan/id_00/abnormal/00000012.wav'
    """

    machine_type: str
    machine_id: str
    condition: Literal["normal", "abnormal"]
    number: int

    @property
    def path(self) -> str:
        """Where it lies in its archive, and in the cache."""
        return f"{self.machine_type}/{self.machine_id}/{self.condition}/{self.number:08d}.wav"

    @property
    def archive(self) -> str:
        """The archive's name."""
        return f"{SNR}_dB_{self.machine_type}.zip"

    @property
    def cached(self) -> Path:
        """Where it is kept once it was fetched."""
        return home() / "examples" / self.archive.removesuffix(".zip") / self.path


class RemoteArchive:
    """A published ZIP archive, read in parts by HTTP range requests; threads take turns.

    Its list of files is fetched at once, the files one by one as they are asked for.

    Args:
        name: of the archive, such as "-6_dB_fan.zip".
        zenodo: base address of the server; default MIMIMI_ZENODO or zenodo.org.

    Raises:
        CorpusError: no connection, a server that does not hand out parts, or no archive.
    """

    def __init__(self, name: str, zenodo: str | None = None) -> None:
        from remotezip import RemoteZip

        server = (zenodo or os.environ.get("MIMIMI_ZENODO") or ZENODO).rstrip("/")
        self.name, self._turn = name, threading.Lock()
        client = session(attempts=2)
        client.hooks["response"].append(_refuse_the_whole)
        url = f"{server}/api/records/{RECORDS['mimii']}/files/{name}/content"
        with _one_sentence(name):
            self._zip = RemoteZip(url, session=client, timeout=TIMEOUT)

    def read(self, clip: PublishedClip) -> bytes:
        """Fetch a clip; its checksum is compared.

        Raises:
            CorpusError: there is none of this number, or it did not come whole.
        """
        folder = clip.path.rpartition("/")[0]
        there = sorted(name for name in self._zip.namelist() if name.startswith(f"{folder}/0"))
        if clip.path not in there:
            raise CorpusError(
                f"MIMII has {len(there)} {clip.condition} recordings of {clip.machine_type} "
                f"{clip.machine_id}, number 0 to {len(there) - 1}; choose one of them."
            )
        entry = self._zip.getinfo(clip.path)
        if max(entry.file_size, entry.compress_size) > LARGEST:
            raise CorpusError(f"{clip.path} in {self.name} is far too large for a recording.")
        with self._turn, _one_sentence(self.name):
            content: bytes = self._zip.read(entry)
        return content


def keep(clip: PublishedClip, content: bytes) -> None:
    """Put a clip into the cache, whole or not at all; without room there is no cache."""
    with suppress(OSError):
        clip.cached.parent.mkdir(parents=True, exist_ok=True)
        part = clip.cached.with_suffix(f".{threading.get_ident()}.part")
        part.write_bytes(content)
        part.replace(clip.cached)


def _refuse_the_whole(response: Any, *args: Any, **kwargs: Any) -> None:
    """Before anything of a body is read: a part was asked for, never gigabytes."""
    length = response.headers.get("Content-Length", "")
    whole = response.status_code == 200
    too_much = response.ok and not (length.isdecimal() and int(length) <= LARGEST)
    if whole or too_much:
        response.close()
        raise CorpusError(
            "The server offers the archive only as a whole, which is too large to fetch for one "
            "recording; use `python -m mimimi download`, or a simulated example."
        )


@contextmanager
def _one_sentence(name: str) -> Iterator[None]:
    """Whatever befalls a connection or an archive becomes one `CorpusError`."""
    from remotezip import RemoteZipError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (
        OSError,  # those of requests are
        HTTPError,
        RemoteZipError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        ValueError,
    ) as error:
        raise CorpusError(
            f"{name} could not be read from Zenodo ({type(error).__name__}); look after the "
            "network and try again, or take a simulated example, which needs none."
        ) from error
