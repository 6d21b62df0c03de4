"""Where labelled recordings come from, and what they are on disk."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from mimimi.data.recording import Label, Recording


@dataclass(frozen=True)
class Source:
    """Where recordings come from; simulated ones where nothing but a name is said."""

    name: str  # in words
    folder: Path | None = None
    archive: UploadedFile | None = None
    labelled: Mapping[Label, Sequence[UploadedFile]] = field(default_factory=dict)  # of one machine
    machine_id: str = ""  # that one

    @property
    def identity(self) -> Hashable:
        """By what to know whether it is still the same that is asked for."""
        files = {label: tuple(f.file_id for f in some) for label, some in self.labelled.items()}
        archive = self.archive and self.archive.file_id
        return self.name, self.folder, archive, frozenset(files.items()), self.machine_id


@dataclass(frozen=True)
class Ready:
    """Folders that can be listed, or what is known of their recordings already."""

    roots: list[Path]
    place: TemporaryDirectory[str] | None = None
    recordings: list[Recording] = field(default_factory=list)

    def shown(self, text: str) -> str:
        """A sentence without the folder that uploaded files lie in for a while."""
        return text.replace(f"{self.place.name}/", "") if self.place else text
