"""The listener that this page has started: how it stands, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mimimi import jobs
from mimimi.errors import UserError
from state import keys
from texts import about_jobs, on_monitor
from texts.formats import plain

_EVERY = 5.0  # s


def show() -> None:
    """All of it; nothing where this page has started none."""
    from mimimi.service import background

    if background.job() is not None:
        with st.expander(on_monitor.LISTENER, icon=":material/settings_voice:", expanded=True):
            _drawn()


@st.fragment(run_every=_EVERY)
def _drawn() -> None:
    from mimimi.service import background
    from mimimi.service.sources import shown

    try:
        job, machines = background.job(), background.machines()
    except UserError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    if job is None:
        return
    st.markdown(f"### {about_jobs.state(job)}")
    for text in (about_jobs.meaning(job), job.error):
        if text:
            st.markdown(plain(text))
    with st.container(horizontal=True):
        if not job.is_over:
            _button("Stop", "stop", jobs.stop, job.name)
        elif machines:
            _button("Start again", "play_arrow", jobs.resume, job.name)
    for machine in machines:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{plain(machine.name)}: {plain(shown(machine.source))}", width="content")
            _button(on_monitor.FORGET, "hearing_disabled", background.forget, machine.name)
    if refused := st.session_state.pop(keys.MONITOR_REFUSED, None):
        st.error(plain(refused), icon=":material/block:")
    st.code(jobs.log(job.folder, 30) or on_monitor.NO_LOG, language=None, wrap_lines=True)


def _button(label: str, icon: str, change: Callable[[str], object], name: str) -> None:
    st.button(
        label,
        key=keys.of("listener", icon, name),
        icon=f":material/{icon}:",
        on_click=_change,
        args=(change, name),
    )


def _change(change: Callable[[str], object], name: str) -> None:
    try:
        change(name)
    except UserError as error:
        st.session_state[keys.MONITOR_REFUSED] = str(error)
