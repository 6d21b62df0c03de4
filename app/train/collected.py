"""The machines of a collection: their clips listed, heard, called faulty, and removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from mimimi.audio import read
from mimimi.config import SAMPLE_RATE
from mimimi.data import collected_clips, collection
from mimimi.data.collected_clips import CollectedClip
from mimimi.data.collection import CollectedMachine
from mimimi.errors import UserError
from mimimi.monitor.alarm import clock
from state import keys
from texts import on_train
from texts.formats import plain


def show(folder: Path) -> list[CollectedMachine]:
    """A line for each machine, which opens to its clips; gives the machines.

    Args:
        folder: of the collection.
    """
    there = collection.machines(folder)
    for known in there:
        with st.expander(on_train.collected(known), icon=":material/mic:"):
            _clips(folder, known)
    if removed := st.session_state.get(keys.REMOVED):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/delete: {on_train.removed(plain(removed))}", width="content")
            st.button(
                "Undo", key="undo_removal", icon=":material/undo:", on_click=_undo, args=(folder,)
            )
    return there


@st.fragment
def _clips(folder: Path, known: CollectedMachine) -> None:
    clips = collected_clips.clips(folder, known.name)
    chosen = st.dataframe(
        {
            "recording": [clip.name for clip in clips],
            "from": [clock(clip.start) for clip in clips],
            "s": [clip.seconds for clip in clips],
            "the machine": ["△ faulty" if clip.faulty else "✓ ran well" for clip in clips],
        },
        column_config={"s": st.column_config.NumberColumn(format="%.1f")},
        hide_index=True,
        key=keys.of(keys.CLIPS_OF, folder.name, known.name),
        on_select="rerun",
        selection_mode="single-row",
        height=min(35 * (len(clips) + 1) + 3, 250),
    )
    rows = [row for row in chosen["selection"]["rows"] if row < len(clips)]
    if rows:
        _one(folder, known.name, clips[rows[0]])
    else:
        st.caption(on_train.CLICK_A_CLIP)
    _ask(
        f"Remove {known.name}",
        on_train.everything_of(known),
        key=f"remove_{known.name}",
        remove=lambda: _remove(folder, known.name),
    )


def _one(folder: Path, machine: str, clip: CollectedClip) -> None:
    """A clip: heard, marked, removed."""
    try:
        st.audio(read(folder / clip.path).samples, sample_rate=SAMPLE_RATE)
    except UserError as error:
        st.error(plain(str(error)), icon=":material/block:")
    with st.container(horizontal=True):
        if st.button(
            "It ran well here" if clip.faulty else "It was faulty here",
            key=f"mark_{machine}",
            icon=":material/check:" if clip.faulty else ":material/flag:",
            help=on_train.HELP_OF_FAULTY,
        ):
            collected_clips.mark(folder, clip.path, faulty=not clip.faulty)
            st.rerun()
        _ask(
            "Remove this clip",
            on_train.this_clip(plain(clip.name), clock(clip.start)),
            key=f"remove_clip_{machine}",
            remove=lambda: _remove(folder, machine, clip),
        )


def _ask(label: str, question: str, *, key: str, remove: Callable[[], None]) -> None:
    """A button that asks before it removes."""
    with st.popover(label, icon=":material/delete:"):
        st.markdown(question)
        if st.button("Yes, remove", key=key, icon=":material/delete:"):
            remove()
            st.rerun()


def _remove(folder: Path, machine: str, clip: CollectedClip | None = None) -> None:
    collected_clips.remove(folder, machine, clip.path if clip else None)
    st.session_state[keys.REMOVED] = f"{clip.name} of {machine}" if clip else machine


def _undo(folder: Path) -> None:
    collected_clips.bring_back(folder)
    st.session_state.pop(keys.REMOVED, None)
