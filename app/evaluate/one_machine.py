"""Recordings of one machine, each said here to be of it running well, or faulty."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from evaluate.source import Ready, Source
from guard import room
from mimimi.data.recording import Label, Recording
from mimimi.names import cleaned, slug
from state import clips, keys, visits
from texts import on_evaluate

if TYPE_CHECKING:
    from state.detectors import Known

_ASKED: dict[Label, str] = {"normal": on_evaluate.IT_RAN_WELL, "anomaly": on_evaluate.IT_WAS_FAULTY}


def choose(machine: Known) -> Source | None:
    """Ask for both kinds, and which machine it was; None while there is neither.

    Args:
        machine: one, or several of which one is asked for.
    """
    st.markdown(on_evaluate.OF_ONE_MACHINE)
    machine_id = _which(machine)
    given = {}
    for place, (label, text) in zip(st.columns(2, border=True), _ASKED.items(), strict=True):
        given[label] = place.file_uploader(
            text,
            clips.formats(),
            accept_multiple_files=True,
            key=keys.of(keys.TRIED_CLIPS, machine.name, label),
        )
    count = sum(map(len, given.values()))
    if not count:
        return None
    st.caption(on_evaluate.have_come(len(given["normal"]), len(given["anomaly"])))
    if machine_id is None:
        st.info(on_evaluate.NOW_THE_MACHINE, icon=":material/help:")
        return None
    return Source(on_evaluate.recordings(count), labelled=given, machine_id=machine_id)


def _which(machine: Known) -> str | None:
    if len(machine.ids) == 1:
        return machine.ids[0]
    machine_id: str | None = st.selectbox(
        on_evaluate.WHICH_MACHINE,
        machine.ids,
        index=None,
        placeholder="Choose",
        key=keys.of(keys.TRIED_ID, machine.name),
    )
    if machine.group == "demo":
        st.caption(on_evaluate.OF_A_DEMO_MACHINE)
    return machine_id


def keep(source: Source, machine_type: str) -> Ready:
    """Have them on disk, to be listened to afterwards.

    Args:
        source: as chosen.
        machine_type: of the detector that is tried.

    Raises:
        UserError: this installation is full.
    """
    room.require(sum(file.size for files in source.labelled.values() for file in files))
    place = TemporaryDirectory(dir=visits.folder())
    found = []
    for label, files in source.labelled.items():
        for number, file in enumerate(files):
            path = Path(place.name) / label / str(number) / _safe(file.name)
            path.parent.mkdir(parents=True)
            path.write_bytes(file.getbuffer())
            found.append(Recording(path, machine_type, source.machine_id, label, "", source.name))
    return Ready([Path(place.name)], place, found)


def _safe(name: str) -> str:
    """A name that any disk takes, with the ending that says how the file is read."""
    stem, _, ending = name.rpartition(".")
    return ".".join(filter(None, (cleaned(stem) or "clip", slug(ending))))
