"""All machines, a tile each."""

from __future__ import annotations

import streamlit as st

from charts import course
from mimimi.errors import UserError
from monitor import standing
from state import heard, keys
from texts import about_machine, on_monitor
from texts.formats import plain
from widgets import figures

_IN_A_ROW = 2
EVERY = 5.0  # s after which a tile is drawn anew


def show(names: list[str]) -> None:
    """How all stand, then each; its name opens it."""
    st.markdown(on_monitor.INTRODUCTION)
    _of_all(names)
    for first in range(0, len(names), _IN_A_ROW):
        row = st.columns(_IN_A_ROW)
        for place, name in zip(row, names[first : first + _IN_A_ROW], strict=False):
            with place.container(border=True, key=keys.of("tile", names.index(name))):
                st.button(
                    f"**{plain(name)}**",
                    key=keys.of(keys.OPEN_MACHINE, name),
                    type="tertiary",
                    icon=":material/chevron_right:",
                    icon_position="right",
                    on_click=_open,
                    args=(name,),
                )
                _tile(name)


@st.fragment(run_every=EVERY)
def _of_all(names: list[str]) -> None:
    try:
        stand = {plain(name): heard.now(name) for name in names}
    except UserError:
        return  # each tile says so
    alarmed = [name for name, now in stand.items() if now.has_alarm]
    unheard = [name for name, now in stand.items() if now.silent > about_machine.QUIET_AFTER]
    said = about_machine.of_all(alarmed, unheard, len(names))
    st.markdown(f"## {said.markdown}")


@st.fragment(run_every=EVERY)
def _tile(name: str) -> None:
    """The button that opens it stands outside: what leads away from here is not drawn anew."""
    try:
        standing.show(name)
        points, shown = heard.trend(name, heard.IN_SHORT)
        figure = course.in_short(points, heard.alarms(name, *shown), shown)
    except UserError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    figures.show(figure, keys.of("trend", name), "none")
    st.caption(on_monitor.in_short(shown[1] - shown[0]))


def _open(name: str) -> None:
    st.session_state[keys.MONITORED] = name
