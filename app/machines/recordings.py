"""The recordings of a machine so far, the newest first: each can be opened again."""

from __future__ import annotations

import streamlit as st

from mimimi.logbook.entry import Entry
from mimimi.logbook.logbook import Logbook
from state import keys, logbooks
from texts import on_machines
from texts.formats import plain

_AT_A_TIME = 20


def show(name: str, book: Logbook, entries: list[Entry]) -> None:
    """A line each."""
    st.markdown(f"### {on_machines.RECORDINGS}")
    more = st.session_state.setdefault(keys.ENTRIES_SHOWN, _AT_A_TIME)
    for entry in entries[:more]:
        with st.container(border=True):
            row = st.container(horizontal=True, vertical_alignment="center")
            line = on_machines.in_a_line(entry)
            row.markdown(
                f"**{plain(line)}** · {logbooks.when(entry)} · {plain(entry.file)}",
                width="stretch",
            )
            if entry.verdict and book.has_sound(entry.sound):
                row.page_link(
                    "analyse/page.py",
                    label=on_machines.OPEN,
                    icon=":material/open_in_full:",
                    query_params={"detector": name, "result": entry.number},
                )
            row.button(
                ":material/delete:",
                key=f"remove_{entry.number}",
                help=on_machines.REMOVE,
                on_click=book.remove,
                args=(entry.number,),
            )
            if entry.sentence:
                st.markdown(plain(entry.sentence))
    if len(entries) > more:
        st.button(f"{len(entries) - more} more", on_click=_more)


def _more() -> None:
    st.session_state[keys.ENTRIES_SHOWN] += _AT_A_TIME
