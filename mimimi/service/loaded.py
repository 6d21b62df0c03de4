"""Detectors by name, each loaded once, and again when it has changed on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from mimimi.detector.checkpoint import CONFIG
from mimimi.detector.detector import Detector
from mimimi.detector.locate import bundled, trained
from mimimi.errors import DetectorError
from mimimi.names import slug

Load = Callable[[str], Detector]


class Loaded:
    """Gives detectors; one that was told something meanwhile is given as it is now.

    Args:
        load: makes a detector of its name.
    """

    def __init__(self, load: Load = Detector.from_pretrained) -> None:
        self._load = load
        self._kept: dict[str, tuple[int | None, Detector]] = {}
        self._lock = Lock()

    def __call__(self, name: str) -> Detector:
        """The detector of a name.

        Raises:
            DetectorError: there is none, or it is damaged and never was whole.
        """
        with self._lock:
            stamp, known = _stamp(name), self._kept.get(name)
            if known and (stamp is None or known[0] == stamp):
                return known[1]
            try:
                detector = self._load(name)
            except DetectorError:  # being written at this moment, or gone
                if known:
                    return known[1]
                raise
            self._kept[name] = stamp, detector
            return detector


def _stamp(name: str) -> int | None:
    """When its configuration, which is written last, was written; None where that is not here."""
    folder = Path(name)
    if not (folder / CONFIG).is_file():  # of recordings, it hides no detector
        folder = bundled().get(name) or trained().get(slug(name)) or folder
    try:
        return (folder / CONFIG).stat().st_mtime_ns
    except OSError:
        return None
