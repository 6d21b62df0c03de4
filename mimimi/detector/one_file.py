"""A detector as one file: a ZIP of what its folder holds, to be taken along and taken in."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from mimimi.detector.checkpoint import CONFIG, LARGEST, WEIGHTS
from mimimi.detector.detector import Detector
from mimimi.errors import DetectorError

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same detector is the same file, whenever it is packed
_MOST_FILES = 50


def pack(detector: Detector) -> bytes:
    """A detector as the bytes of one ZIP file.

    Example:
        >>> from mimimi.simulate import simulate_clip
        >>> sounds = [(simulate_clip("fan", clip=n), 16_000) for n in range(3)]
        >>> unpack(pack(Detector.learn("roof fan", sounds, "fan"))).ids
        ('roof fan',)
    """
    content = io.BytesIO()
    with TemporaryDirectory() as place, zipfile.ZipFile(content, "w") as archive:
        detector.save_pretrained(place)
        for name in LARGEST:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (Path(place) / name).read_bytes())
    return content.getvalue()


def unpack(content: bytes, name: str = "The file") -> Detector:
    """A detector from such a file, which anybody may have made.

    Configuration and weights are read, whichever folder of the archive they lie in, and checked as
    any other; all else is left alone. Its card is written anew when it is saved.

    Args:
        content: of the file.
        name: that messages call it.

    Raises:
        DetectorError: it is no such file, damaged, or holds no detector.
    """
    with TemporaryDirectory() as place:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for entry in _entries(archive, name):
                    (Path(place) / Path(entry.filename).name).write_bytes(_read(archive, entry))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError,
                RuntimeError) as error:  # fmt: skip
            raise DetectorError(f"{name} is no ZIP of a detector, or a damaged one.") from error
        try:
            return Detector.from_pretrained(Path(place))
        except DetectorError as error:
            raise DetectorError(str(error).replace(f"{place}/", f"{name}: ")) from error


def _entries(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    found = [e for e in archive.infolist() if Path(e.filename).name in (CONFIG, WEIGHTS)]
    names = [Path(entry.filename).name for entry in found]
    if sorted(names) != sorted((CONFIG, WEIGHTS)) or len(archive.infolist()) > _MOST_FILES:
        raise DetectorError(
            f"{name} holds no detector: it needs one {CONFIG} and one {WEIGHTS}, as the page "
            "Models downloads them."
        )
    return found


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry, whatever size the archive's list says it has."""
    most = LARGEST[Path(entry.filename).name]
    with archive.open(entry) as packed:
        content = packed.read(most + 1)
    if len(content) > most:
        raise ValueError("too large")
    return content
