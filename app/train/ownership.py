"""Whose a job is: on a shared installation one may start only so many, and end only one's own."""

from __future__ import annotations

import streamlit as st

from mimimi import deployment, jobs
from mimimi.errors import UserError
from state import keys
from texts import on_train


def remember(job: jobs.Job) -> None:
    """This visitor has started it."""
    st.session_state.setdefault(keys.MY_JOBS, set()).add(job.name)


def may_change(job: jobs.Job) -> bool:
    """Whether this visitor may stop or delete it."""
    return not deployment.shared() or job.name in st.session_state.get(keys.MY_JOBS, set())


def refuse_too_many() -> None:
    """Called before a job is asked for.

    Raises:
        UserError: as many as this installation allows wait or run.
    """
    most = deployment.limits().jobs
    going = sum(not job.is_over for job in jobs.listed())
    if most is not None and going >= most:
        raise UserError(on_train.too_many_jobs(going, most))
