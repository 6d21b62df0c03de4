"""Recordings that have come and belong to no machine yet: whose are they?"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

from guard.room import require
from mimimi import deployment
from mimimi.data import collection
from mimimi.errors import UserError
from state import keys, visits
from texts import on_train
from texts.formats import plain

Files = Sequence[tuple[str, bytes]]
_State = Literal["well", "faulty"]
_STATES: dict[_State, str] = {"well": "It ran well", "faulty": "It was faulty"}


def add(files: Files) -> None:
    """Let files wait until somebody says whose they are."""
    st.session_state.setdefault(keys.OWN_WAITING, []).extend(files)


def ask(folder: Path, machine_type: str) -> None:
    """Which machine made what waits, and whether it ran well."""
    if refused := st.session_state.pop(keys.UPLOADS_REFUSED, []):
        st.error("  \n".join(map(plain, refused)), icon=":material/block:")
    files: list[tuple[str, bytes]] = st.session_state.get(keys.OWN_WAITING, [])
    if not files:
        return
    with st.container(border=True, key="waiting"):
        st.markdown(on_train.whose([plain(name) for name, _ in files]))
        name = st.text_input(
            "Name of the machine",
            key=keys.MACHINE_NAME,
            placeholder="such as pump 3",
            help=on_train.HELP_OF_MACHINE_NAME,
            live=True,  # no Enter is needed
        ).strip()
        if (shown := _kept_as(name)) not in ("", name):
            st.caption(on_train.kept_as(plain(shown)))
        state = st.segmented_control(
            "When they were made",
            list(_STATES),
            default="well",
            format_func=lambda state: _STATES[state],
            key=keys.HOW_IT_RAN,
            required=True,
        )
        with st.container(horizontal=True):
            pressed = st.button("Add them", key="add_waiting", type="primary")
            st.button("Discard", key="discard_waiting", on_click=_forget)
        if pressed and not name:
            st.error(on_train.NAME_IS_MISSING, icon=":material/edit:")
        elif pressed:
            take_in(folder, machine_type, files, name, faulty=state == "faulty")
            _forget()
            st.rerun()


def take_in(
    folder: Path, machine_type: str, files: Files, machine: str = "", *, faulty: bool = False
) -> None:
    """Add files to a collection, with progress; why some were refused is said in the next rerun.

    Args:
        folder: of the collection.
        machine_type: that it is of.
        files: their names and contents.
        machine: that made them; of a ZIP, those in no folder are of a machine of its name.
        faulty: whether it did not run well.
    """
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
                    owner = machine or archive.stem
                    collection.add_zip(folder, machine_type, owner, archive, most_bytes=room)
            else:
                collection.add(
                    folder, machine_type, machine, name, content, faulty=faulty, most_bytes=room
                )
        except UserError as error:
            refused.append(str(error))
    bar.empty()
    st.session_state[keys.UPLOADS_REFUSED] = refused


def _kept_as(name: str) -> str:
    try:
        return collection.machine_name(name)
    except UserError:
        return ""  # why is said when they are added


def _forget() -> None:
    st.session_state.pop(keys.OWN_WAITING, None)


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
