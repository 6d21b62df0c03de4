"""What the operations of the REST interface work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from starlette.exceptions import HTTPException

from mimimi import audio, names
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.detector.locate import bundled, trained
from mimimi.errors import AudioError
from mimimi.service.history.history import History
from mimimi.service.history.named import NoHistoryError, named
from mimimi.service.loaded import Loaded
from mimimi.service.settings import ServeSettings


@dataclass(frozen=True)
class Backend:
    """Detectors at hand, the history, and one at a time who judges or learns.

    Args:
        settings: limits.
        history: of the machines that are listened to.
        clips: the folder of the sound that is kept.
        loaded: gives detectors.
        turn: taken by who judges or learns: two at once would take twice as long, and
            twice the room.
    """

    settings: ServeSettings
    history: History
    clips: Path
    loaded: Loaded = field(default_factory=Loaded)
    turn: Lock = field(default_factory=Lock)

    def detectors(self) -> dict[str, Path]:
        """Those that come with MIMIMI and those that were learnt or trained here."""
        return {**trained(), **bundled()}

    def detector(self, name: str) -> Detector:
        """One of them; a folder or one of the Hub is no stranger's to ask for."""
        return self.loaded(self.known(name))

    def known(self, name: str) -> str:
        """The name under which it is kept, of its name or that."""
        known = self.detectors()
        if found := names.meant(name, known):
            return found
        there, proposal = ", ".join(sorted(known)), names.proposal(name, known) or "."
        raise HTTPException(404, f"There is no detector {name!r}; there are {there}{proposal}")

    def machine(self, name: str) -> str:
        """The name of one that is in the history; its slug is taken for it."""
        try:
            return named(self.history, name)
        except NoHistoryError as error:
            raise HTTPException(404, str(error)) from None

    def sound(self, file: BinaryIO, name: str | None, channel: audio.Channel) -> audio.Waveform:
        """A recording that was sent.

        Raises:
            AudioError: it cannot be judged, or lasts longer than may be sent.
        """
        content, called = file.read(), name or "recording"
        most, lasts = self.settings.seconds * SAMPLE_RATE, 0
        for block in audio.blocks(content, channel=channel, name=called):
            lasts += len(block)  # what a header says need not be so
            if lasts > most:
                raise AudioError(
                    f"{called}: lasts longer than {self.settings.seconds:g} s, the most that is "
                    "judged at once; send it in parts."
                )
        return audio.read(content, channel=channel, name=called)
