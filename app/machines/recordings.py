"""The recordings of a machine so far, the newest first: each can be opened again."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mimimi.logbook.entry import Entry
from state import keys, logbooks
from texts import on_machines
from texts.formats import plain

_AT_A_TIME = 20


def show(machine: logbooks.Machine, entries: list[Entry]) -> None:
    """Those that were judged; folded, those that were learnt from."""
    judged = [entry for entry in entries if entry.verdict]
    learnt = [entry for entry in entries if not entry.verdict]
    st.markdown(f"### {on_machines.RECORDINGS}")
    more = st.session_state.setdefault(keys.ENTRIES_SHOWN, _AT_A_TIME)
    for entry in judged[:more]:
        with st.container(border=True):
            _line(machine, entry, on_machines.in_a_line(entry))
            if said := on_machines.reason(entry):
                st.markdown(plain(said))
    if len(judged) > more:
        st.button(f"{len(judged) - more} more", on_click=_more)
    if learnt:
        with st.expander(on_machines.learnt_from(len(learnt)), icon=":material/school:"):
            for entry in learnt:
                _line(machine, entry)


def _line(machine: logbooks.Machine, entry: Entry, verdict: str = "") -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    said = f"**{plain(verdict)}** · " if verdict else ""
    row.markdown(f"{said}{logbooks.when(entry)} · {plain(entry.file)}", width="stretch")
    if entry.verdict and machine.book.has_sound(entry.sound):
        _open(row, machine, entry)
    row.button(
        ":material/delete:",
        key=f"remove_{entry.number}",
        help=on_machines.REMOVE,
        on_click=machine.book.remove,
        args=(entry.number,),
    )


def _open(row: DeltaGenerator, machine: logbooks.Machine, entry: Entry) -> None:
    row.page_link(
        "analyse/page.py",
        label=on_machines.OPEN,
        icon=":material/open_in_full:",
        query_params=machine.address | {"result": entry.number},
    )


def _more() -> None:
    st.session_state[keys.ENTRIES_SHOWN] += _AT_A_TIME
