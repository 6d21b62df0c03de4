"""Labelled recordings to try a detector on: simulated, dropped, in a ZIP, or in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from evaluate import one_machine
from evaluate.source import Ready, Source
from guard import room
from mimimi import deployment
from mimimi.config import MACHINE_TYPES
from mimimi.errors import UserError
from mimimi.files import home
from mimimi.names import slug
from state import device, keys, visits
from texts import on_evaluate

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from state.detectors import Known

SIMULATED, OWN = "Simulated clips", "My recordings"
ZIP, FOLDER = "A ZIP of recordings", "A folder"
_CLIPS_A_MINUTE = 6  # of the usual length; as long as so many clips are, recordings may be
CLIPS = 5  # normal ones of each of four simulated machines, and as many faulty ones


def choose(tried: Known | None) -> Source | None:
    """Ask; None while something is lacking.

    Args:
        tried: the one detector that is; None: several.
    """
    ways = [SIMULATED, *([OWN] if tried else []), ZIP, *([] if deployment.shared() else [FOLDER])]
    if st.session_state.get(keys.TRIED_ON) not in ways:
        st.session_state[keys.TRIED_ON] = SIMULATED
    way = st.segmented_control("On which recordings?", ways, key=keys.TRIED_ON, required=True)
    if way == OWN and tried:
        return one_machine.choose(tried)
    if way == FOLDER:
        folder = st.text_input(
            "Folder on this computer",
            key=keys.TRIED_FOLDER,
            placeholder="/data/fans",
            help=on_evaluate.LAYOUTS,
        ).strip()
        return Source(folder, folder=Path(folder).expanduser()) if folder else None
    if way == ZIP:
        archive = st.file_uploader(
            "ZIP of labelled recordings", device.accepted(["zip"]), key=keys.TRIED_ZIP
        )
        st.caption(on_evaluate.LAYOUTS)
        return Source(archive.name, archive=archive) if archive else None
    st.caption(on_evaluate.AT_HAND)
    return Source("simulated clips")


def fetch(source: Source, machine_types: Sequence[str]) -> Ready:
    """Have the recordings on disk.

    Args:
        source: as chosen.
        machine_types: to be simulated.

    Raises:
        UserError: no such machine can be simulated, or the archive is not to be unpacked.
    """
    if source.labelled:
        return one_machine.keep(source, machine_types[0])
    if source.archive:
        place = TemporaryDirectory(dir=visits.folder())  # to be listened to afterwards
        return Ready([_unpacked(source.archive, Path(place.name))], place)
    if source.folder:
        return Ready([source.folder])
    return Ready([_simulated(machine_type) for machine_type in machine_types])


def require_allowed(clips: int, seconds: float) -> None:
    """Refuse more recordings, or more sound, than a visitor may have judged here.

    Args:
        clips: recordings.
        seconds: of sound in them, as their headers say.

    Raises:
        UserError: they are too many, or too long.
    """
    limits = deployment.limits()
    if limits.clips is not None and clips > limits.clips:
        raise UserError(on_evaluate.too_many(clips, limits.clips))
    if limits.minutes is not None:
        minutes = max(limits.minutes, (limits.clips or 0) / _CLIPS_A_MINUTE)
        if seconds > 60 * minutes:
            raise UserError(on_evaluate.too_long(seconds / 60, minutes))


def _simulated(machine_type: str) -> Path:
    """Made once for all visitors; a click in the middle waits until they are there."""
    from mimimi.files import made_once
    from mimimi.simulate import VERSION, write_corpus

    if machine_type not in MACHINE_TYPES:
        raise UserError(f"No {machine_type} can be simulated; give recordings.")
    with st.spinner(f"Simulating recordings of a {machine_type} …"):
        return made_once(
            home() / "simulated" / f"tests-{VERSION}-{CLIPS}" / machine_type,
            lambda folder: write_corpus(folder, types=[machine_type], clips=0, tests=CLIPS),
        )


def _unpacked(archive: UploadedFile, place: Path) -> Path:
    from mimimi.data.archive import unpack_recordings

    room.require(archive.size)
    megabytes = deployment.limits().megabytes
    folder = place / (slug(Path(archive.name).stem) or "recordings")
    file = folder.with_suffix(".zip")
    file.write_bytes(archive.getbuffer())
    unpack_recordings(file, folder, None if megabytes is None else megabytes * 1e6)
    file.unlink()
    return folder
