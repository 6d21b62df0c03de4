"""Recordings that a job makes first: simulated ones, or a public data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mimimi import jobs
from mimimi.config import MACHINE_TYPES
from mimimi.data.download.disk import size_text
from mimimi.data.download.public_sets import NOISE_LEVELS, TYPES, DataSet, Size, size
from mimimi.errors import UserError
from mimimi.files import home
from state import keys, ownership
from texts import about_jobs, on_train
from texts.formats import plain

Kind = Literal["simulate", "download"]
_TITLES: dict[DataSet, str] = {"mimii": "MIMII", "dcase2020": "DCASE 2020 Task 2, development set"}


def choose(kind: Kind) -> jobs.Job | None:
    """A job whose recordings are there; None as long as there is none."""
    known = [job for job in reversed(jobs.listed()) if job.kind == kind]
    done = {job.name: job for job in known if job.state == "finished"}
    if not known:
        _ask(kind)
        return None
    with st.expander("Simulate others" if kind == "simulate" else "Download others"):
        _ask(kind)
    if not all(job.is_over for job in known):
        _wait(kind, sorted(done))
    unfinished = [job for job in known if job.is_over and job.state != "finished"]
    if unfinished:
        st.caption(
            "Not complete: " + ", ".join(f"{job.name} ({job.state})" for job in unfinished) + "; "
            "see Runs."
        )
    if not done:
        return None
    if st.session_state.get(keys.of(keys.JOB_RECORDINGS, kind)) not in done:
        st.session_state[keys.of(keys.JOB_RECORDINGS, kind)] = next(iter(done))
    name = st.selectbox("Recordings", list(done), key=keys.of(keys.JOB_RECORDINGS, kind))
    return done[name] if name else None


@st.fragment(run_every=2)
def _wait(kind: Kind, done: list[str]) -> None:
    """How far the jobs are; when one of them is over, the page goes on with it."""
    known = [job for job in jobs.listed() if job.kind == kind]
    for job in known:
        if not job.is_over:
            text = f"{job.name}: {about_jobs.progress(job) or about_jobs.state(job)}"
            st.progress(min(1.0, job.share or 0.0), text)
    if sorted(job.name for job in known if job.state == "finished") != done:
        st.rerun()


def _ask(kind: Kind) -> None:
    with _simulation() if kind == "simulate" else _download():
        label = "Simulate them" if kind == "simulate" else "Download it"
        begin = _start if kind == "simulate" else _look_up
        st.form_submit_button(
            label, key=f"start_{kind}", type="primary", on_click=begin, args=(kind,)
        )
    if size := st.session_state.get(keys.DOWNLOAD_SIZE):
        _confirm(size)
    if message := st.session_state.pop(keys.of(keys.JOB_REFUSED, kind), None):
        st.error(plain(message), icon=":material/block:")


# A form, so that a number which is typed while the page still answers the last one is not lost.
def _simulation() -> DeltaGenerator:
    st.markdown(on_train.WHAT_IS_SIMULATED)
    form = st.form("simulation", border=False)
    row = form.container(horizontal=True)
    row.selectbox("Machine type", MACHINE_TYPES, key=keys.SIMULATED_TYPE)
    row.number_input("Machines", 2, 8, 4, key=keys.SIMULATED_IDS)
    row.number_input("Recordings of each", 2, 200, 20, key=keys.SIMULATED_CLIPS, help="10 s each.")
    return form


def _download() -> DeltaGenerator:
    st.markdown(on_train.WHAT_IS_DOWNLOADED)
    names = list(_TITLES)
    chosen = st.selectbox("Data set", names, format_func=_TITLES.__getitem__, key=keys.DATA_SET)
    chosen = chosen or names[0]
    form = st.form("download", border=False)
    row = form.container(horizontal=True)
    row.multiselect("Machine types", TYPES[chosen], default=TYPES[chosen][:1], key=keys.DATA_TYPES)
    if chosen == "mimii":
        row.multiselect(
            "Signal-to-noise ratio, dB",
            NOISE_LEVELS,
            default=NOISE_LEVELS[:1],
            key=keys.DATA_NOISE,
        )
    return form


def _asked(kind: Kind) -> jobs.JobRequest:
    """What was asked for in the form; nothing chosen means everything."""
    options: dict[str, Any]
    if kind == "simulate":
        state = st.session_state
        counts = {"ids": state[keys.SIMULATED_IDS], "clips": state[keys.SIMULATED_CLIPS]}
        options = {"types": state[keys.SIMULATED_TYPE], **counts}
        words = ["simulated", *options.values()]
    else:
        data_set, types, levels = _part()
        options = {"dataset": data_set, "types": types, **({"snr": levels} if levels else {})}
        words = ["public", data_set, *types, *levels]
    name = jobs.job_name("-".join(map(str, words)))
    return jobs.JobRequest(name, kind, options=options, owner=ownership.owner())


def _part() -> tuple[DataSet, Sequence[str], Sequence[int]]:
    """Of a public data set: its machine types and noise levels."""
    state = st.session_state
    data_set: DataSet = state[keys.DATA_SET]
    levels = (state[keys.DATA_NOISE] or NOISE_LEVELS) if data_set == "mimii" else ()
    return data_set, state[keys.DATA_TYPES] or TYPES[data_set], levels


def _look_up(kind: Kind) -> None:
    """Find out how large it is before anything is fetched."""
    state = st.session_state
    state.pop(keys.DOWNLOAD_SIZE, None)
    try:
        home().mkdir(parents=True, exist_ok=True)
        state[keys.DOWNLOAD_SIZE] = size(home(), *_part())
    except UserError as error:
        state[keys.of(keys.JOB_REFUSED, kind)] = str(error)


def _confirm(found: Size) -> None:
    with st.container(border=True, key="download_size"):
        st.markdown(on_train.size(found))
        if not found.fits:
            return
        with st.container(horizontal=True):
            label = f"Download {size_text(found.fetched)}"
            st.button(label, key="confirm_download", type="primary", on_click=_confirmed)
            st.button("Cancel", key="cancel_download", on_click=_cancel)


def _confirmed() -> None:
    _cancel()
    _start("download")


def _cancel() -> None:
    st.session_state.pop(keys.DOWNLOAD_SIZE, None)


def _start(kind: Kind) -> None:
    """Make the recordings; a second click finds that they are being made."""
    try:
        request = _asked(kind)
        ownership.submit(request, lambda job: True)  # its name says what it is
        st.session_state[keys.of(keys.JOB_RECORDINGS, kind)] = request.name
    except UserError as error:
        st.session_state[keys.of(keys.JOB_REFUSED, kind)] = str(error)
