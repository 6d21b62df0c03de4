"""Recordings of one's own machines: a name each, files, a ZIP, or the microphone."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import recorder
from guard.choices import any_text
from guard.room import require
from mimimi import deployment
from mimimi.config import MACHINE_TYPES
from mimimi.data import collection
from mimimi.errors import UserError
from mimimi.files import home
from mimimi.simulate.other_machines import others
from state import clips, keys, visits
from texts import on_train
from texts.formats import plain

_ANOTHER = "another kind"


@dataclass(frozen=True)
class Collected:
    """A collection, and the folders that a detector is trained on."""

    name: str
    roots: tuple[Path, ...]


def collect() -> Collected | None:
    """Ask for recordings and show what there is; None while there is nothing."""
    st.markdown(on_train.HOW_TO_RECORD)
    folder = _folder()
    row = st.container(horizontal=True)
    machine_type = _machine_type(folder, row)
    machine = row.text_input(
        "Name of the machine",
        key=keys.MACHINE_NAME,
        placeholder="such as pump 3",
        help=on_train.HELP_OF_MACHINE_NAME,
        live=True,
    ).strip()
    _add(folder, machine_type, machine)
    there = collection.machines(folder)
    for known in there:
        line = st.container(horizontal=True, vertical_alignment="center")
        line.markdown(
            f":material/mic: **{known.name}**: {known.minutes:.1f} min in {known.clips} recordings",
            width="content",
        )
        line.button(
            "Remove",
            key=f"remove_{known.name}",
            icon=":material/delete:",
            on_click=collection.remove,
            args=(folder, known.name),
        )
    if not there:
        return None
    roots = [folder]
    if len(there) == 1 and st.checkbox(on_train.COST_OF_SIMULATED, key=keys.WITH_SIMULATED):
        roots.append(_others(machine_type))
    return Collected(folder.name, tuple(roots))


def _folder() -> Path:
    """Machines that are told apart belong together; on a shared installation to one visitor."""
    if deployment.shared():
        name: str = st.session_state.setdefault(keys.COLLECTION, f"visitor-{secrets.token_hex(4)}")
        return visits.folder() / name
    return home() / "recordings" / _collection()


def _collection() -> str:
    kept = home() / "recordings"
    names = sorted(path.name for path in kept.iterdir()) if kept.is_dir() else []
    names = [name for name in names if collection.machine_type_of(kept / name)]
    chosen = st.selectbox(
        "Collection",
        names or ["my-machines"],
        key=keys.COLLECTION,
        accept_new_options=True,
        format_func=any_text,
        help=on_train.HELP_OF_COLLECTION,
    )
    try:
        return collection.machine_name(chosen or "my-machines")
    except UserError:
        return "my-machines"


def _machine_type(folder: Path, row: DeltaGenerator) -> str:
    known = collection.machine_type_of(folder)
    options = [known] if known else [*MACHINE_TYPES, _ANOTHER]
    chosen = row.selectbox("Kind of machine", options, key=keys.of(keys.MACHINE_KIND, folder.name))
    if chosen and chosen != _ANOTHER:
        return chosen
    said = row.text_input("Which kind?", key=keys.ANOTHER_KIND, placeholder="such as grinder")
    try:
        return collection.machine_name(said)
    except UserError:
        return "machine"


def _add(folder: Path, machine_type: str, machine: str) -> None:
    """Take in what is uploaded or recorded; the uploader is emptied afterwards."""
    said = st.empty()
    left, right = st.columns(2, border=True)
    with left:
        count = st.session_state.setdefault(keys.UPLOADS_TAKEN, 0)
        files = st.file_uploader(
            "Recordings, or a ZIP with a folder for each machine",
            [*clips.FORMATS, "zip"],
            accept_multiple_files=True,
            key=keys.of(keys.OWN_UPLOADS, count),
            disabled=not machine,
        )
    with right:
        if not machine:
            st.caption(on_train.NAME_FIRST)
        elif recording := recorder.record(keys.OWN_RECORDER, on_recording=lambda recording: None):
            _take_in(folder, machine_type, machine, [("recording.wav", recording.wav)])
    if files:
        contents = [(file.name, file.getvalue()) for file in files]
        _take_in(folder, machine_type, machine, contents)
        st.session_state[keys.UPLOADS_TAKEN] = count + 1
        st.rerun()
    if refused := st.session_state.pop(keys.UPLOADS_REFUSED, []):
        said.error("  \n".join(map(plain, refused)), icon=":material/block:")


def _take_in(folder: Path, machine_type: str, machine: str, files: list[tuple[str, bytes]]) -> None:
    refused: list[str] = []
    bar = st.progress(0.0)
    for number, (name, content) in enumerate(files):
        bar.progress(number / len(files), f"Taking in {plain(name)} …")
        try:
            require(len(content))
            room = _room(folder, len(content))
            if name.lower().endswith(".zip"):
                with tempfile.TemporaryDirectory(dir=visits.folder()) as place:
                    archive = Path(place) / Path(name).name
                    archive.write_bytes(content)
                    collection.add_zip(folder, machine_type, machine, archive, most_bytes=room)
            else:
                collection.add(folder, machine_type, machine, name, content, most_bytes=room)
        except UserError as error:
            refused.append(str(error))
    bar.empty()
    st.session_state[keys.UPLOADS_REFUSED] = refused


def _room(folder: Path, size: int) -> float | None:
    """Bytes that may still be added.

    Raises:
        UserError: there is no room for so many.
    """
    most = deployment.limits().megabytes
    if most is None:
        return None
    left = most * 1e6 - sum(path.stat().st_size for path in folder.rglob("*.wav"))
    if size > left:
        raise UserError(on_train.no_room(most))
    return left


def _others(machine_type: str) -> Path:
    place = st.empty()

    def tell(done: int, total: int) -> None:
        place.progress(done / total, f"Making simulated machines: {done} of {total} recordings")

    made = others(home() / "simulated", machine_type, tell)
    place.empty()
    return made
