"""Runs: all of them, and one in full. Everything is read from the runs' folders."""

from __future__ import annotations

import streamlit as st

from mimimi import deployment, jobs
from mimimi.errors import UserError
from state import keys
from texts import about_jobs, on_train
from texts.formats import plain
from train import run

_SHOWN = 8
_EVERY = 2.0  # s


@st.fragment(run_every=_EVERY)
def show() -> None:
    """The list, and below it the run that was chosen; the address names it."""
    try:
        known = [job for job in reversed(jobs.listed()) if job.kind != "listen"]
    except UserError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    if not known:
        st.info(on_train.NO_RUNS, icon=":material/info:")
        return
    if deployment.shared():
        st.caption(on_train.SEEN_BY_ALL)
    names = [job.name for job in known]
    if st.session_state.get(keys.JOB) not in names:
        st.session_state[keys.JOB] = names[0]
    chosen = st.session_state[keys.JOB]
    if st.query_params.get("job") != chosen:
        st.query_params["job"] = chosen
    for job in known[:_SHOWN]:
        _row(job, chosen == job.name)
    if len(known) > _SHOWN:
        with st.expander(f"{len(known) - _SHOWN} older"):
            for job in known[_SHOWN:]:
                _row(job, chosen == job.name)
    run.show(known[names.index(chosen)], known)


def _row(job: jobs.Job, chosen: bool) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.button(
        job.name,
        key=f"open_{job.name}",
        icon=":material/radio_button_checked:" if chosen else ":material/radio_button_unchecked:",
        on_click=_choose,
        args=(job.name,),
    )
    parts = [about_jobs.state(job), about_jobs.kind(job), about_jobs.progress(job)]
    line.markdown(" · ".join(filter(None, parts)), width="content")


def _choose(name: str) -> None:
    st.session_state[keys.JOB] = name
