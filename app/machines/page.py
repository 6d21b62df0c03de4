"""The Machines page: how a machine stands, what was heard of it, two recordings side by side."""

from __future__ import annotations

import streamlit as st

from charts.trend import trend
from machines import photo, recordings, side_by_side
from mimimi.logbook.logbook import Logbook
from state import detectors, keys, logbooks
from texts import on_machines
from widgets import figures

st.title(on_machines.TITLE, anchor=False)


def _chosen(labels: dict[str, str]) -> str:
    """The machine of the address, or the one that was chosen last."""
    state, names = st.session_state, list(labels)
    asked = st.query_params.get("machine") or state.get(keys.DETECTOR)
    if state.get(keys.MACHINE_SHOWN) not in names:
        state[keys.MACHINE_SHOWN] = asked if asked in names else names[0]
    if len(names) > 1:
        st.selectbox(
            "Machine",
            names,
            key=keys.MACHINE_SHOWN,
            format_func=labels.__getitem__,
        )
    name: str = state[keys.MACHINE_SHOWN]
    st.query_params["machine"] = name
    return name


def _show(name: str, label: str, book: Logbook) -> None:
    entries = book.entries()
    judged = [entry for entry in entries if entry.verdict]
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        st.markdown(f"## {label}")
        if judged:
            st.markdown(f"**{on_machines.summary(judged).markdown}**")
        else:
            st.markdown(on_machines.NOTHING_JUDGED)
        st.page_link(
            "analyse/page.py",
            label=on_machines.JUDGE_ONE,
            icon=":material/graphic_eq:",
            query_params={"detector": name},
        )
    with right:
        photo.show(name, label, book)
    points = [(logbooks.local(e.when), e.verdict) for e in reversed(judged) if e.verdict]
    if len(points) > 1:
        with st.container(border=True):
            st.markdown(f"### {on_machines.TREND}")
            st.markdown(on_machines.TREND_TEXT)
            figures.show(trend(points), "trend")
    if entries:
        recordings.show(name, book, entries)
    if len(entries) > 1:
        side_by_side.show(name, book, entries)
    st.caption(on_machines.kept_where())


own = {name: one.label for name, one in detectors.known().items() if one.group == "mine"}
if own:
    name = _chosen(own)
    if book := logbooks.of(name):
        _show(name, own[name], book)
else:
    st.markdown(on_machines.NONE_YET)
    st.page_link("analyse/page.py", label=on_machines.TEACH_ONE, icon=":material/school:")
