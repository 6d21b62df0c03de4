"""Two recordings of a machine, to be heard in turn and seen in one picture."""

from __future__ import annotations

import streamlit as st

import player
from charts.two_spectra import side_by_side
from mimimi.detector.references import edges
from mimimi.errors import UserError
from mimimi.logbook.entry import Entry
from mimimi.logbook.logbook import Logbook
from state import keys, logbooks
from state.measurements import measure
from state.waveforms import is_long, waveform
from texts import on_machines
from texts.formats import plain
from widgets import figures


def show(name: str, book: Logbook, entries: list[Entry]) -> None:
    """The two, chosen from those whose sound is kept; at first the newest and the one before."""
    kept = {entry.number: entry for entry in entries if book.has_sound(entry.sound)}
    if len(kept) < 2:
        return
    with st.container(border=True):
        st.markdown(f"### {on_machines.SIDE_BY_SIDE}")
        chosen: list[str] = []
        for place, label in enumerate((on_machines.FIRST, on_machines.SECOND)):
            number = st.selectbox(
                label,
                list(kept),
                index=place,
                key=keys.of(keys.BESIDE, name, place),
                format_func=lambda number: _label(kept[number]),
            )
            chosen.append(str(number))
        sounds, levels = {}, {}
        for label, number in zip((on_machines.FIRST, on_machines.SECOND), chosen, strict=True):
            clip = logbooks.clip_of(book, kept[number], name)
            try:
                if clip is None or is_long(clip):
                    st.caption(on_machines.TOO_LONG)
                    return
                sounds[label] = waveform(clip).in_place
                levels[label] = measure(clip, name).spectrum
            except UserError as error:
                st.error(plain(str(error)), icon=":material/block:")
                return
        player.play(sounds, "beside_player")
        figures.show(side_by_side(levels, edges()), "beside")


def _label(entry: Entry) -> str:
    # Its name first: a telephone shows no more of a line than its beginning.
    return f"{entry.file} · {on_machines.in_a_line(entry)} · {logbooks.when(entry)}"
