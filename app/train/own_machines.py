"""Recordings of one's own machines: files, a ZIP, or the microphone; whose they are comes after."""

from __future__ import annotations

import secrets
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import recorder
from guard.choices import any_text
from mimimi import deployment
from mimimi.config import MACHINE_TYPES
from mimimi.data import collection
from mimimi.errors import UserError
from mimimi.files import home
from state import clips, device, keys, visits
from texts import on_train
from train import collected, waiting

_ANOTHER = "another kind"


def collect() -> Path | None:
    """Ask for recordings and show what there is; the folder, None while it is empty."""
    st.markdown(on_train.HOW_TO_RECORD)
    row = st.container(horizontal=True)
    folder = _folder(row)
    machine_type = _machine_type(folder, row)
    _add(folder, machine_type)
    waiting.ask(folder, machine_type)
    return folder if collected.show(folder) else None


def _folder(row: DeltaGenerator) -> Path:
    """Machines that are told apart belong together; on a shared installation to one visitor."""
    if deployment.shared():
        name: str = st.session_state.setdefault(keys.COLLECTION, f"visitor-{secrets.token_hex(4)}")
        return visits.folder() / name
    return home() / "recordings" / _collection(row)


def _collection(row: DeltaGenerator) -> str:
    kept = home() / "recordings"
    names = sorted(path.name for path in kept.iterdir()) if kept.is_dir() else []
    names = [name for name in names if collection.machine_type_of(kept / name)]
    chosen = row.selectbox(
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


def _add(folder: Path, machine_type: str) -> None:
    """Uploader and microphone; the uploader is emptied afterwards."""
    left, right = st.columns(2, border=True)
    with left:
        count = st.session_state.setdefault(keys.UPLOADS_TAKEN, 0)
        files = st.file_uploader(
            on_train.WHAT_TO_UPLOAD,
            device.accepted([*clips.FORMATS, "zip"]),
            accept_multiple_files=True,
            key=keys.of(keys.OWN_UPLOADS, count),
        )
    with right:
        if recording := recorder.record(keys.OWN_RECORDER, on_recording=lambda recording: None):
            waiting.add([("recording.wav", recording.wav)])
    if files:
        contents = [(file.name, file.getvalue()) for file in files]
        archives = [one for one in contents if one[0].lower().endswith(".zip")]
        waiting.add([one for one in contents if one not in archives])
        waiting.take_in(folder, machine_type, archives)
        st.session_state[keys.UPLOADS_TAKEN] = count + 1
        st.rerun()
