"""One run: how far it is, how it goes, what came of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charts import training_curves
from mimimi import jobs
from mimimi.errors import UserError
from state import detectors, keys, ownership
from texts import about_jobs, on_train
from texts.formats import number, plain
from train import differences, outcome
from widgets import figures


def show(job: jobs.Job, others: list[jobs.Job]) -> None:
    """Everything about one run."""
    with st.container(border=True, key="run"):
        st.markdown(f"## {about_jobs.state(job)} · {job.name}")
        if text := about_jobs.meaning(job):
            st.markdown(text)
        if job.error and ownership.may_change(job):
            st.markdown(plain(job.error))
        if job.ray_job:
            st.caption(f"On the Ray cluster as {job.ray_job}")
        if job.share is not None and job.state != "finished":
            st.progress(min(1.0, job.share), about_jobs.progress(job) or None)
        _buttons(job)
    done = job.state == "finished"
    if job.kind == "train":
        outcome.show(job)
        with st.expander("How it learnt", icon=":material/monitoring:", expanded=not done):
            _how_it_learnt(job, others)
    if not ownership.may_change(job):
        return
    with st.expander("Log", icon=":material/notes:"):
        st.code(jobs.log(job.folder) or "Nothing yet.", language=None, wrap_lines=True)


def _buttons(job: jobs.Job) -> None:
    row = st.container(horizontal=True)
    usable = job.kind == "train" and job.name in detectors.known()
    if usable:
        # A link, since a page that the server switches to from within what is drawn anew all the
        # time stays blank where the two meet.
        row.container(key="use", width="content").page_link(
            "analyse/page.py",
            label="Use it",
            icon=":material/graphic_eq:",
            query_params={"detector": job.name},
        )
    if not ownership.may_change(job):
        st.caption(on_train.SOMEONE_ELSES)
        return
    if not job.is_over:
        _button(row, "Stop", "stop", jobs.stop, job)
    elif job.state != "finished":
        _button(row, "Resume", "play_arrow", _resume, job)
    if job.is_over:
        with row.popover("Delete", icon=":material/delete:") as asked:
            made = "its detector" if job.kind == "train" else "its recordings"
            st.markdown(f"**{job.name}** and {made} will be gone for good.")
            _button(asked, "Yes, delete it", "delete_forever", jobs.delete, job)
    if message := st.session_state.pop(keys.CHANGE_REFUSED, None):
        st.error(plain(message), icon=":material/block:")


def _button(
    place: DeltaGenerator, label: str, icon: str, change: Callable[[str], object], job: jobs.Job
) -> None:
    place.button(
        label,
        key=f"{icon}_{job.name}",
        icon=f":material/{icon}:",
        on_click=_change,
        args=(change, job.name),
    )


def _resume(name: str) -> None:
    ownership.refuse_too_many()
    jobs.resume(name)


def _change(change: Callable[[str], object], name: str) -> None:
    try:
        if not ownership.may_change(jobs.find(name)):  # another's has its name by now
            raise UserError(on_train.SOMEONE_ELSES)
        change(name)
    except UserError as error:
        st.session_state[keys.CHANGE_REFUSED] = str(error)


def _how_it_learnt(job: jobs.Job, others: list[jobs.Job]) -> None:
    lines = jobs.metrics(job.folder)
    reports = training_curves.epochs(lines)
    if not reports:
        if not job.is_over:
            st.caption(on_train.NO_CURVES_YET)
        return
    last = reports[-1]
    with st.container(horizontal=True, gap="medium"):
        for name, value, meaning in (
            ("Best epoch", str(last.get("best_epoch", "–")), on_train.HELP_OF_BEST_EPOCH),
            ("Windows a second", number(last.get("windows_per_second")), on_train.HELP_OF_PACE),
        ):
            st.metric(name, value, help=meaning, width="content")
    beside = _beside(job, others)
    if beside:
        runs = {one.name: jobs.metrics(one.folder) for one in (job, *beside)}
        figures.show(training_curves.compared(runs), "curves", "zoom")
        st.caption(on_train.WHAT_CURVES_COMPARE)
        _differences(job, *beside)
    else:
        figures.show(training_curves.of_run(lines), "curves", "zoom")
        st.caption(on_train.WHAT_CURVES_SHOW)


def _beside(job: jobs.Job, others: list[jobs.Job]) -> list[jobs.Job]:
    trained = {one.name: one for one in others if one.kind == "train" and one.name != job.name}
    if not trained:
        return []
    key = keys.of(keys.COMPARED, job.name)
    names = st.multiselect("Compare with", list(trained), key=key, max_selections=3)
    return [trained[name] for name in names]


def _differences(*several: jobs.Job) -> None:
    found = differences.between({one.name: one.asked for one in several})
    if found:
        st.markdown("### What differs")
        columns = {one.name: [values[one.name] for values in found.values()] for one in several}
        st.dataframe({"": list(found), **columns}, hide_index=True)
    else:
        st.caption(on_train.NOTHING_DIFFERS)
