"""The Machines page: how a machine stands, what was heard of it, two recordings side by side."""

from __future__ import annotations

import streamlit as st

from charts.trend import trend
from machines import photo, recordings, side_by_side
from mimimi.names import meant
from state import keys, logbooks
from texts import on_machines
from texts.formats import plain
from widgets import figures, states

st.title(on_machines.TITLE, anchor=False)


def _chosen(own: dict[str, logbooks.Machine]) -> logbooks.Machine:
    """The machine that was chosen here, or else that of the address, or the one in use."""
    state, names = st.session_state, list(own)
    if len(names) > 1:
        if state.get(keys.MACHINE_SHOWN) not in names:
            state[keys.MACHINE_SHOWN] = _asked(own)
        st.selectbox(
            "Machine",
            names,
            key=keys.MACHINE_SHOWN,
            format_func=lambda key: own[key].label,
        )
        chosen = own[state[keys.MACHINE_SHOWN]]
    else:  # nothing was chosen that would hold once there is another
        [chosen] = own.values()
    st.query_params["machine"] = chosen.key
    return chosen


def _asked(own: dict[str, logbooks.Machine]) -> str:
    address, state = st.query_params, st.session_state
    name = address.get("detector") or state.get(keys.DETECTOR)
    machine_id = address.get("id") or state.get(keys.MACHINE_ID)
    of_detector = (key for key, one in own.items() if one.detector == name)
    for key in (meant(address.get("machine", ""), own), f"{name}/{machine_id}", *of_detector):
        if key in own:
            return key
    return next(iter(own))


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
        if machine.machine_id is None:
            states.show(name)
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
    asked = st.query_params.get("machine")
    if asked and not meant(asked, own):
        st.warning(on_machines.not_here(plain(asked)), icon=":material/link_off:")
    _show(_chosen(own))
else:
    st.markdown(on_machines.NONE_YET)
    st.page_link("analyse/page.py", label=on_machines.TEACH_ONE, icon=":material/school:")
