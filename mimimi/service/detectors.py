"""The detectors that judge, loaded anew once they know more: "this was normal" is heard at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mimimi.detector.detector import Detector
from mimimi.detector.locate import trained
from mimimi.errors import UserError
from mimimi.names import slug
from mimimi.terminal import Log

Load = Callable[[str], Detector]


class Detectors:
    """Detectors by the names that settings give them.

    Args:
        names: of all.
        load: makes one of its name.

    Raises:
        UserError: there is none of a name, or it is damaged.
    """

    def __init__(self, names: Iterable[str], load: Load) -> None:
        self._load = load
        self._stamps = {name: _stamp(name) for name in names}  # before: what comes later is seen
        self._loaded = {name: load(name) for name in self._stamps}

    def __getitem__(self, name: str) -> Detector:
        return self._loaded[name]

    def changed(self, complain: Log) -> Iterator[str]:
        """The names of those that are others since it was asked last; they are loaded."""
        for name, before in self._stamps.items():
            stamp = _stamp(name)
            if stamp in (before, 0):  # 0: it is gone, or just being written
                continue
            self._stamps[name] = stamp
            try:
                self._loaded[name] = self._load(name)
            except (UserError, OSError) as error:
                complain(f"{name}: what it was told is not heard yet ({error})")
                continue
            yield name


def _stamp(name: str) -> int:
    """Another one where a detector on this disk was written anew; 0 for all others."""
    folder = Path(name) if Path(name).is_dir() else trained().get(slug(name))
    try:
        return (folder / "config.json").stat().st_mtime_ns if folder else 0
    except OSError:
        return 0
