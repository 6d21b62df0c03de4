"""The Machines page: how a machine stands, what was heard of it, two recordings side by side."""

from __future__ import annotations

import streamlit as st

from charts.trend import trend
from machines import photo, recordings, side_by_side
from state import keys, logbooks
from texts import on_machines
from texts.formats import plain
from widgets import figures

st.title(on_machines.TITLE, anchor=False)


def _chosen(own: dict[str, logbooks.Machine]) -> logbooks.Machine:
    """The machine of the address, or the one that was chosen last."""
    state, names = st.session_state, list(own)
    asked = st.query_params.get("machine") or state.get(keys.DETECTOR)
    if state.get(keys.MACHINE_SHOWN) not in names:
        state[keys.MACHINE_SHOWN] = asked if asked in names else names[0]
    if len(names) > 1:
        st.selectbox(
            "Machine",
            names,
            key=keys.MACHINE_SHOWN,
            format_func=lambda key: own[key].label,
        )
    chosen = own[state[keys.MACHINE_SHOWN]]
    st.query_params["machine"] = chosen.key
    return chosen


def _show(machine: logbooks.Machine) -> None:
    name, book = machine.detector, machine.book
    entries = book.entries()
    judged = [entry for entry in entries if entry.verdict]
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        st.markdown(f"## {plain(machine.label)}")
        if judged:
            st.markdown(f"**{on_machines.summary(judged).markdown}**")
        else:
            st.markdown(on_machines.NOTHING_JUDGED)
        st.page_link(
            "analyse/page.py",
            label=on_machines.JUDGE_ONE,
            icon=":material/graphic_eq:",
            query_params=machine.address,
        )
    with right:
        photo.show(machine.key, machine.label, book)
    points = [(logbooks.local(e.when), e.verdict) for e in reversed(judged) if e.verdict]
    if len(points) > 1:
        with st.container(border=True):
            st.markdown(f"### {on_machines.TREND}")
            st.markdown(on_machines.TREND_TEXT)
            figures.show(trend(points), "trend")
    if entries:
        recordings.show(machine, entries)
    if len(entries) > 1:
        side_by_side.show(name, book, entries)
    st.caption(on_machines.kept_where())


if own := logbooks.machines():
    _show(_chosen(own))
else:
    st.markdown(on_machines.NONE_YET)
    st.page_link("analyse/page.py", label=on_machines.TEACH_ONE, icon=":material/school:")
