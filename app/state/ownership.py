"""Whose a job is: on a shared installation one may start only so many, and change only one's own.

A visitor is known again by a mark at random, which his browser keeps and shows; the job's record
holds a hash of it. A name would be anybody's who chooses the same.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable

import streamlit as st

from guard import room
from mimimi import deployment, jobs
from mimimi.errors import UserError
from state import keys
from texts import on_train

_MARK = re.compile("[0-9a-f]{32}")
_SCRIPT = """
export default function ({ data, setStateValue }) {
  let mark = null;
  try {
    mark = localStorage.getItem("mimimi");
    if (!mark) localStorage.setItem("mimimi", (mark = data));
  } catch {} // a browser that keeps nothing
  if (mark) setStateValue("mark", mark);
}
"""


def show_mark() -> None:
    """Ask the browser for its mark; nothing of it is seen."""
    if deployment.shared():
        component = st.components.v2.component("mimimi_owner", js=_SCRIPT)
        component(key=keys.OWNER, data=_own(), default={"mark": None}, on_mark_change=_took)


def owner() -> str | None:
    """What a job's record says of who has started it; None where that does not matter."""
    return _hashed(st.session_state.get(keys.MARK) or _own()) if deployment.shared() else None


def may_change(job: jobs.Job) -> bool:
    """Whether this visitor may stop, delete or publish it, and read its log."""
    if not deployment.shared():
        return True
    marks = (_own(), st.session_state.get(keys.MARK) or _own())
    return job.owner is not None and job.owner in map(_hashed, marks)


def may_publish(detector: str) -> bool:
    """Whether this visitor may publish a detector that was trained here; others are anybody's."""
    if not deployment.shared():
        return True
    known = {job.name: job for job in jobs.listed()}
    return detector not in known or may_change(known[detector])


def refuse_too_many() -> None:
    """Called before a job is asked for.

    Raises:
        UserError: as many as this installation allows wait or run, or it is full.
    """
    room.require()
    most = deployment.limits().jobs
    going = sum(not job.is_over for job in jobs.listed())
    if most is not None and going >= most:
        raise UserError(on_train.too_many_jobs(going, most))


def submit(request: jobs.JobRequest, is_it: Callable[[jobs.Job], bool]) -> jobs.Job:
    """Start a job once: a second click finds what the first one has begun.

    Also one that comes while the first is still being answered: Streamlit answers both at once.

    Args:
        request: what is asked for.
        is_it: whether a job of that name is what was asked for.

    Raises:
        UserError: the name is another job's, or there is no room for one more.
    """

    def begun() -> jobs.Job | None:
        name = jobs.job_name(request.name)
        return next((job for job in jobs.listed() if job.name == name and is_it(job)), None)

    if job := begun():
        return job
    try:
        refuse_too_many()
        return jobs.submit(request)
    except UserError:
        if job := begun():
            return job
        raise


def _took() -> None:
    mark = st.session_state[keys.OWNER]["mark"]
    if isinstance(mark, str) and _MARK.fullmatch(mark):
        st.session_state[keys.MARK] = mark


def _own() -> str:
    mark: str = st.session_state.setdefault(keys.VISITORS_MARK, secrets.token_hex(16))
    return mark


def _hashed(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()
